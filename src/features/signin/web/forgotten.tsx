import { useState } from 'react'
import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, type ApiError, Front, Link, Loading, useAct } from '#web/kit/index.ts'
import { resetRequested } from '../schema.ts'
import { Lead, Trouble, useStart } from './getting-in.tsx'

export function ForgottenScreen() {
  const start = useStart()
  return (
    <Front title="Forgotten password">
      {start.data?.mail === true ? (
        <ByMail />
      ) : start.isPending ? (
        <Loading lines={3} />
      ) : (
        <ByHand />
      )}
      <Group justify="center" mt="md">
        <Link to="/sign-in" size="sm" c="dimmed">
          Back to sign-in
        </Link>
      </Group>
    </Front>
  )
}

function ByMail() {
  const form = useForm({ initialValues: { email: '' } })
  const [trouble, setTrouble] = useState<ApiError>()
  const ask = useAct(
    (values: typeof form.values) =>
      api.post('/api/v1/password-reset', { body: values, schema: resetRequested }),
    {
      onError: (error) => {
        form.setErrors(error.fields)
        setTrouble(error.errors.length > 0 ? undefined : error)
        return true
      },
    },
  )
  if (ask.data !== undefined)
    return (
      <Stack gap="xs" role="status">
        <Text size="sm">{ask.data.detail}</Text>
        <Text size="sm" c="dimmed">
          The link opens once, for an hour. Nothing came? Look in the spam folder, then ask an owner
          of the workspace.
        </Text>
      </Stack>
    )
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        setTrouble(undefined)
        ask.mutate(values)
      })}
    >
      <Lead>We send a link that lets you choose a new one.</Lead>
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
        <Trouble of={trouble} />
        <Button type="submit" fullWidth loading={ask.isPending}>
          Send the link
        </Button>
      </Stack>
    </form>
  )
}

function ByHand() {
  return (
    <Stack gap="sm">
      <Text size="sm">
        This Gatehouse sends no mail. Ask an owner or an admin of the workspace for a link: they
        make it on your page under Members.
      </Text>
      <Text size="sm">Are you the owner? Whoever runs the server makes the link there:</Text>
      <Code block>gatehouse owner reset</Code>
    </Stack>
  )
}
