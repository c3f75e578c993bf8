import { DataTable, Empty, Link, Section, Time, type Column } from '#web/kit/index.ts'
import { fetchRecord, type EnrolmentDetail, type FetchRecord } from '../schema.ts'
import { Answer } from './words.tsx'

const columns: readonly Column<FetchRecord>[] = [
  {
    key: 'day',
    header: 'Day (UTC)',
    cell: (f) => new Date(f.day).toISOString().slice(0, 10),
    width: 120,
  },
  { key: 'status', header: 'Answer', cell: (f) => <Answer status={f.status} />, width: 150 },
  {
    key: 'served',
    header: 'Served',
    cell: (f) =>
      f.policyId === null ? (
        <span className="gh-quiet">{f.status < 400 ? 'no policy' : 'nothing'}</span>
      ) : (
        <Link to={`/policies/${f.policyId}`}>{f.served}</Link>
      ),
  },
  {
    key: 'key',
    header: 'Key',
    cell: (f) => <code>{f.keyPrefix.slice(-5)}</code>,
    width: 90,
    wideOnly: true,
  },
  {
    key: 'count',
    header: 'Fetches',
    cell: (f) => f.count.toLocaleString('en'),
    align: 'right',
    width: 100,
  },
  {
    key: 'last',
    header: 'Last',
    cell: (f) => <Time at={f.lastAt} />,
    align: 'right',
    width: 140,
    wideOnly: true,
  },
]

/** What was fetched: a row for each day, key, answer and version. */
export function Fetches({ of }: { readonly of: EnrolmentDetail }) {
  return (
    <Section
      title="Fetches"
      about="The client sends no name of the machine here, so machines of one enrolment cannot be told apart."
    >
      <DataTable
        name="enrolments"
        label="Fetches"
        path={`/api/v1/enrolments/${of.id}/fetches`}
        schema={fetchRecord}
        columns={columns}
        rowKey={(f) => f.id}
        search="Policy or status"
        prefix="f_"
        empty={
          <Empty title="Not fetched yet">
            Put the lines below on a machine and start the client there. It shows up within a
            second.
          </Empty>
        }
      />
    </Section>
  )
}
