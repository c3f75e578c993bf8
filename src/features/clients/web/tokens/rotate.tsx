import { useState } from 'react'
import { Button, Modal, Select, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { FormFoot, useAct } from '#web/kit/index.ts'
import type { AccessToken, IssuedToken, TokenTerms } from '../../tokens/schema.ts'
import { rotateToken, touched, type TokenPlace } from './calls.ts'
import { Issued } from './issued.tsx'
import { LifetimeField, usualLifetime } from './lifetime-field.tsx'
import { livesStill } from './words.tsx'

interface Props {
  readonly place: TokenPlace
  readonly terms: TokenTerms
  readonly of: AccessToken
}

const overlaps = [
  { value: '0', label: 'At once' },
  { value: '1', label: 'In an hour' },
  { value: '24', label: 'In a day' },
  { value: '168', label: 'In a week' },
  { value: '720', label: 'In 30 days' },
]

/** A second token in place of one, both good until the chosen time. */
export function Rotate({ place, terms, of }: Props) {
  const [opened, setOpened] = useState(false)
  const [issued, setIssued] = useState<IssuedToken>()
  const shown = livesStill(of) && of.replacedBy === null && terms.on
  return (
    <>
      {shown && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Rotate ${of.name}`}
          onClick={() => setOpened(true)}
        >
          Rotate
        </Button>
      )}
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Rotate ${of.name}`} size="lg">
        <Form
          {...{ place, terms, of }}
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
  of,
  onDone,
  onCancel,
}: Props & {
  readonly onDone: (made: IssuedToken) => void
  readonly onCancel: () => void
}) {
  const form = useForm<{ overlap: string; expiresInDays: number | null }>({
    initialValues: { overlap: '24', expiresInDays: usualLifetime(terms) },
  })
  const rotate = useAct(
    ({ overlap, expiresInDays }: typeof form.values) =>
      rotateToken(place, of, { expiresInDays, oldEndsInHours: Number(overlap) }),
    {
      refresh: touched,
      onDone,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => rotate.mutate(values))}>
      <Stack gap="md">
        <Text size="sm">
          You get a second token with the same name and purpose. Put it where the old one is, see
          that it works, and the old one ends by itself.
        </Text>
        <LifetimeField
          terms={terms}
          value={form.values.expiresInDays}
          onChange={(days) => form.setFieldValue('expiresInDays', days)}
          error={form.errors['expiresInDays']}
        />
        <Select
          label="The old token ends"
          data={overlaps}
          allowDeselect={false}
          {...form.getInputProps('overlap')}
        />
        <FormFoot action="Rotate" busy={rotate.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
