import {
  DataTable,
  Empty,
  Link,
  LinkButton,
  Page,
  Time,
  useMayOpen,
  type Column,
} from '#web/kit/index.ts'
import { clientStates, driftClient, type DriftClient } from '../schema.ts'
import { keyOptions, path, StateMark, stateWords } from './words.tsx'

const columns: readonly Column<DriftClient>[] = [
  {
    key: 'client',
    header: 'Client',
    cell: (c) => (
      <>
        {c.principal.label}
        <div className="gh-under">{c.host === '' ? 'a machine without a name' : c.host}</div>
      </>
    ),
  },
  { key: 'state', header: 'State', cell: (c) => <StateMark of={c} /> },
  { key: 'served', header: 'Last served', cell: (c) => c.served?.name ?? 'no policy' },
  {
    key: 'program',
    header: 'Reported program',
    cell: (c) => `${c.program} ${c.version}`.trim(),
    wideOnly: true,
  },
  {
    key: 'fetched',
    header: 'Last fetch',
    cell: (c) => <Time at={c.lastFetchAt} />,
    align: 'right',
    wideOnly: true,
  },
  { key: 'active', header: 'Last heard of', cell: (c) => <Time at={c.activeAt} />, align: 'right' },
]

const filters = [
  {
    key: 'state',
    label: 'State',
    options: clientStates.map((value) => ({ value, label: stateWords[value] })),
  },
  { key: 'key', label: 'Disagrees in', options: keyOptions },
]

/** Whether the policy is in force, as far as clients report it. */
export function DriftScreen() {
  const opens = useMayOpen()
  return (
    <Page
      title="Drift"
      about="What clients report they run with, beside what they were served. It is the client’s own word."
      actions={
        <>
          <LinkButton variant="default" to="/drift/settings">
            What clients are held to
          </LinkButton>
          <LinkButton variant="default" to="/drift/findings">
            All disagreements
          </LinkButton>
        </>
      }
    >
      <DataTable
        name="drift"
        label="Reporting clients"
        path={`${path}/clients`}
        schema={driftClient}
        columns={columns}
        rowKey={(c) => c.id}
        rowLink={(c) => `/drift/${c.id}`}
        rowName={(c) => `${c.principal.label} on ${c.host}`}
        search="Member, machine or program"
        filters={filters}
        empty={
          <Empty title="No client has reported anything in the last 30 days">
            Clients report when telemetry is collected
            {opens('/settings/telemetry') && (
              <>
                : switch it on under{' '}
                <Link to="/settings/telemetry" underline="always">
                  Telemetry
                </Link>
              </>
            )}
            . They learn it at their next start, at most an hour later.
          </Empty>
        }
      />
    </Page>
  )
}
