import { useState } from 'react'
import { Button, Checkbox, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { api, FormFoot, SecretOnce, useAct, useGo } from '#web/kit/index.ts'
import { issued, providers, type Provider } from '../schema.ts'
import { providerNames } from './words.tsx'

interface Values {
  readonly name: string
  readonly provider: Provider
  readonly adopts: boolean
}

/** The token is shown once, then the page of the directory says what to do with it. */
export function ConnectDirectory() {
  const [opened, setOpened] = useState(false)
  const [made, setMade] = useState<{ id: string; secret: string }>()
  const go = useGo()
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        Connect a directory
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Connect a directory" size="lg">
        <Form
          onCancel={() => setOpened(false)}
          onMade={(id, secret) => {
            setOpened(false)
            setMade({ id, secret })
          }}
        />
      </Modal>
      <SecretOnce
        secret={made?.secret}
        title="The token of the directory"
        onStored={() => {
          if (made) go(`/directories/${made.id}`)
          setMade(undefined)
        }}
      >
        <Text size="sm">
          Put it into your provider now. When it is lost, make a new one: for a while both work.
        </Text>
      </SecretOnce>
    </>
  )
}

function Form({
  onCancel,
  onMade,
}: {
  readonly onCancel: () => void
  readonly onMade: (id: string, secret: string) => void
}) {
  const form = useForm<Values>({ initialValues: { name: '', provider: 'okta', adopts: false } })
  const connect = useAct(
    (body: Values) => api.post('/api/v1/directories', { body, schema: issued }),
    {
      refresh: ['directories'],
      onDone: ({ directory, secret }) => onMade(directory.id, secret),
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => connect.mutate(values))}>
      <Stack gap="md">
        <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} />
        <Select
          label="Provider"
          data={providers.map((value) => ({ value, label: providerNames[value] }))}
          allowDeselect={false}
          {...form.getInputProps('provider')}
        />
        <Checkbox
          label="It may take over members and groups that were made by hand"
          description="By their address or name. Never owners, and never a group that gives a role."
          {...form.getInputProps('adopts', { type: 'checkbox' })}
        />
        <FormFoot action="Connect" busy={connect.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
