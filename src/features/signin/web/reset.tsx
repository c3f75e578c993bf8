import { Button, Checkbox, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Front } from '#web/kit/index.ts'
import { Lead, Trouble, useGettingIn, useToken, WithLink } from './getting-in.tsx'
import { NewPassword } from './new-password.tsx'

export function ResetScreen() {
  const token = useToken()
  return (
    <Front title="Choose a new password">
      <WithLink kind="password_reset" token={token}>
        {(facts) => <Reset token={token} email={facts.email ?? ''} />}
      </WithLink>
    </Front>
  )
}

function Reset({ token, email }: { readonly token: string; readonly email: string }) {
  const form = useForm({ initialValues: { password: '', endClients: true } })
  const { submit, busy, trouble } = useGettingIn(form, (values: typeof form.values) =>
    api.post('/api/v1/password-reset/complete', { body: { token, ...values } }),
  )
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Lead>It ends every session you have, and signs you in here.</Lead>
      <Stack gap="md">
        {/* Read-only, so that a password manager knows whose password it is. */}
        <TextInput label="E-mail" value={email} readOnly autoComplete="username" />
        <NewPassword label="New password" autoFocus {...form.getInputProps('password')} />
        <Checkbox
          label="Also end the sign-ins of my clients"
          description="Each has to sign in again. Leave it if only you knew the old password."
          {...form.getInputProps('endClients', { type: 'checkbox' })}
        />
        <Trouble of={trouble} />
        <Button type="submit" fullWidth loading={busy} mt={4}>
          Set the password
        </Button>
      </Stack>
    </form>
  )
}
