import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useQueryClient } from '@tanstack/react-query'
import {
  answerWithPasskey,
  api,
  Front,
  LinkButton,
  Loading,
  makePasskey,
  passkeysSupported,
  safeNext,
  useAct,
  useAddress,
  useApi,
  toSignIn,
} from '#web/kit/index.ts'
import { added, owed, type Added, type Owed } from '../second-factor/schema.ts'
import { AddAuthenticator } from './add-authenticator.tsx'
import { CodeInput } from './code-fields.tsx'
import { Lead, Trouble, useGettingIn } from './getting-in.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

const address = z.object({ next: z.string().optional() })

/** Between the password and everything else: gives the second factor, or adds the first one. */
export function SecondFactorScreen() {
  const [{ next }] = useAddress(address)
  const state = useApi(['owed'], '/api/v1/session/second-factor', owed)
  const [codes, setCodes] = useState<readonly string[]>()
  const goOn = useGoOn(safeNext(next))
  const onAdded = (it: Added) => (it.codes === null ? goOn() : setCodes(it.codes))
  if (codes !== undefined)
    return (
      <Front title="Your recovery codes">
        <RecoveryCodes codes={codes} onStored={goOn} />
      </Front>
    )
  if (state.data === undefined)
    return (
      <Front title="Second factor">
        {state.isError ? <Over error={state.error} /> : <Loading lines={4} />}
      </Front>
    )
  return state.data.enrol ? (
    <Enrol of={state.data} onAdded={onAdded} />
  ) : (
    <Give of={state.data} next={safeNext(next)} />
  )
}

/** To where she was going, with a clean slate. */
function useGoOn(next: string): () => void {
  const client = useQueryClient()
  const navigate = useNavigate()
  return () => {
    client.removeQueries()
    void navigate({ href: next, replace: true })
  }
}

function Over({ error }: { readonly error: unknown }) {
  return (
    <Stack gap="md">
      <Trouble of={error} />
      <LinkButton to="/sign-in" variant="default" fullWidth>
        Go to sign-in
      </LinkButton>
    </Stack>
  )
}

const path = '/api/v1/session/second-factor'

function Give({ of: it, next }: { readonly of: Owed; readonly next: string }) {
  const canPasskey = it.passkey && passkeysSupported()
  const [lost, setLost] = useState(!canPasskey && !it.code)
  const form = useForm({ initialValues: { code: '', recoveryCode: '' } })
  const typed = useGettingIn(
    form,
    (values: typeof form.values) =>
      api.post(path, {
        body: lost ? { recoveryCode: values.recoveryCode } : { code: values.code },
      }),
    next,
  )
  const held = useGettingIn(
    form,
    async () =>
      api.post(path, {
        body: { passkey: await answerWithPasskey('/api/v1/session/passkey/proof') },
      }),
    next,
  )
  return (
    <Front title={lost ? 'Recovery code' : 'Second factor'}>
      <Lead>You sign in as {it.member.email}.</Lead>
      <Stack gap="md">
        {canPasskey && !lost && (
          <>
            <Button
              fullWidth
              variant={it.code ? 'default' : 'filled'}
              leftSection={<IconFingerprint size={16} aria-hidden />}
              loading={held.busy}
              onClick={() => held.submit(form.values)}
            >
              Use a passkey
            </Button>
            <Trouble of={held.trouble} />
          </>
        )}
        {(it.code || lost) && (
          <form onSubmit={form.onSubmit(typed.submit)}>
            <Stack gap="md">
              {lost ? (
                <TextInput
                  label="Recovery code"
                  description="One of those that you kept when you added your second factor."
                  autoComplete="off"
                  autoFocus
                  required
                  withAsterisk={false}
                  {...form.getInputProps('recoveryCode')}
                />
              ) : (
                <CodeInput
                  label="Code of your authenticator app"
                  autoFocus
                  {...form.getInputProps('code')}
                />
              )}
              <Trouble of={typed.trouble} />
              <Button type="submit" fullWidth loading={typed.busy}>
                Go on
              </Button>
            </Stack>
          </form>
        )}
        <Lost of={it} lost={lost} onChange={setLost} />
        <SignOut />
      </Stack>
    </Front>
  )
}

interface LostProps {
  readonly of: Owed
  readonly lost: boolean
  readonly onChange: (lost: boolean) => void
}

function Lost({ of: it, lost, onChange }: LostProps) {
  if (lost && !it.passkey && !it.code && !it.recoveryCode)
    return (
      <Text size="sm" c="dimmed">
        You have no way left. An admin of the workspace removes your second factors on your page
        under Members; an owner gets in again from the machine itself.
      </Text>
    )
  if (lost && !it.passkey && !it.code) return null
  return (
    <Anchor component="button" type="button" size="sm" c="dimmed" onClick={() => onChange(!lost)}>
      {lost ? 'Use the other way' : 'Lost it? Use a recovery code'}
    </Anchor>
  )
}

function SignOut() {
  const out = useAct(() => api.delete('/api/v1/session'), { onDone: toSignIn })
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      c="dimmed"
      onClick={() => out.mutate(undefined)}
    >
      Sign in as somebody else
    </Anchor>
  )
}

function Enrol({
  of: it,
  onAdded,
}: {
  readonly of: Owed
  readonly onAdded: (added: Added) => void
}) {
  const [app, setApp] = useState(false)
  const canPasskey = it.passkey && passkeysSupported()
  const passkey = useAct(
    async () =>
      api.post('/api/v1/passkeys', {
        body: { passkey: await makePasskey('/api/v1/passkeys/challenge') },
        schema: added,
      }),
    { onDone: onAdded, onError: () => true },
  )
  return (
    <Front title="Add a second factor">
      <Lead>
        {it.workspace} asks everybody for one beside the password. Add it now, and you are in.
      </Lead>
      {app ? (
        <AddAuthenticator onAdded={onAdded} onCancel={() => setApp(false)} />
      ) : (
        <Stack gap="md">
          {canPasskey && (
            <Way about="Your fingerprint, face or PIN on this device, or a security key. Next time it signs you in alone.">
              <Button
                fullWidth
                leftSection={<IconFingerprint size={16} aria-hidden />}
                loading={passkey.isPending}
                onClick={() => passkey.mutate(undefined)}
              >
                Add a passkey
              </Button>
            </Way>
          )}
          <Trouble of={passkey.error} />
          <Way about="Six digits that an app on your phone shows, after each password.">
            <Button
              fullWidth
              variant={canPasskey ? 'default' : 'filled'}
              leftSection={<IconDeviceMobile size={16} aria-hidden />}
              onClick={() => setApp(true)}
            >
              Add an authenticator app
            </Button>
          </Way>
          <SignOut />
        </Stack>
      )}
    </Front>
  )
}

function Way({ about, children }: { readonly about: string; readonly children: ReactNode }) {
  return (
    <div>
      {children}
      <Text size="xs" c="dimmed" mt={4}>
        {about}
      </Text>
    </div>
  )
}
