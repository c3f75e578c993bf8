import { Button, Checkbox, Stack, TextInput, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { OwnClientsSummary } from '#features/clients/web/own-summary.tsx'
import { OwnTokensSummary } from '#features/clients/web/tokens/own-summary.tsx'
import { OwnTelemetry } from '#features/telemetry/web/own.tsx'
import { api, Facts, Loaded, Page, plural, Section, Time, useAct, useApi } from '#web/kit/index.ts'
import { passwordChanged, passwordState, session } from '../schema.ts'
import { LinkedSignIns } from './linked-sign-ins.tsx'
import { NewPassword } from './new-password.tsx'
import { OwnFactors } from './own-factors.tsx'
import { OwnSessions } from './own-sessions.tsx'

/** Everything about the one who is looking: who she is here, her password, and where she is signed in. */
export function AccountScreen() {
  const own = useApi(['session'], '/api/v1/session', session)
  return (
    <Loaded of={own}>
      {({ member, role, workspace }) => (
        <Page title="Your account" about={`In ${workspace.name}`} width="narrow">
          <Section title="You">
            <Facts
              of={[
                ['Name', member.name],
                ['E-mail', member.email],
                ['Role', role.name],
              ]}
            />
          </Section>
          <OwnClientsSummary />
          <OwnTokensSummary />
          <OwnTelemetry />
          <ChangePassword email={member.email} />
          <OwnFactors />
          <LinkedSignIns />
          <OwnSessions />
        </Page>
      )}
    </Loaded>
  )
}

function ChangePassword({ email }: { readonly email: string }) {
  const state = useApi(['password'], '/api/v1/password', passwordState)
  const form = useForm({ initialValues: { current: '', next: '', endClients: false } })
  const change = useAct(
    (values: typeof form.values) =>
      api.put('/api/v1/password', { body: values, schema: passwordChanged }),
    {
      done: ({ ended, endedClients }) => {
        const over = [
          ...(ended === 0 ? [] : [plural(ended, 'other session')]),
          ...(endedClients === 0 ? [] : [plural(endedClients, 'client')]),
        ]
        return over.length === 0
          ? 'Password changed.'
          : `Password changed; ${over.join(' and ')} ended.`
      },
      refresh: ['password', 'sessions', 'own-clients'],
      onDone: () => form.reset(),
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  const changedAt = state.data?.changedAt ?? null
  return (
    <Section
      title="Password"
      about={
        changedAt !== null && (
          <>
            Last changed <Time at={changedAt} />. A change ends every other session.
          </>
        )
      }
    >
      <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack gap="md" maw={360}>
          {/* For password managers: whose password this is. */}
          <TextInput
            value={email}
            readOnly
            autoComplete="username"
            aria-hidden
            tabIndex={-1}
            className="gh-off-screen"
          />
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            {...form.getInputProps('current')}
          />
          <NewPassword label="New password" {...form.getInputProps('next')} />
          <Checkbox
            label="Also end the sign-ins of my clients"
            description="If somebody else may have known the old one. Each client has to sign in again."
            {...form.getInputProps('endClients', { type: 'checkbox' })}
          />
          <div>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              Change the password
            </Button>
          </div>
        </Stack>
      </form>
    </Section>
  )
}
