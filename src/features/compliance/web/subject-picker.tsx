import { useState } from 'react'
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useApi } from '#web/kit/index.ts'
import { subjects, type Subject } from '../schema.ts'

const kindWords: Readonly<Record<Subject['kind'], string>> = {
  member: 'members',
  service_account: 'service accounts',
  enrolment: 'enrolments',
  gone: 'deleted, known to the log',
}

/** Chooses whom a hold or an erasure is about: by name, or by id when she was deleted. */
export function SubjectPicker({
  value,
  onChange,
  ...field
}: {
  readonly label: string
  readonly description?: string
  readonly placeholder?: string
  readonly required?: boolean
  readonly error?: React.ReactNode
  readonly value: Subject | null
  readonly onChange: (subject: Subject | null) => void
}) {
  const [typed, setTyped] = useState('')
  const [asked] = useDebouncedValue(typed, 200)
  const q = asked === value?.label ? '' : asked
  const { data } = useApi(
    ['compliance-subjects', q],
    `/api/v1/compliance/subjects?q=${encodeURIComponent(q)}`,
    subjects,
  )
  const found = data?.items ?? []
  const items = value && !found.some(({ id }) => id === value.id) ? [value, ...found] : found
  const groups = Object.entries(kindWords).map(([kind, group]) => ({
    group,
    items: items.filter((one) => one.kind === kind).map((one) => ({ value: one.id, label: one.label })), // prettier-ignore
  }))
  return (
    <Select
      {...field}
      searchable
      clearable
      data={groups.filter((group) => group.items.length > 0)}
      value={value?.id ?? null}
      onChange={(id) => onChange(items.find((one) => one.id === id) ?? null)}
      searchValue={typed}
      onSearchChange={setTyped}
      // The server has searched, ids of who was deleted included.
      filter={({ options }) => options}
      nothingFoundMessage="Nobody has this in the name. Who was deleted is found by her whole id."
      withScrollArea={false}
      styles={{ options: { maxHeight: 220, overflowY: 'auto' } }}
    />
  )
}
