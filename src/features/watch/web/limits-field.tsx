import { Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core'
import type { FetchSettings, Retention } from '../schema.ts'

interface FetchProps {
  readonly value: FetchSettings
  readonly onChange: (value: FetchSettings) => void
}

/** Politeness and bounds of fetching. */
export function FetchField({ value, onChange }: FetchProps) {
  const number = (
    key: 'timeoutMs' | 'maxBytes' | 'retries' | 'concurrencyPerHost' | 'delayMs',
  ) => ({
    value: value[key],
    onChange: (next: string | number) => onChange({ ...value, [key]: Number(next) }),
  })
  return (
    <Stack gap="sm">
      <Group grow align="flex-end">
        <NumberInput label="At once per host" min={1} max={16} {...number('concurrencyPerHost')} />
        <NumberInput label="Pause (ms)" min={0} max={60_000} {...number('delayMs')} />
        <NumberInput label="Timeout (ms)" min={1000} max={120_000} {...number('timeoutMs')} />
        <NumberInput label="Tries again" min={0} max={5} {...number('retries')} />
        <NumberInput
          label="Largest page (bytes)"
          min={10_000}
          max={50_000_000}
          thousandSeparator=","
          {...number('maxBytes')}
        />
      </Group>
      <Group grow align="flex-end">
        <Select
          label="Render in a browser"
          description="Needs GATEHOUSE_CHROMIUM on the server."
          allowDeselect={false}
          value={value.render}
          onChange={(render) => render !== null && onChange({ ...value, render })}
          data={[
            { value: 'never' as const, label: 'never' },
            { value: 'when_empty' as const, label: 'when a plain fetch brings no content' },
            { value: 'always' as const, label: 'always' },
          ]}
        />
        <TextInput
          label="User-Agent"
          placeholder="Gatehouse and this server's address"
          value={value.userAgent ?? ''}
          onChange={(event) => {
            const { userAgent: _, ...rest } = value
            const userAgent = event.currentTarget.value
            onChange(userAgent === '' ? rest : { ...rest, userAgent })
          }}
        />
      </Group>
      <Switch
        label="Respect robots.txt"
        checked={value.respectRobots}
        onChange={(event) => onChange({ ...value, respectRobots: event.currentTarget.checked })}
      />
    </Stack>
  )
}

interface RetentionProps {
  readonly value: Retention
  readonly onChange: (value: Retention) => void
}

/** What is kept, and how much of it. Empty: without a bound. */
export function RetentionField({ value, onChange }: RetentionProps) {
  const days = (key: keyof Retention) => ({
    value: value[key] ?? '',
    placeholder: 'without a bound',
    onChange: (next: string | number) =>
      onChange({ ...value, [key]: next === '' ? null : Number(next) }),
  })
  return (
    <Group grow align="flex-end">
      <NumberInput
        label="Keep snapshots (days)"
        description="Each page's text at that moment stays."
        min={1}
        {...days('keepDays')}
      />
      <NumberInput
        label="Keep fetched bytes (days)"
        description="Needed to extract history anew."
        min={1}
        {...days('keepRawDays')}
      />
      <NumberInput
        label="Quota (bytes)"
        description="Above it nothing new is taken in."
        min={1_000_000}
        thousandSeparator=","
        {...days('quotaBytes')}
      />
    </Group>
  )
}
