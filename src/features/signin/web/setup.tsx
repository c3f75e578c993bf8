import { Button, Code, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, ErrorState, Front, LinkButton, Loading } from '#web/kit/index.ts'
import { Lead, Trouble, useGettingIn, useStart, useToken, WithLink } from './getting-in.tsx'
import { NewPassword } from './new-password.tsx'

/** The first screen anybody ever sees: it makes the workspace and its owner. */
export function SetupScreen() {
  const token = useToken()
  const start = useStart()
  if (start.data === undefined)
    return (
      <Front title="Set up Gatehouse">
        {start.isError ? (
          <ErrorState error={start.error} onRetry={() => start.refetch()} />
        ) : (
          <Loading lines={4} />
        )}
      </Front>
    )
  if (!start.data.needed)
    return (
      <Front title="Gatehouse is set up">
        <Lead>
          The workspace {start.data.workspace} has an owner. The link of the first run is used up.
        </Lead>
        <LinkButton to="/sign-in" fullWidth>
          Sign in
        </LinkButton>
      </Front>
    )
  if (token === '') return <WhereIsTheLink />
  return (
    <Front title="Set up Gatehouse">
      <WithLink kind="setup" token={token}>
        {(facts) => <Founding token={token} workspace={facts.workspace ?? ''} />}
      </WithLink>
    </Front>
  )
}

function WhereIsTheLink() {
  return (
    <Front title="Almost there">
      <Lead>
        Nobody has signed in here yet. Only whoever runs this server may make the first account.
      </Lead>
      <Stack gap="sm">
        <Text size="sm">
          The server printed a link when it started. Find it in the terminal or in the container’s
          output, and open it in this browser:
        </Text>
        <Code block>{`${window.location.origin}/setup#gh_otl_…`}</Code>
        <Text size="sm" c="dimmed">
          It works once, for 24 hours. A restart prints a new one.
        </Text>
      </Stack>
    </Front>
  )
}

function Founding({ token, workspace }: { readonly token: string; readonly workspace: string }) {
  const form = useForm({
    initialValues: { workspaceName: workspace, name: '', email: '', password: '' },
  })
  const { submit, busy, trouble } = useGettingIn(form, (values: typeof form.values) =>
    api.post('/api/v1/setup', { body: { token, ...values } }),
  )
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Lead>You become the owner of the workspace.</Lead>
      <Stack gap="md">
        <TextInput
          label="Workspace"
          placeholder="Acme"
          description="The name of your organisation. You can change it later."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="organization"
          autoFocus
          required
          withAsterisk={false}
          {...form.getInputProps('workspaceName')}
        />
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          withAsterisk={false}
          {...form.getInputProps('name')}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          {...form.getInputProps('email')}
        />
        <NewPassword {...form.getInputProps('password')} />
        <Trouble of={trouble} />
        <Button type="submit" fullWidth loading={busy} mt={4}>
          Make the workspace
        </Button>
      </Stack>
    </form>
  )
}
