import { DataTable, Empty, Page, useCan, type Column } from '#web/kit/index.ts'
import { enrolment, type Enrolment } from '../schema.ts'
import { NewEnrolment } from './new-enrolment.tsx'
import { EnrolmentState, When } from './words.tsx'

const columns: readonly Column<Enrolment>[] = [
  { key: 'name', header: 'Name', cell: (e) => e.name },
  { key: 'state', header: 'State', cell: (e) => <EnrolmentState of={e} />, width: 150 },
  {
    key: 'group',
    header: 'Group',
    cell: (e) => e.group?.name ?? <span className="gh-quiet">default policy</span>,
    wideOnly: true,
  },
  {
    key: 'today',
    header: 'Fetches today',
    cell: (e) => e.fetchesToday.toLocaleString('en'),
    align: 'right',
    width: 140,
    wideOnly: true,
  },
  {
    key: 'addresses',
    header: 'Addresses, 24 h',
    cell: (e) => e.addresses24h.toLocaleString('en'),
    align: 'right',
    width: 150,
    wideOnly: true,
  },
  {
    key: 'fetched',
    header: 'Last fetched',
    cell: (e) => <When at={e.lastFetchedAt} />,
    align: 'right',
    width: 150,
  },
]

export function EnrolmentsScreen() {
  const may = useCan('enrolments.manage')
  return (
    <Page
      title="Enrolments"
      about="Links from fleets of machines to this server: their clients take the policy from here."
      actions={may && <NewEnrolment />}
    >
      <DataTable
        name="enrolments"
        label="Enrolments"
        path="/api/v1/enrolments"
        schema={enrolment}
        columns={columns}
        rowKey={(e) => e.id}
        rowLink={(e) => `/enrolments/${e.id}`}
        rowName={(e) => e.name}
        search="Name"
        filters={[
          {
            key: 'state',
            label: 'State',
            options: [
              { value: 'active', label: 'Not revoked' },
              { value: 'revoked', label: 'Revoked' },
            ],
          },
        ]}
        empty={
          <Empty title="No enrolments yet" action={may && <NewEnrolment />}>
            An enrolment makes the address that goes on machines. From then on their client takes
            its policy from here, and refuses to start without one.
          </Empty>
        }
      />
    </Page>
  )
}
