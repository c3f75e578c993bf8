import { useState } from 'react'
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, useAct } from '#web/kit/index.ts'
import { enrolmentDetail, type EnrolmentDetail } from '../schema.ts'

export function Rename({ of }: { readonly of: EnrolmentDetail }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Rename
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Rename the enrolment">
        {opened && <Form of={of} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  )
}

function Form({ of, onDone }: { readonly of: EnrolmentDetail; readonly onDone: () => void }) {
  const form = useForm({ initialValues: { name: of.name } })
  const rename = useAct(
    ({ name }: { name: string }) =>
      api.patch(`/api/v1/enrolments/${of.id}`, {
        body: { name, version: of.version },
        schema: enrolmentDetail,
      }),
    {
      refresh: ['enrolments'],
      done: 'Renamed',
      onDone,
      onError: (error) => {
        form.setErrors(
          error.code === 'already_exists' || error.code === 'edited_meanwhile'
            ? { name: error.message }
            : error.fields,
        )
        return true
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => rename.mutate(values))}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label="Name"
          maxLength={80}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={rename.isPending}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
