import { z } from 'zod'
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Navigate } from '@tanstack/react-router'
import { api, Front, Link, safeNext, useAddress } from '#web/kit/index.ts'
import { Lead, Trouble, useGettingIn, useStart } from './getting-in.tsx'

const address = z.object({ next: z.string().optional() })

export function SignInScreen() {
  const [{ next }] = useAddress(address)
  const start = useStart()
  const form = useForm({ initialValues: { email: '', password: '' } })
  const { submit, busy, trouble } = useGettingIn(
    form,
    (values: typeof form.values) => api.post('/api/v1/session', { body: values }),
    safeNext(next),
  )
  if (start.data?.needed === true) return <Navigate to="/setup" replace />
  const workspace = start.data?.workspace ?? null
  return (
    <Front title={workspace === null ? 'Sign in' : `Sign in to ${workspace}`}>
      {next !== undefined && <Lead>Then you go on where you were.</Lead>}
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="md">
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
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
          <Group justify="center">
            <Link to="/forgotten" size="sm" c="dimmed">
              Forgotten your password?
            </Link>
          </Group>
        </Stack>
      </form>
    </Front>
  )
}
