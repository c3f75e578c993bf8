import { useState, type ReactNode } from 'react'
import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { GroupPicker, useGroupOptions } from '#features/access/web/pickers.tsx'
import type { TelemetryPage, TelemetrySettings } from '../schema.settings.ts'
import { levelOptions } from './words.ts'

type Levels = readonly TelemetrySettings['groups'][number][]

interface Props {
  readonly value: Levels
  readonly names: TelemetryPage['groups']
  readonly onChange: (value: Levels) => void
  readonly error?: ReactNode
}

/** Other levels for groups. */
export function GroupLevels({ value, names, onChange, error }: Props) {
  const [adding, setAdding] = useState<string | null>(null)
  const options = useGroupOptions('')
  const nameOf = (id: string): string =>
    names.find((group) => group.id === id)?.name ??
    options.find((option) => option.value === id)?.label ??
    id
  const set = (groupId: string, level: Levels[number]['level']) =>
    onChange(value.map((one) => (one.groupId === groupId ? { groupId, level } : one)))
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        In groups
      </Text>
      <Text size="xs" c="dimmed">
        The strictest of a person’s groups named here wins, else the workspace’s.
      </Text>
      {value.map(({ groupId, level }) => (
        <Group key={groupId} gap="xs">
          <Select
            label={nameOf(groupId)}
            data={levelOptions}
            value={level}
            allowDeselect={false}
            onChange={(next) => next !== null && set(groupId, next)}
          />
          <ActionIcon
            variant="default"
            mt={24}
            aria-label={`Leave ${nameOf(groupId)} to the workspace`}
            onClick={() => onChange(value.filter((one) => one.groupId !== groupId))}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="xs" align="flex-end">
        <GroupPicker value={adding} onChange={setAdding} label="Another group" />
        <Button
          variant="default"
          disabled={adding === null || value.some(({ groupId }) => groupId === adding)}
          onClick={() => {
            if (adding !== null) onChange([...value, { groupId: adding, level: 'nothing' }])
            setAdding(null)
          }}
        >
          Add
        </Button>
      </Group>
      {error !== undefined && (
        <Text size="xs" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  )
}
