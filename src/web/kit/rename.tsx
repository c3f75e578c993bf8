import { useState } from 'react'
import { Button, Modal, Stack, TextInput, type ButtonProps } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAct } from '../query.ts'
import { FormFoot } from './form-foot.tsx'

interface RenameProps {
  /** Of the dialog: "Rename the enrolment". */
  readonly title: string
  readonly name: string
  readonly maxLength: number
  readonly rename: (name: string) => Promise<unknown>
  /** What is asked anew afterwards. */
  readonly refresh: readonly string[]
  readonly button?: Pick<ButtonProps, 'size'>
}

/** A button, and the dialog behind it, that gives something another name. */
export function Rename({ button, ...props }: RenameProps) {
  const [opened, setOpened] = useState(false)
  const close = (): void => setOpened(false)
  return (
    <>
      <Button variant="default" {...button} onClick={() => setOpened(true)}>
        Rename
      </Button>
      <Modal opened={opened} onClose={close} title={props.title}>
        {opened && <Form {...props} onDone={close} />}
      </Modal>
    </>
  )
}

function Form({
  name: former,
  maxLength,
  rename,
  refresh,
  onDone,
}: RenameProps & { readonly onDone: () => void }) {
  const form = useForm({ initialValues: { name: former } })
  const act = useAct(rename, {
    refresh,
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
  })
  return (
    <form onSubmit={form.onSubmit(({ name }) => act.mutate(name))}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label="Name"
          maxLength={maxLength}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <FormFoot action="Rename" busy={act.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
