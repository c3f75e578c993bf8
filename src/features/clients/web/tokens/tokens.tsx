import {
  DataTable,
  Empty,
  LinkButton,
  Page,
  Time,
  type Column,
  type ListFilter,
} from '#web/kit/index.ts'
import { accessToken, type AccessToken } from '../../tokens/schema.ts'
import { allTokens } from './calls.ts'
import { Revoke } from './revoke.tsx'
import { expiresColumn, nameColumn, ownerOf, stateColumn, usedColumn } from './words.tsx'

const columns: readonly Column<AccessToken>[] = [
  nameColumn,
  {
    key: 'of',
    header: 'Of',
    cell: (t) => (
      <>
        {ownerOf(t)}
        <div className="gh-under">
          {t.of.kind === 'service_account' ? 'service account' : t.of.email}
        </div>
      </>
    ),
  },
  stateColumn,
  {
    key: 'made',
    header: 'Made',
    cell: (t) => <Time at={t.madeAt} />,
    align: 'right',
    wideOnly: true,
  },
  usedColumn,
  expiresColumn,
  {
    key: 'revoke',
    header: '',
    cell: (t) => <Revoke path={allTokens} of={t} />,
    align: 'right',
    width: 90,
    // Its page has it as well.
    wideOnly: true,
  },
]

const filters: readonly ListFilter[] = [
  {
    key: 'state',
    label: 'State',
    options: [
      { value: 'active', label: 'Works' },
      { value: 'suspended', label: 'Rests with its owner' },
      { value: 'expired', label: 'Expired' },
      { value: 'revoked', label: 'Revoked' },
    ],
  },
  {
    key: 'kind',
    label: 'Of',
    options: [
      { value: 'member', label: 'Members' },
      { value: 'service_account', label: 'Service accounts' },
    ],
  },
]

/** Everybody's access tokens. */
export function TokensScreen() {
  return (
    <Page
      title="Access tokens"
      about="Every token that a member or a service account has for its scripts and runners."
      actions={
        <LinkButton to="/account/tokens" variant="default">
          My tokens
        </LinkButton>
      }
    >
      <DataTable
        name="access-tokens"
        label="Access tokens"
        path={allTokens}
        schema={accessToken}
        columns={columns}
        rowKey={(t) => t.id}
        rowLink={(t) => `/access-tokens/${t.id}`}
        rowName={(t) => `${t.name} of ${ownerOf(t)}`}
        search="Name, purpose or owner"
        filters={filters}
        empty={
          <Empty title="No access tokens yet">
            Members make them on their account page, where their role lets them; service accounts
            have theirs on their own pages.
          </Empty>
        }
      />
    </Page>
  )
}
