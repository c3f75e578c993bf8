import { Text } from '@mantine/core'
import { auditPage, type AuditRecord } from '#features/workspace/schema.ts'
import { Act } from '#features/workspace/web/act-parts.tsx'
import { Loaded, Rows, Section, Time, useApi, useCan, type Column } from '#web/kit/index.ts'
import type { Client } from '../schema.ts'

const columns: readonly Column<AuditRecord>[] = [
  { key: 'act', header: 'Act', cell: (r) => <Act of={r.action} /> },
  { key: 'who', header: 'Who', cell: (r) => r.actor.label, wideOnly: true },
  { key: 'ip', header: 'From', cell: (r) => r.ip ?? '–', wideOnly: true },
  { key: 'at', header: 'When', cell: (r) => <Time at={r.at} />, align: 'right' },
]

/** What is on record about one client, for those who may read the record. */
export function Acts({ of }: { readonly of: Client }) {
  return useCan('audit.read') ? <Listed of={of} /> : null
}

function Listed({ of }: { readonly of: Client }) {
  const answer = useApi(['activity', 'of', of.id], '/api/v1/activity', auditPage, {
    query: { target: of.id, limit: 20 },
  })
  return (
    <Section title="On record">
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing.
            </Text>
          ) : (
            <Rows
              label="On record"
              columns={columns}
              rows={items}
              rowKey={(r) => r.id}
              rowLink={(r) => `/audit/${r.id}`}
            />
          )
        }
      </Loaded>
    </Section>
  )
}
