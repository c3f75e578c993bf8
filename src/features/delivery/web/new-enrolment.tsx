import { useState } from 'react'
import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { GroupPicker } from '#features/access/web/pickers.tsx'
import { api, FormFoot, useAct, useCan, useGo } from '#web/kit/index.ts'
import { issuedKey, type IssuedKey } from '../schema.ts'
import { Issued } from './issued.tsx'

/** The button, the form, and what goes on the machines. */
export function NewEnrolment() {
  const [opened, setOpened] = useState(false)
  const [issued, setIssued] = useState<IssuedKey>()
  const go = useGo()
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        New enrolment
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New enrolment">
        <Form
          onCancel={() => setOpened(false)}
          onDone={(made) => {
            setOpened(false)
            setIssued(made)
          }}
        />
      </Modal>
      <Issued
        issued={issued}
        onStored={() => {
          const id = issued?.enrolment.id ?? ''
          setIssued(undefined)
          go(`/enrolments/${id}`)
        }}
      />
    </>
  )
}

interface FormProps {
  readonly onDone: (made: IssuedKey) => void
  readonly onCancel: () => void
}

function Form({ onDone, onCancel }: FormProps) {
  const form = useForm<{ name: string; groupId: string | null }>({
    initialValues: { name: '', groupId: null },
  })
  const groups = useCan('members.read')
  const make = useAct(
    (body: { name: string; groupId: string | null }) =>
      api.post('/api/v1/enrolments', { body, schema: issuedKey }),
    {
      refresh: ['enrolments', 'overview'],
      onDone,
      onError: (error) => {
        if (error.code === 'already_exists')
          form.setErrors({ name: 'Another enrolment in use has this name.' })
        else form.setErrors(error.fields)
        return error.code === 'already_exists' || error.errors.length > 0
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
          description="The fleet it is for: “Laptops Berlin”, “Build machines”."
          autoComplete="off"
          maxLength={80}
          {...form.getInputProps('name')}
        />
        {groups && (
          <div>
            <GroupPicker
              value={form.values.groupId}
              onChange={(id) => form.setFieldValue('groupId', id)}
            />
            <Text size="xs" c="dimmed" mt={4}>
              The rules of this group decide which policy the machines get. Without a group they get
              the default policy.
            </Text>
          </div>
        )}
        <FormFoot action="Make enrolment" busy={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
