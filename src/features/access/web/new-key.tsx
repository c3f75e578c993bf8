import { useState } from 'react'
import { Button, Checkbox, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import type { z } from 'zod'
import { api, FormFoot, SecretOnce, useAct, useApi } from '#web/kit/index.ts'
import { issuedKey, me } from '../schema.ts'

const day = 24 * 60 * 60 * 1000
const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'Never' },
]

/** The button, the form, and the secret that is shown once. */
export function NewKey() {
  const [opened, setOpened] = useState(false)
  const [issued, setIssued] = useState<z.infer<typeof issuedKey>>()
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        New key
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New service key" size="lg">
        <Form
          onDone={(made) => {
            setOpened(false)
            setIssued(made)
          }}
          onCancel={() => setOpened(false)}
        />
      </Modal>
      <SecretOnce
        secret={issued?.secret}
        title={`Service key ${issued?.key.name ?? ''}`}
        onStored={() => setIssued(undefined)}
      >
        Send it as <code>Authorization: Bearer …</code>. A lost key is revoked and made anew.
      </SecretOnce>
    </>
  )
}

interface Values {
  readonly name: string
  readonly scopes: string[]
  readonly days: string
}

function Form({
  onDone,
  onCancel,
}: {
  readonly onDone: (made: z.infer<typeof issuedKey>) => void
  readonly onCancel: () => void
}) {
  const own = useApi(['me'], '/api/v1/me', me)
  const form = useForm<Values>({
    initialValues: { name: '', scopes: [], days: '90' },
    validate: { scopes: (scopes) => (scopes.length === 0 ? 'Choose at least one.' : null) },
  })
  const make = useAct(
    ({ name, scopes, days }: Values) =>
      api.post('/api/v1/keys', {
        body: { name, scopes, expiresAt: days === '' ? null : Date.now() + Number(days) * day },
        schema: issuedKey,
      }),
    {
      refresh: ['keys'],
      onDone,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
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
          description="What will use it: the pipeline, the script, the machine."
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Checkbox.Group
          label="Scopes"
          description="You can give what you hold yourself; give no more than it needs."
          {...form.getInputProps('scopes')}
        >
          <Stack gap={6} mt={6}>
            {own.data?.permissions.map((p) => (
              <Checkbox
                key={p.key}
                value={p.key}
                label={
                  <>
                    <code>{p.key}</code> {p.sentence}
                  </>
                }
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label="Expires"
          data={lifetimes}
          allowDeselect={false}
          {...form.getInputProps('days')}
        />
        <FormFoot action="Make key" busy={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
