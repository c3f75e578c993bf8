import { DataTable, Empty, Page, Time, type Column } from '#web/kit/index.ts'
import { directory, type Directory } from '../schema.ts'
import { ConnectDirectory } from './connect.tsx'
import { DirectoryState, providerNames } from './words.tsx'

const columns: readonly Column<Directory>[] = [
  { key: 'name', header: 'Name', cell: (d) => d.name },
  { key: 'provider', header: 'Provider', cell: (d) => providerNames[d.provider], wideOnly: true },
  { key: 'state', header: 'State', cell: (d) => <DirectoryState of={d} /> },
  { key: 'users', header: 'Users', cell: (d) => d.users.toLocaleString('en'), align: 'right' },
  { key: 'groups', header: 'Groups', cell: (d) => d.groups.toLocaleString('en'), align: 'right' },
  {
    key: 'seen',
    header: 'Last request',
    cell: (d) => <Time at={d.lastRequestAt} />,
    align: 'right',
    wideOnly: true,
  },
]

export function DirectoriesScreen() {
  return (
    <Page
      title="Directories"
      about="Your identity provider says over SCIM who is here and in which groups, and who has left."
      actions={<ConnectDirectory />}
    >
      <DataTable
        name="directories"
        label="Directories"
        path="/api/v1/directories"
        schema={directory}
        columns={columns}
        rowKey={(d) => d.id}
        rowLink={(d) => `/directories/${d.id}`}
        rowName={(d) => d.name}
        search="Name"
        empty={
          <Empty title="No directory yet" action={<ConnectDirectory />}>
            With one, people come and leave by themselves. Without, they are added by hand or from a
            file.
          </Empty>
        }
      />
    </Page>
  )
}
