import { DataTable, Empty, Page, Time, type Column } from '#web/kit/index.ts'
import { account, type Account } from '../../accounts/schema.ts'
import { accounts } from './calls.ts'
import { NewAccount } from './new-account.tsx'
import { AccountState, groupNames } from './words.tsx'

const columns: readonly Column<Account>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (a) => (
      <>
        {a.name}
        <div className="gh-under">{a.purpose}</div>
      </>
    ),
  },
  {
    key: 'owner',
    header: 'Answers for it',
    cell: (a) => (a.owner.present ? a.owner.name : 'nobody any more'),
    wideOnly: true,
  },
  { key: 'groups', header: 'Groups', cell: groupNames, wideOnly: true },
  { key: 'status', header: 'State', cell: (a) => <AccountState of={a} /> },
  { key: 'tokens', header: 'Tokens', cell: (a) => a.tokens, align: 'right' },
  {
    key: 'used',
    header: 'Last used',
    cell: (a) => <Time at={a.lastUsedAt} />,
    align: 'right',
    wideOnly: true,
  },
]

export function AccountsScreen() {
  return (
    <Page
      title="Service accounts"
      about="For runners and scripts that are nobody’s: with tokens, groups and a policy of their own, whoever comes and goes."
      actions={<NewAccount />}
    >
      <DataTable
        name="service-accounts"
        label="Service accounts"
        path={accounts}
        schema={account}
        columns={columns}
        rowKey={(a) => a.id}
        rowLink={(a) => `/service-accounts/${a.id}`}
        rowName={(a) => a.name}
        search="Name or purpose"
        filters={[
          {
            key: 'status',
            label: 'State',
            options: [
              { value: 'active', label: 'Active' },
              { value: 'suspended', label: 'Suspended' },
            ],
          },
        ]}
        empty={
          <Empty title="No service accounts yet" action={<NewAccount />}>
            A pipeline with a person’s token stops when she leaves. One with the token of a service
            account goes on.
          </Empty>
        }
      />
    </Page>
  )
}
