import { Text } from '@mantine/core'
import { DataTable, Empty, Section, Time, type Column } from '#web/kit/index.ts'
import { entry, type DirectoryPage, type Entry } from '../schema.ts'
import { Outcome } from './words.tsx'

const columns: readonly Column<Entry>[] = [
  { key: 'at', header: 'When', cell: (e) => <Time at={e.at} />, width: 120, wideOnly: true },
  {
    key: 'what',
    header: 'Request',
    cell: (e) => (
      <>
        {e.method} {e.resource}
        <Text size="xs" c="dimmed" className="gh-wrap">
          {e.targetLabel === '' ? e.targetId : e.targetLabel}
        </Text>
        <div className="gh-narrow-only">
          <Change of={e} />
          <Text size="xs" c="dimmed">
            <Time at={e.at} />
          </Text>
        </div>
      </>
    ),
  },
  { key: 'outcome', header: 'Result', cell: (e) => <Outcome of={e} />, width: 150 },
  {
    key: 'change',
    header: 'Why refused, or before → after',
    cell: (e) => <Change of={e} />,
    wideOnly: true,
  },
]

function Change({ of }: { readonly of: Entry }) {
  if (of.detail !== '')
    return (
      <Text size="xs" className="gh-wrap">
        {of.detail}
      </Text>
    )
  if (of.outcome !== 'changed') return null
  const { before, after } = differing(of.before, of.after)
  if (before === '' && after === '')
    return <Text size="xs">what is only kept for the provider</Text>
  return (
    <Text size="xs" className="gh-wrap">
      {before === '' ? after : `${before} → ${after === '' ? 'nothing' : after}`}
    </Text>
  )
}

/** `active: true`, `active: false`: of both only what is not the same in the other. */
function differing(before: unknown, after: unknown): { before: string; after: string } {
  const [was, is] = [entriesOf(before), entriesOf(after)]
  const told = (these: Entries, others: Entries): string =>
    [...these]
      .filter(([key, value]) => value !== others.get(key))
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')
  return { before: told(was, is), after: told(is, was) }
}

type Entries = ReadonlyMap<string, string>

const entriesOf = (value: unknown): Entries =>
  new Map(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).map(([key, inner]) => [
      key,
      typeof inner === 'string' ? inner : JSON.stringify(inner),
    ]),
  )

export function ProvisioningLog({ of }: { readonly of: DirectoryPage }) {
  return (
    <Section
      title="Provisioning log"
      about="Every request of the last 90 days. The audit trail keeps the changes for good."
    >
      <DataTable
        name="provisioning-log"
        label="Provisioning log"
        path={`/api/v1/directories/${of.id}/log`}
        schema={entry}
        columns={columns}
        rowKey={(e) => e.id}
        rowName={(e) => `${e.method} ${e.resource} ${e.targetLabel}`}
        search="User, group or reason"
        filters={[
          {
            key: 'outcome',
            label: 'Result',
            options: [
              { value: 'changed', label: 'Changed' },
              { value: 'unchanged', label: 'As it was' },
              { value: 'read', label: 'Asked' },
              { value: 'refused', label: 'Refused' },
            ],
          },
        ]}
        empty={
          <Empty title="No request yet">
            The provider has not asked for anything since it was connected.
          </Empty>
        }
      />
    </Section>
  )
}
