import { useState } from 'react'
import { Button, Modal, Select, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { api, FormFoot, Loaded, useAct, useApi, useGo, useSession } from '#web/kit/index.ts'
import { customRole, roleCatalogue, type CustomRole, type RoleCatalogue } from '../roles/schema.ts'
import { RoleFields, type RoleValues } from './role-fields.tsx'

const nothing: RoleValues = { name: '', description: '', permissions: [] }

export function NewRole() {
  return (
    <RoleButton
      label={
        <>
          <IconPlus size={15} aria-hidden />
          &nbsp;New role
        </>
      }
      filled
      title="New role"
      initial={nothing}
    />
  )
}

export const CloneRole = ({ role }: { readonly role: CustomRole }) => (
  <RoleButton
    label="Clone"
    title={`Clone ${role.name}`}
    initial={{ ...role, name: `${role.name} copy` }}
    copyOf={role.id}
  />
)

interface RoleButtonProps {
  readonly label: React.ReactNode
  readonly filled?: boolean
  readonly title: string
  readonly initial: RoleValues
  readonly copyOf?: string
}

function RoleButton({ label, filled = false, title, initial, copyOf }: RoleButtonProps) {
  const [opened, setOpened] = useState(false)
  const catalogue = useApi(['roles', 'catalogue'], '/api/v1/roles/catalogue', roleCatalogue)
  return (
    <>
      <Button variant={filled ? 'filled' : 'default'} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={title} size="lg">
        <Loaded of={catalogue}>
          {(known) => (
            <Form
              catalogue={known}
              initial={initial}
              copyOf={copyOf}
              onCancel={() => setOpened(false)}
            />
          )}
        </Loaded>
      </Modal>
    </>
  )
}

function Form({
  catalogue,
  initial,
  copyOf,
  onCancel,
}: {
  readonly catalogue: RoleCatalogue
  readonly initial: RoleValues
  readonly copyOf: string | undefined
  readonly onCancel: () => void
}) {
  const held = useSession().data?.permissions ?? []
  const [values, setValues] = useState<RoleValues>({
    ...initial,
    permissions: initial.permissions.filter((key) => held.includes(key)),
  })
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const go = useGo()
  const make = useAct(
    (body: RoleValues) =>
      api.post('/api/v1/roles', { body: { ...body, copyOf }, schema: customRole }),
    {
      refresh: ['roles'],
      done: (made) => `${made.name} made`,
      onDone: (made) => go(`/roles/${made.id}`),
      onError: (error) => {
        setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate(values)
      }}
    >
      <Stack gap="md">
        {copyOf === undefined && (
          <Presets
            presets={catalogue.presets}
            onChoose={({ name, description, permissions }) =>
              setValues({
                name,
                description,
                permissions: permissions.filter((key) => held.includes(key)),
              })
            }
          />
        )}
        <RoleFields
          all={catalogue.permissions}
          values={values}
          onChange={setValues}
          errors={errors}
        />
        <FormFoot action="Make role" busy={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}

type Preset = RoleCatalogue['presets'][number]

function Presets({
  presets,
  onChoose,
}: {
  readonly presets: readonly Preset[]
  readonly onChoose: (preset: Preset) => void
}) {
  const [chosen, setChosen] = useState<Preset>()
  return (
    <>
      <Select
        label="Start from"
        placeholder="Nothing"
        data={presets.map(({ key, name }) => ({ value: key, label: name }))}
        value={chosen?.key ?? null}
        allowDeselect={false}
        onChange={(key) => {
          const preset = presets.find((one) => one.key === key)
          setChosen(preset)
          if (preset) onChoose(preset)
        }}
      />
      {chosen && chosen.note !== '' && (
        <Text size="sm" c="dimmed">
          {chosen.note}
        </Text>
      )}
    </>
  )
}
