import { Text } from '@mantine/core'
import { z } from 'zod'
import {
  DataTable,
  Empty,
  LinkButton,
  Page,
  Time,
  useAddress,
  type Column,
  type ListFilter,
} from '#web/kit/index.ts'
import { auditRecord, type AuditRecord } from '../../workspace/schema.ts'
import { actWords } from '../../workspace/web/act-names.ts'
import { Act, Target } from '../../workspace/web/act-parts.tsx'
import { ChainLine } from './chain-line.tsx'

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
  ['client.', 'Clients'],
  ['device.', 'Device codes'],
  ['surface.', 'Surfaces'],
  ['decision.', 'Decisions'],
  ['member.', 'Members'],
  ['group.', 'Groups'],
  ['request.', 'Requests'],
  ['key.', 'Service keys'],
  ['session.', 'Sign-ins'],
  ['access.deny', 'Refused'],
  ['audit.', 'The trail itself'],
] as const

/** From the beginning of days here, so that a link says the same on the next look. */
const sinceOptions = [
  [0, 'Today'],
  [6, 'Last 7 days'],
  [29, 'Last 30 days'],
] as const

function daysAgo(days: number): string {
  const midnight = new Date()
  midnight.setHours(0, 0, 0, 0)
  midnight.setDate(midnight.getDate() - days)
  return String(midnight.getTime())
}

/** Links of one record lead here: what the same person did, or what was done to the same thing. */
const ofOne = z.object({ actor: z.string().optional(), target: z.string().optional() })

export function RecordsScreen() {
  const [{ actor, target }] = useAddress(ofOne)
  return (
    <Page
      title="Audit"
      about="Every administrative act, sign-in, refused attempt and use of a key: who, what, from where, when."
      actions={
        <LinkButton to="/audit/chain" variant="default">
          Chain and checkpoints
        </LinkButton>
      }
    >
      <ChainLine />
      <DataTable
        name="audit"
        label="Audit records"
        path="/api/v1/activity"
        schema={auditRecord}
        columns={columns}
        rowKey={(r) => r.id}
        rowLink={(r) => `/audit/${r.id}`}
        rowName={(r) => actWords(r.action)}
        search="Act, who or what"
        filters={[
          {
            key: 'action',
            label: 'Kind',
            options: kinds.map(([value, label]) => ({ value, label })),
          },
          {
            key: 'since',
            label: 'When',
            options: sinceOptions.map(([days, label]) => ({ value: daysAgo(days), label })),
          },
          ...one('actor', 'Who', actor, 'One who acted'),
          ...one('target', 'What', target, 'One target'),
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

const one = (
  key: string,
  label: string,
  id: string | undefined,
  named: string,
): readonly ListFilter[] =>
  id === undefined ? [] : [{ key, label, options: [{ value: id, label: named }] }]
