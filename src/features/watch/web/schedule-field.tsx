import { Group, NumberInput, Select, TextInput } from '@mantine/core'
import type { Schedule } from '../schema.ts'

const presets = [
  { value: '*/15 * * * *', label: 'every 15 minutes' },
  { value: '5 * * * *', label: 'every hour' },
  { value: '30 */6 * * *', label: 'every 6 hours' },
  { value: '30 6 * * *', label: 'once a day' },
  { value: '30 6 * * 1', label: 'once a week' },
  { value: '', label: 'only when asked' },
]
const own = 'own'

interface Props {
  readonly value: Schedule
  readonly error: (field: string) => string | undefined
  readonly onChange: (value: Schedule) => void
}

/** When the pages are checked. */
export function ScheduleField({ value, error, onChange }: Props) {
  const preset = presets.some((p) => p.value === value.cron) ? value.cron : own
  return (
    <Group grow align="flex-end">
      <Select
        label="Check"
        allowDeselect={false}
        value={preset}
        onChange={(cron) =>
          cron !== null && onChange({ ...value, cron: cron === own ? '0 8 * * 1-5' : cron })
        }
        data={[...presets, { value: own, label: 'by a cron expression' }]}
      />
      {preset === own && (
        <TextInput
          label="Cron expression"
          description="minute hour day month weekday"
          value={value.cron}
          error={error('cron')}
          onChange={(event) => onChange({ ...value, cron: event.currentTarget.value })}
        />
      )}
      <TextInput
        label="Time zone"
        placeholder="Europe/Berlin"
        value={value.timeZone}
        error={error('timeZone')}
        onChange={(event) => onChange({ ...value, timeZone: event.currentTarget.value.trim() })}
      />
      <NumberInput
        label="Spread over seconds"
        description="Not everybody comes at once."
        min={0}
        max={3600}
        value={value.jitterSeconds}
        onChange={(seconds) => onChange({ ...value, jitterSeconds: Number(seconds) })}
      />
    </Group>
  )
}
