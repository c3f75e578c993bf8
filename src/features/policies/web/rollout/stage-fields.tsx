import { useState } from 'react'
import { Checkbox, Group, MultiSelect, NumberInput, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { z } from 'zod'
import { GroupsPicker } from '#features/access/web/pickers.tsx'
import { page } from '#features/workspace/schema.ts'
import { useApi, useCan } from '#web/kit/index.ts'
import type { Bounds } from '../../rollout/schema.ts'
import type { Stage } from './choice.ts'

/** Who is served the version first. */
export function StageFields({
  value,
  onChange,
}: {
  readonly value: Stage
  readonly onChange: (stage: Stage) => void
}) {
  const groups = useCan('members.read')
  const enrolments = useCan('enrolments.read')
  return (
    <Stack gap="sm">
      {groups && (
        <GroupsPicker
          label="Groups"
          description="Their members, and enrolments that are bound to them."
          value={value.groupIds}
          onChange={(groupIds) => onChange({ ...value, groupIds })}
        />
      )}
      {enrolments && (
        <EnrolmentsPicker
          value={value.enrolmentIds}
          onChange={(enrolmentIds) => onChange({ ...value, enrolmentIds })}
        />
      )}
      <NumberInput
        label="Share of the members"
        description="Drawn by chance, once for this version: who is in it stays in it when the share grows."
        suffix=" %"
        min={0}
        max={100}
        allowDecimal={false}
        clampBehavior="strict"
        styles={{ wrapper: { maxWidth: 160 } }}
        value={value.percent}
        onChange={(percent) => onChange({ ...value, percent: Number(percent) || 0 })}
      />
    </Stack>
  )
}

const enrolmentNames = page(z.object({ id: z.string(), name: z.string() }))

function EnrolmentsPicker({
  value,
  onChange,
}: {
  readonly value: readonly string[]
  readonly onChange: (ids: string[]) => void
}) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 150)
  const answer = useApi(['enrolments', 'options'], '/api/v1/enrolments', enrolmentNames, {
    query: { q, limit: 100, state: 'active' },
    keep: true,
  })
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(new Map())
  const fresh = answer.data?.items.filter((e) => !seen.has(e.id)) ?? []
  // What was chosen keeps its name when the next search does not contain it.
  if (fresh.length > 0) setSeen(new Map([...seen, ...fresh.map((e) => [e.id, e.name] as const)]))
  return (
    <MultiSelect
      label="Enrolments"
      description="All machines of each."
      data={[...seen].map(([id, name]) => ({ value: id, label: name }))}
      value={[...value]}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      hidePickedOptions
      withScrollArea={false}
      styles={{ options: { maxHeight: 220, overflowY: 'auto' } }}
      nothingFoundMessage="No enrolment has this in its name"
    />
  )
}

interface BoundsValue {
  readonly bounds: Bounds
  readonly takeBackWhenHalted: boolean
}

/** When Gatehouse stops a rollout by itself. */
export function BoundsFields({
  value,
  onChange,
}: {
  readonly value: BoundsValue
  readonly onChange: (value: BoundsValue) => void
}) {
  const { bounds, takeBackWhenHalted } = value
  const bound = bounds.refusedFetches
  const set = (refusedFetches: Bounds['refusedFetches']) =>
    onChange({ ...value, bounds: { refusedFetches } })
  return (
    <Stack gap="sm">
      <Checkbox
        label="Halt by itself when fetches are refused"
        description="Counted are fetches of the stage that Gatehouse refused, and clients that came back within ten minutes for what they had just been given: they could not read it. A client that reads it and then refuses to start keeps it for its hour, and nothing of that is seen here."
        checked={bound !== null}
        onChange={(event) => set(event.currentTarget.checked ? { count: 5, minutes: 30 } : null)}
      />
      {bound && (
        <Text size="xs" c="dimmed" pl={30}>
          Machines of one enrolment behind one address count as one client, and a job that begins
          with an empty home comes back each time: for those set it high, or leave it off.
        </Text>
      )}
      {bound && (
        <Group gap="sm" align="flex-end" pl={30}>
          <NumberInput
            label="From this many on"
            min={1}
            max={1_000_000}
            allowDecimal={false}
            w={150}
            value={bound.count}
            onChange={(count) => set({ ...bound, count: Math.max(1, Number(count) || 1) })}
          />
          <NumberInput
            label="within"
            suffix=" min"
            min={1}
            max={1440}
            allowDecimal={false}
            w={120}
            value={bound.minutes}
            onChange={(minutes) =>
              set({ ...bound, minutes: Math.min(1440, Math.max(1, Number(minutes) || 1)) })
            }
          />
        </Group>
      )}
      {bound && (
        <Checkbox
          pl={30}
          label="Then take it back at once as well"
          description="Otherwise the stage goes on being served it until somebody decides."
          checked={takeBackWhenHalted}
          onChange={(event) =>
            onChange({ ...value, takeBackWhenHalted: event.currentTarget.checked })
          }
        />
      )}
      <Checkbox
        label="Halt by itself when commands are denied"
        description="Not yet: a rollout does not read what clients report."
        disabled
        checked={false}
        readOnly
      />
    </Stack>
  )
}
