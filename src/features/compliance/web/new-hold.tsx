import { useState } from 'react'
import { Button, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { asLocalInput, fromLocalInput } from '#features/policies/web/rollout/choice.ts'
import { api, FormFoot, useAct } from '#web/kit/index.ts'
import { eventTypes, hold, type EventType, type Subject } from '../schema.ts'
import { SubjectPicker } from './subject-picker.tsx'

export function NewHold() {
  const [opened, setOpened] = useState(false)
  const close = (): void => setOpened(false)
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setOpened(true)}>
        New legal hold
      </Button>
      <Modal opened={opened} onClose={close} title="New legal hold">
        <Form onDone={close} />
      </Modal>
    </>
  )
}

interface Values {
  name: string
  reason: string
  eventType: EventType | null
  subject: Subject | null
  from: number | null
  until: number | null
}
const empty: Values = {
  name: '',
  reason: '',
  eventType: null,
  subject: null,
  from: null,
  until: null,
}

function Form({ onDone }: { readonly onDone: () => void }) {
  const form = useForm<Values>({ initialValues: empty })
  const set = useAct(
    ({ subject, ...values }: Values) =>
      api.post('/api/v1/compliance/holds', {
        body: { ...values, subjectId: subject?.id ?? null },
        schema: hold,
      }),
    {
      done: 'It holds',
      refresh: ['compliance-holds'],
      onDone,
      onError: (error) => {
        const unknown = error.code === 'not_found' ? { subject: error.message } : {}
        form.setErrors({ ...error.fields, ...unknown })
        return error.errors.length > 0 || error.code === 'not_found'
      },
    },
  )
  const time = (name: 'from' | 'until', label: string, description: string) => (
    <TextInput
      type="datetime-local"
      label={label}
      description={description}
      error={form.errors[name]}
      value={asInput(form.values[name])}
      onChange={(event) => form.setFieldValue(name, fromLocalInput(event.currentTarget.value) ?? null)} // prettier-ignore
    />
  )
  return (
    <form onSubmit={form.onSubmit((values) => set.mutate(values))}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label="Name"
          description="The case."
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <TextInput
          required
          label="Reason"
          description="Who asked for it. It stands in the audit trail."
          autoComplete="off"
          {...form.getInputProps('reason')}
        />
        <Select
          label="Type"
          placeholder="Every type"
          clearable
          data={[...eventTypes]}
          {...form.getInputProps('eventType')}
        />
        <SubjectPicker
          label="Only about"
          description="Lines by, about or naming somebody; who was deleted is found by her id."
          placeholder="Everybody"
          error={form.errors['subject']}
          value={form.values.subject}
          onChange={(subject) => form.setFieldValue('subject', subject)}
        />
        {time('from', 'From', 'When it was received, in your time zone. Empty: the beginning.')}
        {time('until', 'Until', 'Empty: also what comes from now on.')}
        <FormFoot action="Set hold" busy={set.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}

const asInput = (at: number | null): string => (at === null ? '' : asLocalInput(at))
