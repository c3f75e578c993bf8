import { Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  DataTable,
  Effect,
  Empty,
  Page,
  Time,
  useAct,
  type Column,
} from '#web/kit/index.ts'
import { key, type ServiceKey } from '../schema.ts'
import { NewKey } from './new-key.tsx'
import { KeyState } from './words.tsx'

const columns: readonly Column<ServiceKey>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (k) => (
      <>
        {k.name}
        <Text component="div" size="xs" c="dimmed" ff="monospace">
          {recognisable(k.prefix)}
        </Text>
      </>
    ),
  },
  { key: 'state', header: 'State', cell: (k) => <KeyState of={k.state} />, width: 100 },
  { key: 'scopes', header: 'Scopes', cell: (k) => <Scopes of={k} />, wideOnly: true },
  { key: 'maker', header: 'Made by', cell: (k) => k.maker.label, wideOnly: true },
  {
    key: 'used',
    header: 'Last used',
    cell: (k) => <Time at={k.lastUsedAt} />,
    align: 'right',
    wideOnly: true,
  },
  {
    key: 'expires',
    header: 'Expires',
    cell: (k) => <Time at={k.expiresAt} none="never" />,
    align: 'right',
    wideOnly: true,
  },
  { key: 'revoke', header: '', cell: (k) => <Revoke of={k} />, align: 'right', width: 90 },
]

/** The end of the id and the first characters of the secret: enough to tell keys apart, short enough for a telephone. */
const recognisable = (prefix: string): string =>
  prefix.startsWith('gh_key_') ? `gh_key_…${prefix.slice(-10)}` : prefix

export function KeysScreen() {
  return (
    <Page
      title="Service keys"
      about="For scripts and pipelines. A key holds its scopes only as long as its maker holds them."
      actions={<NewKey />}
    >
      <DataTable
        name="keys"
        label="Service keys"
        path="/api/v1/keys"
        schema={key}
        columns={columns}
        rowKey={(k) => k.id}
        search="Name, prefix or maker"
        filters={[
          {
            key: 'state',
            label: 'All',
            options: [{ value: 'usable', label: 'Neither revoked nor expired' }],
          },
        ]}
        empty={
          <Empty title="No service keys yet" action={<NewKey />}>
            A key lets a script do over the API what a person does here, limited to the scopes you
            choose.
          </Empty>
        }
      />
    </Page>
  )
}

/** The scopes; those that the maker does not hold any more are struck out. */
function Scopes({ of }: { readonly of: ServiceKey }) {
  if (of.scopes.length > 6 && of.permissions.length === of.scopes.length)
    return `${of.scopes.length} permissions`
  return of.scopes.map((scope, i) => (
    <span key={scope}>
      {i > 0 && ', '}
      {of.permissions.includes(scope) ? (
        <code>{scope}</code>
      ) : (
        <Text component="s" inherit c="dimmed" title="The maker does not hold it any more">
          <code>{scope}</code>
        </Text>
      )}
    </span>
  ))
}

function Revoke({ of }: { readonly of: ServiceKey }) {
  const revoke = useAct(() => api.delete(`/api/v1/keys/${of.id}`, { schema: key }), {
    refresh: ['keys', 'members'],
    done: `${of.name} revoked`,
    onError: () => true,
  })
  if (of.state === 'revoked') return null
  return (
    <ConfirmButton
      label="Revoke"
      button={{ size: 'compact-sm' }}
      title={`Revoke ${of.name}?`}
      action="Revoke"
      onConfirm={() => revoke.mutateAsync()}
    >
      <Effect
        touches={
          <>
            Whatever uses it is refused from the next request on. Last used:{' '}
            <Time at={of.lastUsedAt} />.
          </>
        }
        undo="It cannot be taken back; make a new key."
      />
    </ConfirmButton>
  )
}
