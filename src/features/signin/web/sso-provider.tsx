import { Alert, Button, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import {
  api,
  Confirm,
  ConfirmButton,
  Effect,
  Facts,
  Id,
  Loaded,
  Page,
  plural,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useGo,
  useParam,
} from '#web/kit/index.ts'
import { enforcedNow, provider, wayOut, type Provider } from '../sso/schema.ts'
import { ProviderFields, valuesOf, type ProviderValues } from './sso-form.tsx'
import { ClaimedGroups } from './sso-groups.tsx'
import { ProviderState, ssoKey } from './sso-providers.tsx'

/** Everything about one provider: what it is asked with, whom it lets in, and into which groups it puts them. */
export function ProviderScreen() {
  const id = useParam('providerId')
  const answer = useApi([ssoKey, id], `/api/v1/sso/providers/${id}`, provider)
  return <Loaded of={answer}>{(one) => <Shown key={one.version} of={one} />}</Loaded>
}

function Shown({ of: one }: { readonly of: Provider }) {
  return (
    <Page
      title={one.name}
      trail={[{ label: 'Sign-in', to: '/settings/sign-in' }]}
      mark={<ProviderState of={one} />}
      about={<code>{one.issuer}</code>}
      width="narrow"
      actions={
        <>
          <Remove of={one} />
          <OnOff of={one} />
          <Test of={one} />
        </>
      }
    >
      <Section title="Facts">
        <Facts
          of={[
            ['Last round trip with these settings', <Time at={one.provedAt} none="none yet" />],
            ['Members who signed in', one.links],
            ...one.domains.map(
              ({ domain, statedBy, statedAt }) =>
                [
                  domain,
                  <>
                    stated by {statedBy} <Time at={statedAt} />
                  </>,
                ] as const,
            ),
            ['Added', <Time at={one.createdAt} />],
            ['Id', <Id value={one.id} />],
          ]}
        />
      </Section>
      <Enforced of={one} />
      <ClaimedGroups of={one} />
      <Settings of={one} />
    </Page>
  )
}

/** A whole round trip; nobody is signed in by it. */
function Test({ of: one }: { readonly of: Provider }) {
  const test = useAct(() => api.post(`/api/v1/sso/providers/${one.id}/test`, { schema: wayOut }), {
    onDone: ({ redirectTo }) => location.assign(redirectTo),
  })
  return (
    <Button loading={test.isPending} onClick={() => test.mutate(undefined)}>
      Test
    </Button>
  )
}

function OnOff({ of: one }: { readonly of: Provider }) {
  const change = useAct(
    (on: boolean) =>
      api.patch(`/api/v1/sso/providers/${one.id}`, {
        body: { version: one.version, on },
        schema: provider,
      }),
    { done: ({ on }) => (on ? 'Turned on.' : 'Turned off.'), refresh: [ssoKey] },
  )
  if (!one.on)
    return (
      <Button variant="default" loading={change.isPending} onClick={() => change.mutate(true)}>
        Turn on
      </Button>
    )
  return (
    <ConfirmButton
      label="Turn off"
      title={`Turn ${one.name} off?`}
      action="Turn it off"
      onConfirm={() => change.mutateAsync(false)}
    >
      <Effect
        touches="Everybody who signed in through it is signed out. Members without another way in stay out."
        when="At once. Clients that are signed in stay so."
        undo="Turn it on again here."
      />
    </ConfirmButton>
  )
}

function Remove({ of: one }: { readonly of: Provider }) {
  const go = useGo()
  const remove = useAct(
    () => api.delete(`/api/v1/sso/providers/${one.id}?version=${one.version}`),
    { done: 'Provider deleted.', refresh: [ssoKey], onDone: () => go('/settings/sign-in') },
  )
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${one.name}?`}
      action="Delete it"
      typed={one.name}
      onConfirm={() => remove.mutateAsync(undefined)}
    >
      <Effect
        touches={`${plural(one.links, 'member')} will not be recognised by it any more, and whoever signed in through it is signed out.`}
        when="At once. Clients that are signed in stay so."
        undo="Add it again: members are found by address where the provider speaks for the domain; owners link it again themselves."
      />
    </ConfirmButton>
  )
}

/** Whether members at its domains sign in here only. */
function Enforced({ of: one }: { readonly of: Provider }) {
  const [asking, setAsking] = useState(false)
  const change = useAct(
    (enforced: boolean) =>
      api.put(`/api/v1/sso/providers/${one.id}/enforced`, {
        body: { enforced },
        schema: enforcedNow,
      }),
    {
      done: ({ enforced, concerns }) =>
        enforced
          ? `Enforced for ${plural(concerns, 'member')}.`
          : 'Members at its domains may sign in another way again.',
      refresh: [ssoKey],
    },
  )
  const domains = one.domains.map(({ domain }) => domain).join(', ')
  return (
    <Section
      title="Enforced"
      about="Whether members with an address at its domains may sign in another way."
      actions={
        <Button
          variant="default"
          disabled={!one.enforced && one.domains.length === 0}
          onClick={() => setAsking(true)}
        >
          {one.enforced ? 'Enforce it no longer' : 'Enforce it'}
        </Button>
      }
    >
      <Text size="sm">
        {one.enforced ? (
          <>
            <Status meaning="forbidden">only through it</Status> {domains}
          </>
        ) : (
          'They may.'
        )}
      </Text>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={one.enforced ? 'Let them sign in another way?' : `Enforce ${one.name}?`}
        action={one.enforced ? 'Enforce it no longer' : 'Enforce it'}
        danger={!one.enforced}
        onConfirm={() => change.mutateAsync(!one.enforced)}
      >
        {one.enforced ? (
          <Effect
            touches={`Members at ${domains} may use passwords and passkeys again.`}
            when="At once."
            undo="Enforce it again here."
          />
        ) : (
          <Effect
            touches={`Members at ${domains} sign in through it only; break-glass owners are left out.`}
            when="At once: sessions that began another way end. Clients that are signed in stay so."
            undo="Enforce it no longer, here."
          />
        )}
      </Confirm>
    </Section>
  )
}

function Settings({ of: one }: { readonly of: Provider }) {
  const form = useForm<ProviderValues>({ initialValues: valuesOf(one) })
  const save = useAct(
    (values: ProviderValues) =>
      api.patch(`/api/v1/sso/providers/${one.id}`, {
        body: { version: one.version, ...changes(values, one) },
        schema: provider,
      }),
    {
      done: 'Saved.',
      refresh: [ssoKey],
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  const asksAnew = ['clientId', 'clientSecret', 'scopes'].some((field) => form.isDirty(field))
  return (
    <Section title="Settings">
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="lg">
          <ProviderFields form={form} present={one} />
          {asksAnew && one.enforced && (
            <Alert variant="light" color="yellow" p="sm">
              <Text size="sm">
                Members have to sign in through it. Test it right after saving; a break-glass owner
                gets in if it does not work any more.
              </Text>
            </Alert>
          )}
          <div>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </div>
        </Stack>
      </form>
    </Section>
  )
}

/** Only what was changed: sending the client id again would ask for another round trip. */
function changes(values: ProviderValues, one: Provider): Record<string, unknown> {
  const before: Readonly<Record<string, unknown>> = { ...valuesOf(one) }
  const changed = Object.entries(values).filter(
    ([key, value]) => key !== 'issuer' && JSON.stringify(value) !== JSON.stringify(before[key]),
  )
  return Object.fromEntries(
    changed.map(([key, value]) => [key, key === 'groupsClaim' && value === '' ? null : value]),
  )
}
