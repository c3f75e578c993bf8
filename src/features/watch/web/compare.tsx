import { useState } from 'react'
import { Button, Group, Select } from '@mantine/core'
import { useGo } from '#web/kit/index.ts'
import type { Snapshot } from '../schema.ts'
import type { Addresses } from './address.ts'
import { stampText } from './words.ts'

interface PickerProps {
  readonly label: string
  readonly items: readonly Snapshot[]
  readonly value: string | undefined
  readonly onChange: (stamp: string) => void
}

/** All snapshots, newest first; typing narrows them down. */
export function SnapshotPicker({ label, items, value, onChange }: PickerProps) {
  return (
    <Select
      label={label}
      aria-label={label}
      searchable
      allowDeselect={false}
      maxDropdownHeight={320}
      limit={500}
      w={{ base: '100%', xs: 240 }}
      value={value ?? null}
      onChange={(stamp) => stamp !== null && onChange(stamp)}
      data={items.map((s) => ({ value: s.stamp, label: stampText(s.stamp) }))}
      nothingFoundMessage="No such snapshot"
    />
  )
}

/** Any two moments of the whole set, side by side. */
export function Compare({
  at,
  items,
}: {
  readonly at: Addresses
  readonly items: readonly Snapshot[]
}) {
  const go = useGo()
  const [chosen, choose] = useState<{ readonly from?: string; readonly to?: string }>({})
  // Until something is chosen, the newest step, also when a newer one comes.
  const { from = items[1]?.stamp, to = items[0]?.stamp } = chosen
  if (items.length < 2) return null
  const place = (stamp: string | undefined) => items.findIndex((s) => s.stamp === stamp)
  const backwards = place(from) <= place(to)
  return (
    <Group align="flex-end" gap="sm">
      <SnapshotPicker
        label="From"
        items={items}
        value={from}
        onChange={(stamp) => choose({ ...chosen, from: stamp })}
      />
      <SnapshotPicker
        label="To"
        items={items}
        value={to}
        onChange={(stamp) => choose({ ...chosen, to: stamp })}
      />
      <Button
        variant="default"
        disabled={from === undefined || to === undefined || backwards}
        title={backwards ? 'The first moment has to be before the second' : undefined}
        onClick={() => from !== undefined && to !== undefined && go(at.step(from, to))}
      >
        Compare
      </Button>
    </Group>
  )
}
