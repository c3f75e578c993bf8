import { DataTable, Empty, Page, Time, type Column } from '#web/kit/index.ts'
import { checkWords, finding, findingStates, type Finding } from '../schema.ts'
import { FindingMark, keyOptions, path, saidWord } from './words.tsx'

const columns: readonly Column<Finding>[] = [
  {
    key: 'client',
    header: 'Client',
    cell: (f) => (
      <>
        {f.client}
        <div className="gh-under">{checkWords[f.key]}</div>
      </>
    ),
  },
  { key: 'reported', header: 'Reported', cell: (f) => saidWord(f.reported) },
  { key: 'allowed', header: 'Allowed', cell: (f) => f.allowed, wideOnly: true },
  { key: 'state', header: 'State', cell: (f) => <FindingMark of={f} /> },
  { key: 'since', header: 'Since', cell: (f) => <Time at={f.since} />, align: 'right' },
  {
    key: 'closed',
    header: 'Closed',
    cell: (f) => <Time at={f.closedAt} none="–" />,
    align: 'right',
    wideOnly: true,
  },
]

const filters = [
  {
    key: 'state',
    label: 'State',
    options: findingStates.map((value) => ({ value, label: value })),
  },
  { key: 'key', label: 'What', options: keyOptions },
]

/** Everything that disagreed, also what has closed. */
export function FindingsScreen() {
  return (
    <Page
      title="Disagreements"
      trail={[{ label: 'Drift', to: '/drift' }]}
      about="Each opens when a client reports it, and closes by itself. Closed ones are kept for a year."
    >
      <DataTable
        name="drift-findings"
        label="Disagreements"
        path={`${path}/findings`}
        schema={finding}
        columns={columns}
        rowKey={(f) => f.id}
        rowLink={(f) => `/drift/${f.clientId}`}
        rowName={(f) => `${checkWords[f.key]} of ${f.client}`}
        search="Client or what it reported"
        filters={filters}
        empty={
          <Empty title="Nothing has disagreed">
            What clients report agrees with what they were served, as far as it can be told.
          </Empty>
        }
      />
    </Page>
  )
}
