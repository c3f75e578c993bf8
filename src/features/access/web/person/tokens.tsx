import { Link, Loaded, Rows, Time, useApi, type Column } from '#web/kit/index.ts'
import { accessTokenPage, type AccessToken } from '#features/clients/tokens/schema.ts'
import { TokenState } from '#features/clients/web/tokens/words.tsx'
import type { MemberPage } from '../../schema.ts'
import { Nothing, Part } from './part.tsx'

const atMost = 5

const columns: readonly Column<AccessToken>[] = [
  { key: 'name', header: 'Name', cell: (t) => t.name },
  { key: 'state', header: 'State', cell: (t) => <TokenState of={t} /> },
  { key: 'ends', header: 'Ends', cell: (t) => <Time at={t.expiresAt} none="not by itself" /> },
  {
    key: 'used',
    header: 'Last used',
    cell: (t) => <Time at={t.lastUsedAt} none="never" />,
    align: 'right',
    wideOnly: true,
  },
]

/** Her access tokens, the newest first. */
export function TokensPart({ member }: { readonly member: MemberPage }) {
  return (
    <Part
      title="Access tokens"
      about="What her scripts and runners sign in with."
      needs="access_tokens.manage"
      actions={
        <Link to="/access-tokens" search={{ q: member.email }} size="sm">
          All of hers
        </Link>
      }
    >
      <Listed member={member} />
    </Part>
  )
}

function Listed({ member }: { readonly member: MemberPage }) {
  const answer = useApi(
    ['access-tokens', 'of-member', member.id],
    '/api/v1/access-tokens',
    accessTokenPage,
    {
      query: { member: member.id, limit: atMost },
    },
  )
  return (
    <Loaded of={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>She has made none.</Nothing>
        ) : (
          <Rows
            label="Access tokens"
            columns={columns}
            rows={items}
            rowKey={(t) => t.id}
            rowLink={(t) => `/access-tokens/${t.id}`}
          />
        )
      }
    </Loaded>
  )
}
