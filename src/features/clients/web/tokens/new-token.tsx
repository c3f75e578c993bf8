import { useState } from 'react'
import { Button, Modal, Stack, TextInput, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { FormFoot, useAct } from '#web/kit/index.ts'
import type { IssuedToken, TokenTerms } from '../../tokens/schema.ts'
import { makeToken, touched, type TokenPlace } from './calls.ts'
import { Issued } from './issued.tsx'
import { LifetimeField, usualLifetime } from './lifetime-field.tsx'

interface Props {
  readonly place: TokenPlace
  readonly terms: TokenTerms
}

/** The button, the form, and the token that is shown once. */
export function NewToken({ place, terms }: Props) {
  const [opened, setOpened] = useState(false)
  const [issued, setIssued] = useState<IssuedToken>()
  return (
    <>
      <Button
        leftSection={<IconPlus size={15} aria-hidden />}
        disabled={!terms.on}
        onClick={() => setOpened(true)}
      >
        New token
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New access token" size="lg">
        <Form
          place={place}
          terms={terms}
          onDone={(made) => {
            setOpened(false)
            setIssued(made)
          }}
          onCancel={() => setOpened(false)}
        />
      </Modal>
      <Issued issued={issued} onStored={() => setIssued(undefined)} />
    </>
  )
}

function Form({
  place,
  terms,
  onDone,
  onCancel,
}: Props & {
  readonly onDone: (made: IssuedToken) => void
  readonly onCancel: () => void
}) {
  const form = useForm<{ name: string; purpose: string; expiresInDays: number | null }>({
    initialValues: { name: '', purpose: '', expiresInDays: usualLifetime(terms) },
  })
  const make = useAct((values: typeof form.values) => makeToken(place, values), {
    refresh: touched,
    onDone,
    onError: (error) => {
      form.setErrors(error.fields)
      return error.errors.length > 0
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label="Name"
          description="Where it will be, such as release-ci."
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Textarea
          label="Purpose"
          description="What stops working without it. Others read it before they revoke it."
          autosize
          minRows={2}
          {...form.getInputProps('purpose')}
        />
        <LifetimeField
          terms={terms}
          value={form.values.expiresInDays}
          onChange={(days) => form.setFieldValue('expiresInDays', days)}
          error={form.errors['expiresInDays']}
        />
        <FormFoot action="Make token" busy={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
