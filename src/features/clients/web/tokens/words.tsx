import '../clients.css'
import { Time, Status, type Column } from '#web/kit/index.ts'
import type { AccessToken } from '../../tokens/schema.ts'

const soon = 7 * 86_400_000

export function TokenState({ of }: { readonly of: AccessToken }) {
  // Nearly every token works: a colour would say nothing.
  if (of.state === 'active') return <Status>works</Status>
  if (of.state === 'expired') return <Status>expired</Status>
  if (of.state === 'revoked') return <Status>revoked</Status>
  return (
    <Status meaning="forbidden">
      refused: {of.of.kind === 'member' ? 'member' : 'service account'} suspended
    </Status>
  )
}

export const ownerOf = ({ of }: AccessToken): string => of.name || (of.email ?? of.id)
export const ownerPath = ({ of }: AccessToken): string =>
  of.kind === 'member' ? `/members/${of.id}` : `/service-accounts/${of.id}`

/** The end of the id and the first characters of the secret: enough to tell tokens apart, short enough for a telephone. */
export const recognisable = ({ prefix }: AccessToken): string => `at-…${prefix.slice(-10)}`

export const livesStill = ({ state }: AccessToken): boolean =>
  state === 'active' || state === 'suspended'

export const nameColumn: Column<AccessToken> = {
  key: 'name',
  header: 'Name',
  cell: (t) => (
    <>
      {t.name}
      <div className="gh-under">
        <code>{recognisable(t)}</code>
        {t.replacedBy !== null && livesStill(t) && ' · replaced, ends by itself'}
      </div>
    </>
  ),
}
export const stateColumn: Column<AccessToken> = {
  key: 'state',
  header: 'State',
  cell: (t) => <TokenState of={t} />,
}
export const usedColumn: Column<AccessToken> = {
  key: 'used',
  header: 'Last used',
  cell: (t) => <Time at={t.lastUsedAt} />,
  align: 'right',
  wideOnly: true,
}
export const expiresColumn: Column<AccessToken> = {
  key: 'expires',
  header: 'Expires',
  cell: (t) => <Expiry of={t} />,
  align: 'right',
}

function Expiry({ of: token }: { readonly of: AccessToken }) {
  const { expiresAt, willKnowBy } = token
  const time = <Time at={expiresAt} none="never" />
  const near = expiresAt !== null && expiresAt - willKnowBy < soon && livesStill(token)
  return near && token.replacedBy === null ? <Status meaning="prompt">{time}</Status> : time
}
