import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useSession } from '#web/kit/index.ts'
import type { RoleCatalogue } from '../roles/schema.ts'
import { grouped } from './permission-groups.ts'

type Permission = RoleCatalogue['permissions'][number]
export type PermissionKey = Permission['key']

export interface RoleValues {
  readonly name: string
  readonly description: string
  readonly permissions: readonly PermissionKey[]
}

interface RoleFieldsProps {
  readonly all: readonly Permission[]
  readonly values: RoleValues
  readonly onChange: (values: RoleValues) => void
  readonly errors?: Readonly<Record<string, string>> | undefined
}

/** Name, description and permissions of a role. What the person at the screen does not hold cannot be ticked. */
export function RoleFields({ all, values, onChange, errors = {} }: RoleFieldsProps) {
  return (
    <Stack gap="md">
      <TextInput
        data-autofocus
        required
        label="Name"
        autoComplete="off"
        value={values.name}
        error={errors['name']}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      <Textarea
        label="Description"
        description="What it is for, in a sentence."
        autosize
        minRows={1}
        value={values.description}
        error={errors['description']}
        onChange={(event) => onChange({ ...values, description: event.currentTarget.value })}
      />
      <PermissionChoice
        all={all}
        chosen={values.permissions}
        onChange={(permissions) => onChange({ ...values, permissions })}
      />
    </Stack>
  )
}

function PermissionChoice({
  all,
  chosen,
  onChange,
}: {
  readonly all: readonly Permission[]
  readonly chosen: readonly PermissionKey[]
  readonly onChange: (keys: readonly PermissionKey[]) => void
}) {
  const held = useSession().data?.permissions ?? []
  const toggle = (keys: readonly PermissionKey[], on: boolean) => {
    const others = chosen.filter((key) => !keys.includes(key))
    onChange(on ? [...others, ...keys] : others)
  }
  return (
    <Stack gap="md" role="group" aria-label="Permissions">
      {grouped(all).map(({ title, items }) => {
        const possible = items.filter(({ key }) => held.includes(key)).map(({ key }) => key)
        const whole = possible.every((key) => chosen.includes(key))
        return (
          <Stack key={title} gap={6}>
            <Group justify="space-between">
              <Text size="sm" fw={600}>
                {title}
              </Text>
              {possible.length > 1 && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`${whole ? 'None' : 'All'} of ${title}`}
                  onClick={() => toggle(possible, !whole)}
                >
                  {whole ? 'None' : 'All'}
                </Button>
              )}
            </Group>
            {items.map(({ key, sentence }) => (
              <Checkbox
                key={key}
                checked={chosen.includes(key)}
                disabled={!held.includes(key)}
                onChange={(event) => toggle([key], event.currentTarget.checked)}
                label={sentence}
                description={<code>{key}</code>}
              />
            ))}
          </Stack>
        )
      })}
      <Text size="sm" c="dimmed">
        What you do not hold yourself cannot be given.
      </Text>
    </Stack>
  )
}
