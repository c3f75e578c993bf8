import { useEffect } from 'react'
import { z } from 'zod'
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Front, Link, safeNext, useAddress, useGo } from '#web/kit/index.ts'
import { Lead, Trouble, useGettingIn, useStart } from './getting-in.tsx'

const address = z.object({ next: z.string().optional() })

export function SignInScreen() {
  const [{ next }] = useAddress(address)
  const start = useStart()
  const go = useGo()
  const needed = start.data?.needed === true
  useEffect(() => {
    if (needed) go('/setup')
  }, [needed, go])
  const form = useForm({ initialValues: { email: '', password: '' } })
  const { submit, busy, trouble } = useGettingIn(
    form,
    (values: typeof form.values) => api.post('/api/v1/session', { body: values }),
    safeNext(next),
  )
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
