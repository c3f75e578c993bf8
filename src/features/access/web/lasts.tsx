import { useState } from 'react'
import { Group, NumberInput, Select } from '@mantine/core'

const hour = 3_600_000
const day = 24 * hour
const units = { minutes: 60_000, hours: hour, days: day } as const
type Unit = keyof typeof units

const usual: readonly { readonly value: string; readonly label: string; readonly ms: number }[] = [
  { value: '1h', label: 'One hour', ms: hour },
  { value: '8h', label: 'Eight hours', ms: 8 * hour },
  { value: '1d', label: 'One day', ms: day },
  { value: '7d', label: 'Seven days', ms: 7 * day },
]

interface Props {
  readonly label: string
  readonly description?: string
  /** Milliseconds; null: for good. */
  readonly value: number | null
  readonly onChange: (ms: number | null) => void
}

/** How long something shall hold: one of the usual times, another one, or for good. */
export function LastsPicker({ label, description, value, onChange }: Props) {
  const known = usual.find(({ ms }) => ms === value)?.value
  const [other, setOther] = useState(value !== null && known === undefined)
  const [unit, setUnit] = useState<Unit>('hours')
  const choose = (next: string | null) => {
    setOther(next === 'other')
    if (next === 'other') onChange(2 * units[unit])
    else onChange(usual.find((one) => one.value === next)?.ms ?? null)
  }
  return (
    <Group align="flex-end" gap="xs">
      <Select
        label={label}
        description={description}
        data={[
          { value: 'good', label: 'For good' },
          ...usual.map((one) => ({ value: one.value, label: one.label })),
          { value: 'other', label: 'Another time…' },
        ]}
        value={other ? 'other' : (known ?? 'good')}
        allowDeselect={false}
        onChange={choose}
      />
      {other && (
        <>
          <NumberInput
            label="How many"
            w={90}
            min={1}
            max={366}
            allowDecimal={false}
            value={value === null ? 1 : Math.round(value / units[unit])}
            onChange={(count) =>
              onChange(Math.min(Math.max(Number(count) || 1, 1), 366) * units[unit])
            }
          />
          <Select
            label="Unit"
            w={110}
            data={Object.keys(units)}
            value={unit}
            allowDeselect={false}
            onChange={(next) => {
              const chosen = next as Unit
              setUnit(chosen)
              onChange(Math.round((value ?? units[unit]) / units[unit]) * units[chosen])
            }}
          />
        </>
      )}
    </Group>
  )
}

/** How long, in words: `for 8 hours`, `for good`. */
export function lastsWords(ms: number | null): string {
  if (ms === null) return 'for good'
  const unit = ms % day === 0 ? 'days' : ms % hour === 0 ? 'hours' : 'minutes'
  const count = Math.round(ms / units[unit])
  return `for ${count} ${count === 1 ? unit.slice(0, -1) : unit}`
}
