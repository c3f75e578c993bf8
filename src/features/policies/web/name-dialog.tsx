import type { ReactNode } from 'react'
import { Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { FormFoot, useAct } from '#web/kit/index.ts'
import type { Policy } from '../schema.ts'

export interface NameDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  readonly action: string
  readonly start: { readonly name: string; readonly description: string }
  readonly act: (named: { name: string; description: string }) => Promise<Policy>
  readonly onDone: (policy: Policy) => void
  readonly hint?: string
  /** Further choices, below the name. */
  readonly children?: ReactNode
}

/** Asks for a policy's name and description: for a new one, a variant, and for renaming. */
export function NameDialog(props: NameDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      {props.opened && <Fields {...props} />}
    </Modal>
  )
}

function Fields({ start, act, action, onDone, onClose, hint, children }: NameDialogProps) {
  const form = useForm({ initialValues: { ...start } })
  const run = useAct(act, {
    refresh: ['policies'],
    onDone: (policy) => {
      onClose()
      onDone(policy)
    },
    onError: (error) => {
      if (error.code === 'already_exists')
        form.setErrors({ name: 'There is a policy of this name.' })
      else form.setErrors(error.fields)
      return error.code === 'already_exists' || error.errors.length > 0
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => run.mutate(values))}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description={hint}
          required
          data-autofocus
          maxLength={100}
          {...form.getInputProps('name')}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          maxLength={2000}
          {...form.getInputProps('description')}
        />
        {children}
        <FormFoot action={action} busy={run.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
