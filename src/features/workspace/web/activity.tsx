import { Text } from '@mantine/core'
import { DataTable, Empty, Page, Time, type Column } from '#web/kit/index.ts'
import { actWords } from './act-names.ts'
import { Act, Target } from './act-parts.tsx'
import { auditRecord, type AuditRecord } from '../schema.ts'

const columns: readonly Column<AuditRecord>[] = [
  { key: 'action', header: 'Act', cell: (r) => <Act of={r.action} /> },
  { key: 'target', header: 'What', cell: (r) => <Target of={r} /> },
  { key: 'actor', header: 'Who', cell: (r) => r.actor.label, wideOnly: true },
  {
    key: 'touches',
    header: 'Touches',
    cell: (r) =>
      r.touches?.toLocaleString('en') ?? (
        <Text span inherit c="dimmed">
          –
        </Text>
      ),
    align: 'right',
    wideOnly: true,
  },
  { key: 'ip', header: 'From', cell: (r) => r.ip ?? '–', wideOnly: true },
  {
    key: 'at',
    header: 'When',
    cell: (r) => <Time at={r.at} />,
    align: 'right',
    width: 120,
    wideOnly: true,
  },
]

/** The kinds of acts, as the start of their names. */
const kinds = [
  ['policy.', 'Policies'],
  ['rules.', 'Group rules'],
  ['enrolment.', 'Enrolments'],
  ['surface.', 'Surfaces'],
  ['member.', 'Members'],
  ['group.', 'Groups'],
  ['key.', 'Service keys'],
  ['session.', 'Sign-ins'],
] as const

export function ActivityScreen() {
  return (
    <Page
      title="Activity"
      about="Every administrative act, with who did it and whom it touched. Records are never changed."
    >
      <DataTable
        name="activity"
        label="Activity"
        path="/api/v1/activity"
        schema={auditRecord}
        columns={columns}
        rowKey={(r) => r.id}
        rowLink={(r) => `/activity/${r.id}`}
        rowName={(r) => actWords(r.action)}
        search="Act, who or what"
        filters={[
          {
            key: 'action',
            label: 'Kind',
            options: kinds.map(([value, label]) => ({ value, label })),
          },
        ]}
        empty={
          <Empty title="Nothing happened yet">
            Acts of administrators appear here as they happen.
          </Empty>
        }
      />
    </Page>
  )
}
