import { Alert, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import {
  api,
  Confirm,
  Effect,
  Empty,
  Link,
  LinkButton,
  Loaded,
  plural,
  Rows,
  Section,
  Status,
  useAct,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { enforcedNow, providers, type Provider, type Providers } from '../sso/schema.ts'

export const ssoKey = 'sso-providers'

export const useProviders = () => useApi([ssoKey], '/api/v1/sso/providers', providers)

/** The sections of single sign-on: the providers, who has to use them, who gets in without. */
export function SingleSignOn() {
  const answer = useProviders()
  return (
    <>
      <Section
        title="Single sign-on"
        about="People sign in with your organisation’s OpenID Connect provider."
        actions={
          <LinkButton to="/settings/sign-in/providers/new" variant="default">
            Add a provider
          </LinkButton>
        }
      >
        <Loaded of={answer}>
          {(all) =>
            all.items.length === 0 ? (
              <Empty title="No provider yet">
                With one, nobody needs a password here, and whoever leaves is out everywhere.
              </Empty>
            ) : (
              <Rows label="Providers" columns={columns} rows={all.items} rowKey={(one) => one.id} />
            )
          }
        </Loaded>
        {answer.data && answer.data.items.length > 0 && <ForEverybody of={answer.data} />}
      </Section>
      {answer.data && <BreakGlass of={answer.data} />}
    </>
  )
}

const columns: readonly Column<Provider>[] = [
  {
    key: 'name',
    header: 'Provider',
    cell: (one) => <Link to={`/settings/sign-in/providers/${one.id}`}>{one.name}</Link>,
  },
  { key: 'state', header: 'State', cell: (one) => <ProviderState of={one} /> },
  {
    key: 'domains',
    header: 'Speaks for',
    cell: (one) => one.domains.map(({ domain }) => domain).join(', ') || 'no domain',
    wideOnly: true,
  },
  { key: 'links', header: 'Members', cell: (one) => one.links, align: 'right' },
]

export function ProviderState({ of: one }: { readonly of: Provider }) {
  if (!one.on) return <Status meaning="neutral">off</Status>
  return (
    <Group gap={6}>
      <Status meaning="allowed">on</Status>
      {one.enforced && <Status meaning="changed">enforced</Status>}
    </Group>
  )
}

/** The rule for the whole workspace: how it is, and the question before it changes. */
function ForEverybody({ of: all }: { readonly of: Providers }) {
  const [asking, setAsking] = useState(false)
  const change = useAct(
    (enforced: boolean) =>
      api.put('/api/v1/sso/enforced', { body: { enforced }, schema: enforcedNow }),
    {
      done: ({ enforced, concerns }) =>
        enforced
          ? `${plural(concerns, 'member')} ${concerns === 1 ? 'signs' : 'sign'} in through a provider only.`
          : 'Other ways to sign in are open again.',
      refresh: [ssoKey],
    },
  )
  return (
    <>
      <Group justify="space-between" mt="md" gap="xs">
        <Text size="sm">
          {all.enforced ? (
            <>
              Other ways in are{' '}
              <Status meaning="forbidden">closed for everybody but break-glass owners</Status>
            </>
          ) : (
            'Other ways in are open, but for members at the domains of a provider that is enforced.'
          )}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
          {all.enforced ? 'Open them again' : 'Close them for everybody'}
        </Button>
      </Group>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={
          all.enforced ? 'Open other ways to sign in again?' : 'Close every other way to sign in?'
        }
        action={all.enforced ? 'Open them' : 'Close them'}
        danger={!all.enforced}
        onConfirm={() => change.mutateAsync(!all.enforced)}
      >
        {all.enforced ? (
          <Effect
            touches="Passwords and passkeys work again, but where a provider is enforced for its domains."
            when="At once."
            undo="Close them again here."
          />
        ) : (
          <Effect
            touches="Passwords, passkeys and invitations let in nobody but break-glass owners."
            when="At once: sessions that began another way end. Clients that are signed in stay so."
            undo="Open them again here. A break-glass owner can do that also when the provider is down."
          />
        )}
      </Confirm>
    </>
  )
}

/** Owners who get in whatever the provider says. */
function BreakGlass({ of: all }: { readonly of: Providers }) {
  const mark = useAct(
    ({ id, on }: { readonly id: string; readonly on: boolean }) =>
      api.put(`/api/v1/members/${id}/break-glass`, { body: { on } }),
    { refresh: [ssoKey] },
  )
  const ready = all.breakGlass.some((owner) => owner.marked && owner.ready)
  const ownerColumns: readonly Column<Providers['breakGlass'][number]>[] = [
    {
      key: 'name',
      header: 'Owner',
      cell: (owner) => (
        <Link to={`/members/${owner.id}`}>{owner.name === '' ? owner.email : owner.name}</Link>
      ),
    },
    {
      key: 'ready',
      header: 'Gets in without a provider',
      cell: (owner) =>
        !owner.marked ? (
          'not marked'
        ) : owner.ready ? (
          <Status meaning="allowed">with two factors</Status>
        ) : (
          <Status meaning="prompt">second factor missing</Status>
        ),
    },
    {
      key: 'marked',
      header: 'Mark',
      align: 'right',
      cell: (owner) => (
        <Button
          size="compact-sm"
          variant="default"
          loading={mark.isPending && mark.variables.id === owner.id}
          aria-label={`${owner.marked ? 'Unmark' : 'Mark'} ${owner.email}`}
          onClick={() => mark.mutate({ id: owner.id, on: !owner.marked })}
        >
          {owner.marked ? 'Unmark' : 'Mark'}
        </Button>
      ),
    },
  ]
  return (
    <Section
      title="Break-glass owners"
      about="They sign in here whatever the provider says, and no directory changes them: for the day on which the provider is down or somebody else’s."
    >
      {!ready && all.items.length > 0 && (
        <Alert variant="light" color="yellow" mb="sm" p="sm">
          <Text size="sm">
            Before a provider is enforced, mark an owner who has a password and an authenticator
            app, or a passkey.
          </Text>
        </Alert>
      )}
      <Rows
        label="Break-glass owners"
        columns={ownerColumns}
        rows={all.breakGlass}
        rowKey={(owner) => owner.id}
      />
    </Section>
  )
}
