import type { ReactNode } from 'react'
import { Autocomplete, Select } from '@mantine/core'
import { GroupPicker, MemberPicker } from '#features/access/web/pickers.tsx'
import { answer, choices } from '#features/analytics/schema.ts'
import { useApi } from '#web/kit/index.ts'
import type { Subject } from '../schema.ts'

interface FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: ReactNode
  readonly known: { readonly value: string; readonly label: string } | null
}

const analytics = '/api/v1/analytics'

/** Which group, member, surface … is watched. */
export function SubjectField({
  of,
  ...field
}: FieldProps & { readonly of: Exclude<Subject, 'workspace'> }): ReactNode {
  const { value, onChange, error, known } = field
  if (of === 'group' || of === 'member') {
    const Picker = of === 'group' ? GroupPicker : MemberPicker
    return (
      <Picker
        value={value || null}
        onChange={(id) => onChange(id ?? '')}
        known={known}
        error={typeof error === 'string' ? error : undefined}
      />
    )
  }
  if (of === 'policy') return <PolicyField {...field} />
  return of === 'version' ? <VersionField {...field} /> : <SeenField {...field} of={of} />
}

/** What was seen is offered; something else can be typed, for what is not there yet. */
function SeenField({
  of,
  value,
  onChange,
  error,
}: FieldProps & { readonly of: 'surface' | 'model' | 'client' }) {
  const seen = useApi(['analytics', 'choices'], `${analytics}/choices`, choices).data
  const offered = { surface: seen?.surfaces, model: seen?.models, client: seen?.clients }[of]
  const label = { surface: 'Surface', model: 'Model', client: 'Client' }[of]
  return (
    <Autocomplete
      label={label}
      data={offered ?? []}
      value={value}
      onChange={onChange}
      error={error}
    />
  )
}

const useValues = (question: string, by: string) =>
  useApi(['analytics', question], `${analytics}/questions/${question}`, answer, { query: { by } })
    .data?.rows ?? []

function VersionField({ value, onChange, error }: FieldProps) {
  const rows = useValues('versions', 'version')
  const seen = [...new Set(rows.map((row) => String(row['id'])))].filter((id) => id !== '')
  return (
    <Autocomplete
      label="Client version"
      data={seen}
      value={value}
      onChange={onChange}
      error={error}
    />
  )
}

function PolicyField({ value, onChange, error, known }: FieldProps) {
  const rows = useValues('coverage', 'policy')
  const seen = new Map(rows.map((row) => [String(row['id']), String(row['value'])]))
  if (known) seen.set(known.value, known.label)
  return (
    <Select
      label="Policy version"
      description="Those that clients reported with in the last 30 days."
      data={[...seen].flatMap(([id, label]) => (id === '' ? [] : [{ value: id, label }]))}
      value={value || null}
      onChange={(id) => onChange(id ?? '')}
      error={error}
    />
  )
}
