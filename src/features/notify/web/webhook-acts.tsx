import { useState } from 'react'
import { Button, Menu, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconDots } from '@tabler/icons-react'
import { api, Confirm, Effect, FormFoot, SecretOnce, useAct, useGo } from '#web/kit/index.ts'
import { deliveryWhole, endpoint, issuedEndpoint, type Endpoint } from '../schema.ts'

const pathOf = ({ id }: Endpoint): string => `/api/v1/webhooks/${id}`
const refresh = ['webhooks', 'deliveries'] as const

/** Test, pause, change, a new secret, delete. */
export function WebhookActs({ of: e }: { readonly of: Endpoint }) {
  const go = useGo()
  const [asking, setAsking] = useState<'change' | 'rotate' | 'delete'>()
  const [secret, setSecret] = useState<string>()
  const close = (): void => setAsking(undefined)
  const off = e.state === 'paused' || e.state === 'disabled'
  const test = useAct(() => api.post(`${pathOf(e)}/test`, { schema: deliveryWhole }), {
    refresh,
    done: ({ state, log: [last] }) =>
      state === 'delivered'
        ? `Arrived: ${last?.status ?? ''} after ${last?.ms ?? 0} ms`
        : `It did not arrive. ${last?.message ?? ''}`,
  })
  const pause = useAct(
    () => api.patch(pathOf(e), { body: { revision: e.revision, paused: !off }, schema: endpoint }),
    { done: off ? 'Turned on' : 'Paused', refresh },
  )
  const rotate = useAct(() => api.post(`${pathOf(e)}/rotate`, { schema: issuedEndpoint }), {
    refresh,
    onDone: (made) => setSecret(made.secret ?? undefined),
  })
  const remove = useAct(() => api.delete(pathOf(e)), {
    done: `${e.name} deleted`,
    refresh: ['webhooks', 'subscriptions'],
    onDone: () => go('/webhooks'),
  })
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" px="xs" aria-label="More acts">
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsking('change')}>Change</Menu.Item>
          {e.kind === 'signed' && (
            <Menu.Item onClick={() => setAsking('rotate')}>New secret</Menu.Item>
          )}
          <Menu.Item onClick={() => setAsking('delete')}>Delete</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
        {off ? 'Turn on' : 'Pause'}
      </Button>
      <Button loading={test.isPending} onClick={() => test.mutate()}>
        Send a test
      </Button>
      <Modal opened={asking === 'change'} onClose={close} title={`Change ${e.name}`} size="lg">
        <Change of={e} onDone={close} />
      </Modal>
      <Confirm
        opened={asking === 'rotate'}
        onClose={close}
        title={`A new secret for ${e.name}?`}
        action="Make a new secret"
        danger={false}
        onConfirm={() => rotate.mutateAsync()}
      >
        <Effect
          touches="The receiver: give it the new secret."
          when="For 24 hours messages are signed with both secrets, so nothing is missed."
          undo="The secret before cannot be brought back; another one can be made."
        />
      </Confirm>
      <Confirm
        opened={asking === 'delete'}
        onClose={close}
        title={`Delete ${e.name}?`}
        action="Delete"
        typed={e.name}
        onConfirm={() => remove.mutateAsync()}
      >
        <Effect
          touches={`Its ${e.subscriptions} subscriptions and its log go with it; nothing more is sent.`}
          when="At once."
          undo="It cannot be taken back. Pausing keeps everything."
        />
      </Confirm>
      <SecretOnce
        secret={secret}
        title={`Secret of ${e.name}`}
        onStored={() => setSecret(undefined)}
      >
        The secret before signs as well for 24 hours.
      </SecretOnce>
    </>
  )
}

function Change({ of: e, onDone }: { readonly of: Endpoint; readonly onDone: () => void }) {
  const form = useForm({ initialValues: { name: e.name, url: '' } })
  const change = useAct(
    ({ name, url }: typeof form.values) =>
      api.patch(pathOf(e), {
        body: { revision: e.revision, name, ...(url === '' ? {} : { url }) },
        schema: endpoint,
      }),
    {
      done: 'Changed',
      refresh,
      onDone,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack gap="md">
        <TextInput required label="Name" autoComplete="off" {...form.getInputProps('name')} />
        <TextInput
          type="url"
          label="New address"
          description={`Empty: it stays ${e.url}`}
          autoComplete="off"
          {...form.getInputProps('url')}
        />
        <FormFoot action="Save" busy={change.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
