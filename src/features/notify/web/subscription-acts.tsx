import { useState } from 'react'
import { ActionIcon, Menu, Modal, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconDots } from '@tabler/icons-react'
import { api, Confirm, Effect, FormFoot, useAct } from '#web/kit/index.ts'
import { subscription, type Subscription } from '../schema.ts'
import { SubscriptionFields } from './fields.tsx'
import { fieldsOf, noValues, rhythmOf, valuesOf, type Values } from './form.ts'
import { followsWords } from './words.tsx'

const pathOf = ({ id }: Subscription): string => `/api/v1/subscriptions/${id}`
const refresh = ['subscriptions', 'webhooks'] as const

/** Pause, change, stop. */
export function SubscriptionActs({ of: s }: { readonly of: Subscription }) {
  const [asking, setAsking] = useState<'change' | 'stop'>()
  const pause = useAct(
    () =>
      api.patch(pathOf(s), {
        body: { revision: s.revision, paused: !s.paused },
        schema: subscription,
      }),
    { done: s.paused ? 'Goes on' : 'Paused', refresh },
  )
  const stop = useAct(() => api.delete(pathOf(s)), { done: 'Unsubscribed', refresh })
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Acts on ${followsWords(s)}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => pause.mutate()}>{s.paused ? 'Go on' : 'Pause'}</Menu.Item>
          <Menu.Item onClick={() => setAsking('change')}>Change</Menu.Item>
          <Menu.Item onClick={() => setAsking('stop')}>Unsubscribe</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asking === 'change'}
        onClose={() => setAsking(undefined)}
        title={followsWords(s)}
        size="lg"
      >
        <Change of={s} onDone={() => setAsking(undefined)} />
      </Modal>
      <Confirm
        opened={asking === 'stop'}
        onClose={() => setAsking(undefined)}
        title="Unsubscribe?"
        action="Unsubscribe"
        onConfirm={() => stop.mutateAsync()}
      >
        <Effect
          touches={`${s.channel.kind === 'mail' ? 'You are' : `${s.channel.name} is`} told nothing more of: ${followsWords(s)}.`}
          undo="Subscribe again."
        />
      </Confirm>
    </>
  )
}

function Change({ of: s, onDone }: { readonly of: Subscription; readonly onDone: () => void }) {
  const form = useForm<Values>({
    initialValues: {
      ...noValues(),
      ...valuesOf(s.rhythm),
      term: s.term ?? '',
      formatting: s.formatting,
      trouble: s.trouble,
    },
  })
  const change = useAct(
    (values: Values) =>
      api.patch(pathOf(s), {
        body: {
          revision: s.revision,
          term: values.term.trim() === '' ? null : values.term.trim(),
          rhythm: rhythmOf(values),
          formatting: values.formatting,
          trouble: values.trouble,
        },
        schema: subscription,
      }),
    {
      done: 'Changed',
      refresh,
      onDone,
      onError: (error) => {
        form.setErrors(fieldsOf(error.fields))
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack gap="md">
        {s.collection !== null && (
          <Text size="sm" c="dimmed">
            {s.collection.path}
          </Text>
        )}
        <SubscriptionFields form={form} />
        <FormFoot action="Save" busy={change.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
