import { useState } from 'react'
import { Button, Modal, NumberInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, FormFoot, useAct, useCan } from '#web/kit/index.ts'
import { typeState, type TypeState } from '../schema.ts'

/** How long files of a type are kept, and how often one is closed. */
export function Keeping({ of: t }: { readonly of: TypeState }) {
  const may = useCan('compliance.delete')
  const [opened, setOpened] = useState(false)
  const close = (): void => setOpened(false)
  if (!may) return null
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Change ${t.eventType}`}
        onClick={() => setOpened(true)}
      >
        Change
      </Button>
      <Modal opened={opened} onClose={close} title={`Keep ${t.eventType}`}>
        <Form of={t} onDone={close} />
      </Modal>
    </>
  )
}

function Form({ of: t, onDone }: { readonly of: TypeState; readonly onDone: () => void }) {
  const form = useForm({
    initialValues: { retentionDays: t.retentionDays, windowSeconds: t.windowSeconds },
  })
  const save = useAct(
    (values: typeof form.values) =>
      api.patch(`/api/v1/compliance/types/${t.eventType}`, {
        body: { ...values, revision: t.revision },
        schema: typeState,
      }),
    {
      done: 'Saved',
      refresh: ['compliance-types'],
      onDone,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <NumberInput
          data-autofocus
          required
          label="Days to keep"
          description="Older files are deleted every night, but for those under a legal hold."
          min={1}
          max={3650}
          {...form.getInputProps('retentionDays')}
        />
        <NumberInput
          required
          label="Seconds between two files, at least"
          description="What comes after a quiet time is closed at once."
          min={5}
          max={86_400}
          {...form.getInputProps('windowSeconds')}
        />
        <FormFoot action="Save" busy={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
