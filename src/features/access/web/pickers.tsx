import { useState } from 'react'
import { MultiSelect, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useApi, useSession } from '#web/kit/index.ts'
import { roleCatalogue } from '../roles/schema.ts'
import { groupsPage, membersPage, type RoleKey } from '../schema.ts'
import { called } from './words.tsx'

/** The listbox itself scrolls: it is what the field controls, so the keyboard reaches all of it. */
const scrolling = {
  withScrollArea: false,
  styles: { options: { maxHeight: 220, overflowY: 'auto' } },
} as const

interface ManyProps {
  readonly label: string
  readonly description?: string
  readonly value: readonly string[]
  readonly onChange: (ids: string[]) => void
  readonly error?: string
}

/** Chooses groups by name. A workspace may have more than one answer holds, so typing asks the server. */
export function GroupsPicker({ value, onChange, ...field }: ManyProps) {
  const [typed, setTyped] = useState('')
  const data = useGroupOptions(typed)
  return (
    <MultiSelect
      {...field}
      {...scrolling}
      data={data}
      value={[...value]}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      hidePickedOptions
      nothingFoundMessage="No group has this in its name"
    />
  )
}

interface PickerProps {
  readonly value: string | null
  readonly onChange: (id: string | null) => void
  readonly label?: string
  /** The one that is chosen already, with its name: the list may not hold it yet. */
  readonly known?: Option | null | undefined
  readonly error?: string | undefined
}

/** Chooses one group by name. */
export const GroupPicker = (props: PickerProps) => (
  <Picker
    label="Group"
    {...props}
    autofocus
    useOptions={useGroupOptions}
    nothing="No group has this in its name"
  />
)

/** Chooses one member by name or address. */
export const MemberPicker = (props: PickerProps) => (
  <Picker
    label="Member"
    {...props}
    useOptions={useMemberOptions}
    nothing="No member has this in name or address"
  />
)

function Picker({
  label,
  autofocus = false,
  useOptions,
  nothing,
  known,
  value,
  onChange,
  error,
}: PickerProps & {
  readonly autofocus?: boolean
  readonly useOptions: (typed: string) => Option[]
  readonly nothing: string
}) {
  const [typed, setTyped] = useState('')
  const found = useOptions(typed)
  const data = known && !found.some((o) => o.value === known.value) ? [known, ...found] : found
  return (
    <Select
      label={label}
      error={error}
      {...scrolling}
      {...(autofocus ? { 'data-autofocus': true } : {})}
      data={data}
      value={value}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={nothing}
    />
  )
}

type Option = { readonly value: string; readonly label: string }

/** What was seen stays an option: a chosen value must not lose its name when the next search does not contain it. */
function useSeen(found: readonly Option[] | undefined): Option[] {
  const [seen, setSeen] = useState<ReadonlyMap<string, Option>>(new Map())
  const fresh = found?.filter((o) => !seen.has(o.value)) ?? []
  if (fresh.length > 0) setSeen(new Map([...seen, ...fresh.map((o) => [o.value, o] as const)]))
  return [...seen.values()].map((o) => ({ ...o }))
}

/** Groups with this in their name, for a field of one's own. */
export function useGroupOptions(typed: string): Option[] {
  const [q] = useDebouncedValue(typed, 150)
  const answer = useApi(['groups', 'options'], '/api/v1/groups', groupsPage, {
    query: { q, limit: 100 },
    keep: true,
  })
  return useSeen(answer.data?.items.map((g) => ({ value: g.id, label: g.name })))
}

function useMemberOptions(typed: string, without?: string): Option[] {
  const [q] = useDebouncedValue(typed, 150)
  const answer = useApi(['members', 'options'], '/api/v1/members', membersPage, {
    query: { q, limit: 50 },
    keep: true,
  })
  return useSeen(
    answer.data?.items
      .filter((m) => !m.groups.some((g) => g.id === without))
      .map((m) => ({
        value: m.id,
        label: m.name === '' ? m.email : `${called(m)} (${m.email})`,
      })),
  )
}

/** Chooses members by name or address. */
export function MembersPicker({
  value,
  onChange,
  without,
  ...field
}: ManyProps & { readonly without?: string }) {
  const [typed, setTyped] = useState('')
  const data = useMemberOptions(typed, without)
  return (
    <MultiSelect
      {...field}
      {...scrolling}
      data={data}
      value={[...value]}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      hidePickedOptions
      limit={50}
      nothingFoundMessage="No other member has this in name or address"
    />
  )
}

/** Chooses a built-in role; those that hold more than the person at the screen are not offered. */
export function RolePicker({
  value,
  onChange,
}: {
  readonly value: RoleKey
  readonly onChange: (role: RoleKey) => void
}) {
  const list = useApi(['roles', 'catalogue'], '/api/v1/roles/catalogue', roleCatalogue)
  const held = useSession().data?.permissions ?? []
  const roles = list.data?.items ?? []
  const chosen = roles.find((r) => r.key === value)
  return (
    <Select
      label="Role"
      description={chosen?.sentence}
      data={roles.map((r) => ({
        value: r.key,
        label: r.name,
        disabled: !r.permissions.every((p) => held.includes(p.key)),
      }))}
      value={value}
      allowDeselect={false}
      onChange={(next) => {
        const role = roles.find((r) => r.key === next)
        if (role) onChange(role.key)
      }}
    />
  )
}
