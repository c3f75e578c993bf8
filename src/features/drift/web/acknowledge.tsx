import { useState } from 'react'
import { Button, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, FormFoot, useAct } from '#web/kit/index.ts'
import { acknowledged, checkWords, type Finding } from '../schema.ts'
import { path } from './words.tsx'

/** Says that a disagreement is known, and why it may stay. */
export function Acknowledge({ of }: { readonly of: Finding }) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Acknowledge…
      </Button>
      <Modal opened={opened} onClose={close} title={`Acknowledge: ${checkWords[of.key]}`}>
        <Question of={of} close={close} />
      </Modal>
    </>
  )
}

function Question({ of, close }: { readonly of: Finding; readonly close: () => void }) {
  const form = useForm({ initialValues: { reason: '' } })
  const act = useAct(
    (reason: string) =>
      api.post(`${path}/findings/${of.id}/acknowledge`, { body: { reason }, schema: acknowledged }),
    {
      done: 'Acknowledged',
      refresh: ['drift'],
      onDone: close,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit(({ reason }) => act.mutate(reason))}>
      <Stack gap="md">
        <Text size="sm">
          It stays listed and is no longer counted or told. When the client reports something else
          than “{of.reported}”, or this again after it has closed, it disagrees anew.
        </Text>
        <Textarea
          label="Why it may stay"
          data-autofocus
          required
          autosize
          minRows={2}
          maxLength={500}
          {...form.getInputProps('reason')}
        />
        <FormFoot
          action="Acknowledge"
          busy={act.isPending}
          disabled={form.values.reason.trim().length < 3}
          onCancel={close}
        />
      </Stack>
    </form>
  )
}
