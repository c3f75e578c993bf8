import { useState, type ReactNode } from 'react'
import { NumberInput, Select, Stack } from '@mantine/core'
import { plural } from '#web/kit/index.ts'
import { longestDays } from '#features/workspace/surfaces/schema.ts'
import { usualDays, type TokenTerms } from '../../tokens/schema.ts'

interface Props {
  /** Days; null: it does not end by itself. */
  readonly value: number | null
  readonly onChange: (days: number | null) => void
  readonly terms: TokenTerms
  readonly error?: ReactNode
}

/** The lifetime that a new token begins with: thirty days, or what the workspace allows at most. */
export const usualLifetime = ({ maxDays }: TokenTerms): number => Math.min(30, maxDays ?? 30)

/** One of the usual lifetimes, another number of days, or none, as far as the workspace allows. */
export function LifetimeField({ value, onChange, terms: { maxDays }, error }: Props) {
  const usual = usualDays.filter((days) => maxDays === null || days <= maxDays)
  const [custom, setCustom] = useState(
    value !== null && !(usual as readonly number[]).includes(value),
  )
  const options = [
    ...usual.map((days) => ({ value: String(days), label: plural(days, 'day') })),
    { value: 'custom', label: 'Other …' },
    ...(maxDays === null ? [{ value: 'never', label: 'Does not expire' }] : []),
  ]
  const cap = maxDays === null ? '' : `This workspace allows at most ${plural(maxDays, 'day')}.`
  return (
    <Stack gap="xs">
      <Select
        label="Expires"
        description={cap === '' ? 'Choose no longer than it is needed.' : cap}
        data={options}
        allowDeselect={false}
        value={custom ? 'custom' : value === null ? 'never' : String(value)}
        onChange={(chosen) => {
          setCustom(chosen === 'custom')
          if (chosen === 'never') onChange(null)
          else if (chosen !== 'custom') onChange(Number(chosen))
          else onChange(value ?? Math.min(14, maxDays ?? 14))
        }}
        error={custom ? undefined : error}
      />
      {custom && (
        <NumberInput
          label="Days until it expires"
          min={1}
          max={maxDays ?? longestDays}
          allowDecimal={false}
          value={value ?? ''}
          onChange={(days) => onChange(Number(days) || 1)}
          error={error}
        />
      )}
    </Stack>
  )
}
