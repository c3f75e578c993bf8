import { useEffect, useState } from 'react'
import { z } from 'zod'
import { Button, Divider, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconFingerprint } from '@tabler/icons-react'
import { Navigate } from '@tanstack/react-router'
import { stringifySearch } from '#web/address.ts'
import {
  answerWithPasskey,
  api,
  ApiError,
  forgetPasskeyQuestion,
  Front,
  Link,
  passkeysInFields,
  passkeysSupported,
  safeNext,
  useAddress,
  useApi,
} from '#web/kit/index.ts'
import { signInOptions, type SignInOptions } from '../second-factor/schema.ts'
import { Lead, Trouble, useGettingIn, useStart } from './getting-in.tsx'

/** The pages on which a client is let in. */
const asks = /^\/(authorize\/|codex\/device$)/

const address = z.object({ next: z.string().optional() })

const signInWithPasskey = async (waiting: boolean): Promise<unknown> =>
  api.post('/api/v1/session/passkey', {
    body: { passkey: await answerWithPasskey('/api/v1/session/passkey/challenge', waiting) },
  })

export function SignInScreen() {
  const [{ next }] = useAddress(address)
  const start = useStart()
  const options = useApi(['sign-in-options'], '/api/v1/sign-in-options', signInOptions)
  if (start.data?.needed === true) return <Navigate to="/setup" replace />
  const workspace = start.data?.workspace ?? null
  return (
    <Front title={workspace === null ? 'Sign in' : `Sign in to ${workspace}`}>
      {next !== undefined && (
        <Lead>
          {asks.test(next)
            ? 'Then you decide about the client that asks.'
            : 'Then you go on where you were.'}
        </Lead>
      )}
      <Stack gap="md">
        {options.data && <Elsewhere options={options.data} next={safeNext(next)} />}
        {options.data?.enforced === true ? (
          <WithoutProvider options={options.data} next={safeNext(next)} />
        ) : (
          <Here options={options.data} next={safeNext(next)} />
        )}
      </Stack>
    </Front>
  )
}

interface WayProps {
  readonly options: SignInOptions
  readonly next: string
}

/** The organisation's own identity providers. */
function Elsewhere({ options, next }: WayProps) {
  if (options.providers.length === 0) return null
  return (
    <>
      {options.providers.map((provider) => (
        <Button
          key={provider.id}
          component="a"
          href={`${provider.startUrl}${stringifySearch(next === '/' ? {} : { next })}`}
          variant={options.enforced ? 'filled' : 'default'}
          fullWidth
        >
          Continue with {provider.name}
        </Button>
      ))}
      {!options.enforced && <Divider label="or" />}
    </>
  )
}

/** For the few owners who get in when the provider does not work. */
function WithoutProvider(props: WayProps) {
  const [open, setOpen] = useState(false)
  if (open) return <Here {...props} />
  return (
    <Button variant="subtle" size="compact-sm" onClick={() => setOpen(true)}>
      I am an owner and sign in without it
    </Button>
  )
}

/** The ways that need nobody else: a password, or a passkey. */
function Here({
  options,
  next,
}: Omit<WayProps, 'options'> & { readonly options: SignInOptions | undefined }) {
  const form = useForm({ initialValues: { email: '', password: '' } })
  const { submit, busy, trouble } = useGettingIn(
    form,
    (values: typeof form.values) => api.post('/api/v1/session', { body: values }),
    next,
  )
  const passkeys = options?.passkey === true && passkeysSupported()
  return (
    <>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="md">
          <TextInput
            label="E-mail"
            type="email"
            // The last word lets the browser offer passkeys in its list.
            autoComplete="username webauthn"
            autoFocus
            required
            withAsterisk={false}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            {...form.getInputProps('password')}
          />
          <Trouble of={trouble} />
          <Button type="submit" fullWidth loading={busy} mt={4}>
            Sign in
          </Button>
        </Stack>
      </form>
      {passkeys && <WithPasskey next={next} />}
      <Group justify="center">
        <Link to="/forgotten" size="sm" c="dimmed">
          Forgotten your password?
        </Link>
      </Group>
    </>
  )
}

const noFields = { setErrors: () => undefined }

/** A little shorter than a challenge lives. */
const renewEvery = 4 * 60_000

function WithPasskey({ next }: { readonly next: string }) {
  const asked = useGettingIn(noFields, () => signInWithPasskey(false), next)
  const offered = useGettingIn(noFields, () => signInWithPasskey(true), next)
  const { submit: offer } = offered
  const [round, setRound] = useState(0)
  // Waits in the list of the e-mail field for somebody to choose a passkey there.
  useEffect(() => {
    let left = false
    void passkeysInFields().then((can) => {
      if (can && !left) offer(undefined)
    })
    const timer = setTimeout(() => setRound(round + 1), renewEvery)
    return () => {
      left = true
      clearTimeout(timer)
      void forgetPasskeyQuestion()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a new function at each render is no new question
  }, [round])
  const said = offered.trouble
  return (
    <>
      <Button
        variant="default"
        fullWidth
        leftSection={<IconFingerprint size={16} aria-hidden />}
        loading={asked.busy}
        onClick={() => asked.submit(undefined)}
      >
        Sign in with a passkey
      </Button>
      <Trouble of={asked.trouble} />
      {/* That nobody chose one is no news. */}
      {said?.code === 'wrong_credentials' && <Trouble of={said} />}
      {asked.trouble instanceof ApiError && asked.trouble.code === 'passkey_refused' && (
        <Text size="xs" c="dimmed">
          Lost it? Sign in with your password and a recovery code.
        </Text>
      )}
    </>
  )
}
