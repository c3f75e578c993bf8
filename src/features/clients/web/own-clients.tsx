import { Alert, Stack } from '@mantine/core'
import {
  Empty,
  LinkButton,
  Loaded,
  Page,
  Rows,
  Section,
  Time,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { clientPage, type Client } from '../schema.ts'
import { at, endOwnClient, ownQuery } from './calls.ts'
import { EndOne } from './end-one.tsx'
import { ClientState, flowNames, programOf, routeNames, Served } from './words.tsx'

const program: Column<Client> = {
  key: 'program',
  header: 'Client',
  cell: (c) => (
    <>
      {programOf(c)}
      <div className="gh-under">
        {routeNames[c.route]} · {flowNames[c.flow]}
      </div>
    </>
  ),
}
const from: Column<Client> = {
  key: 'from',
  header: 'From',
  cell: (c) => c.lastUsedFrom ?? c.signedInFrom,
  wideOnly: true,
}
const signedIn: Column<Client> = {
  key: 'signedIn',
  header: 'Signed in',
  cell: (c) => <Time at={c.signedInAt} />,
  wideOnly: true,
}
const columns: readonly Column<Client>[] = [
  program,
  from,
  signedIn,
  { key: 'used', header: 'Last used', cell: (c) => <Time at={c.lastUsedAt} /> },
  { key: 'served', header: 'Policy last served', cell: (c) => <Served of={c} />, wideOnly: true },
  {
    key: 'end',
    header: '',
    align: 'right',
    cell: (c) => <EndOne own of={c} end={endOwnClient} button={{ size: 'compact-sm' }} />,
  },
]
const endedColumns: readonly Column<Client>[] = [
  program,
  from,
  signedIn,
  { key: 'state', header: 'State', cell: (c) => <ClientState of={c} /> },
  { key: 'ended', header: 'Ended', cell: (c) => <Time at={c.endedAt} />, wideOnly: true },
]

/** Every client that is signed in as the one who is looking. */
export function OwnClientsScreen() {
  const answer = useApi(['own-clients'], at.ownClients, clientPage, { query: ownQuery })
  return (
    <Page
      title="My devices"
      trail={[{ label: 'Your account', to: '/account' }]}
      about="The clients that are signed in as you. What they say of themselves can be invented; when and from where cannot."
      actions={
        <LinkButton to="/codex/device" variant="default">
          Type a code
        </LinkButton>
      }
    >
      <Loaded of={answer}>{({ items }) => <Own clients={items} />}</Loaded>
    </Page>
  )
}

function Own({ clients }: { readonly clients: readonly Client[] }) {
  const now = clients.filter((c) => c.state !== 'ended')
  const ended = clients.filter((c) => c.state === 'ended')
  return (
    <Stack gap="xl">
      <Stolen clients={clients} />
      {now.length === 0 ? (
        <Empty title="No client is signed in as you">
          Sign in with the command that your administrator gave you. The client is listed here at
          once.
        </Empty>
      ) : (
        <Rows label="My devices" columns={columns} rows={now} rowKey={(c) => c.id} />
      )}
      {ended.length > 0 && (
        <Section title="Ended">
          <Rows label="Ended" columns={endedColumns} rows={ended} rowKey={(c) => c.id} />
        </Section>
      )}
    </Stack>
  )
}

/** A token that came twice was perhaps copied. She is told where she looks anyway, until she has signed in again. */
function Stolen({ clients }: { readonly clients: readonly Client[] }) {
  const one = clients.find(
    ({ endReason, endedAt }) =>
      (endReason === 'reused_token' || endReason === 'reused_code') &&
      !clients.some(({ signedInAt }) => signedInAt > (endedAt ?? 0)),
  )
  if (one === undefined) return null
  return (
    <Alert color="red" role="alert" title={`${programOf(one)} was signed out for your safety`}>
      A token that it had used already came a second time <Time at={one.endedAt} />: somebody may
      have copied it. Sign in again on that machine, and tell your administrator if you have no
      explanation, such as a restored backup.
    </Alert>
  )
}
