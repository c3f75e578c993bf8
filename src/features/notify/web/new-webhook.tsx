import { useState } from 'react'
import { Button, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { api, FormFoot, SecretOnce, useAct, useGo } from '#web/kit/index.ts'
import { issuedEndpoint, type Endpoint, type IssuedEndpoint } from '../schema.ts'

/** The button, the form, and the secret that is shown once. */
export function NewWebhook() {
  const go = useGo()
  const [opened, setOpened] = useState(false)
  const [issued, setIssued] = useState<IssuedEndpoint>()
  const open = ({ id }: Endpoint): void => {
    go(`/webhooks/${id}`)
  }
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        New webhook
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New webhook" size="lg">
        <Form
          onDone={(made) => {
            setOpened(false)
            if (made.secret === null) open(made.endpoint)
            else setIssued(made)
          }}
          onCancel={() => setOpened(false)}
        />
      </Modal>
      <SecretOnce
        secret={issued?.secret ?? undefined}
        title={`Secret of ${issued?.endpoint.name ?? ''}`}
        onStored={() => {
          if (issued) open(issued.endpoint)
          setIssued(undefined)
        }}
      >
        Give it to the receiver: with it every message can be checked (Standard Webhooks). A lost
        secret is replaced on the page of the webhook.
      </SecretOnce>
    </>
  )
}

function Form({
  onDone,
  onCancel,
}: {
  readonly onDone: (made: IssuedEndpoint) => void
  readonly onCancel: () => void
}) {
  const form = useForm<{ name: string; kind: Endpoint['kind']; url: string }>({
    initialValues: { name: '', kind: 'signed', url: '' },
  })
  const make = useAct(
    (body: typeof form.values) => api.post('/api/v1/webhooks', { body, schema: issuedEndpoint }),
    {
      refresh: ['webhooks'],
      onDone,
      onError: (error) => {
        const taken = error.code === 'already_exists' ? { name: error.message } : {}
        form.setErrors({ ...error.fields, ...taken })
        return error.errors.length > 0 || error.code === 'already_exists'
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label="Name"
          description="Who is told: the channel, the pipeline."
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Radio.Group label="Kind" {...form.getInputProps('kind')}>
          <Stack gap={6} mt={6}>
            <Radio value="signed" label="Signed JSON, for programs" />
            <Radio value="slack" label="Messages, for Slack-compatible chats" />
          </Stack>
        </Radio.Group>
        <TextInput
          required
          type="url"
          label="Address"
          description="https; kept encrypted, since addresses of chats are secrets. Hosts inside the company need an outbound exception."
          placeholder="https://example.com/hook"
          autoComplete="off"
          {...form.getInputProps('url')}
        />
        <FormFoot action="Add webhook" busy={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
