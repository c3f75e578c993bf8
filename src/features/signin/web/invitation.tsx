import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Front } from '#web/kit/index.ts'
import type { LinkFacts } from '../schema.ts'
import { Lead, Trouble, useGettingIn, useStart, useToken, WithLink } from './getting-in.tsx'
import { NewPassword } from './new-password.tsx'

export function InvitationScreen() {
  const token = useToken()
  const workspace = useStart().data?.workspace ?? null
  return (
    <Front title={workspace === null ? 'Accept your invitation' : `Join ${workspace}`}>
      <WithLink kind="invitation" token={token}>
        {(facts) => <Acceptance token={token} facts={facts} />}
      </WithLink>
    </Front>
  )
}

function Acceptance({ token, facts }: { readonly token: string; readonly facts: LinkFacts }) {
  const form = useForm({ initialValues: { name: facts.name ?? '', password: '' } })
  const { submit, busy, trouble } = useGettingIn(form, (values: typeof form.values) =>
    api.post('/api/v1/invitations/accept', { body: { token, ...values } }),
  )
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Lead>You are invited. Choose a password, and you are in.</Lead>
      <Stack gap="md">
        <TextInput label="E-mail" value={facts.email ?? ''} readOnly autoComplete="username" />
        <TextInput
          label="Your name"
          autoComplete="name"
          autoFocus={facts.name === ''}
          required
          withAsterisk={false}
          {...form.getInputProps('name')}
        />
        <NewPassword autoFocus={facts.name !== ''} {...form.getInputProps('password')} />
        <Trouble of={trouble} />
        <Button type="submit" fullWidth loading={busy} mt={4}>
          Accept and sign in
        </Button>
      </Stack>
    </form>
  )
}
