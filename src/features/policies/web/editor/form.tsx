import './form.css'
import { useMemo, useState } from 'react'
import { Alert, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  blankOf,
  readForm,
  removeValue,
  renameKey,
  setValue,
  writePath,
  type Complaint,
  type Field,
} from '#requirements/index.ts'
import { Empty, Marked } from '#web/kit/index.ts'
import { EditsContext, settled, type Edits } from './edits.ts'
import { FieldRow } from './field.tsx'

interface Props {
  readonly text: string
  /** Left out: the form is only read. */
  readonly onText?: ((text: string) => void) | undefined
  readonly complaints: readonly Complaint[]
  /** Leads to the place in the text, where it is in sight. */
  readonly onShow?: (offset: number) => void
}

/**
 * A policy as a form: what it sets, each with its meaning, and everything else that it could set. Each change is one edit of
 * the text; comments and whatever was not touched stay as they are.
 */
export function PolicyForm({ text, onText, complaints, onShow }: Props) {
  const form = useMemo(() => readForm(text), [text])
  const edits = useMemo<Edits>(() => {
    const refused = (message: string) => notifications.show({ color: 'red', message })
    const apply = (edited: Parameters<typeof settled>[0]) => {
      if (onText) settled(edited, onText, refused)
    }
    return {
      readOnly: onText === undefined,
      set: (path, value) => apply(setValue(text, path, value)),
      remove: (path) => apply(removeValue(text, path)),
      rename: (path, name) => apply(renameKey(text, path, name)),
      ...(onShow ? { show: onShow } : {}),
      complaintsAt: (path) => {
        const key = writePath(path)
        return complaints.filter((one) => one.key === key)
      },
    }
  }, [text, onText, complaints, onShow])
  if ('unreadable' in form)
    return (
      <Alert color="red" title={`The text is no TOML in line ${form.unreadable.line}`}>
        {form.unreadable.message} The form shows it again as soon as it is.
      </Alert>
    )
  const present = form.fields.filter((field) => field.present)
  const absent = form.fields.filter((field) => !field.present && field.control !== 'text-only')
  return (
    <EditsContext value={edits}>
      <div className="gh-form">
        {onText && <AddSetting fields={absent} onAdd={edits.set} />}
        {present.length === 0 && (
          <Empty title="Nothing is set">What a policy does not set is not constrained.</Empty>
        )}
        {present.map((field) => (
          <FieldRow key={field.name} field={field} label={field.name} />
        ))}
      </div>
    </EditsContext>
  )
}

/** Every top-level key that is not there yet, found by its name or by what it does. */
function AddSetting(props: { readonly fields: readonly Field[]; readonly onAdd: Edits['set'] }) {
  const [search, setSearch] = useState('')
  const about = new Map(props.fields.map((field) => [field.name, field.key?.about ?? '']))
  return (
    <Select
      searchable
      size="xs"
      aria-label="Add a setting"
      placeholder="Add a setting…"
      value={null}
      searchValue={search}
      onSearchChange={setSearch}
      data={props.fields.map(({ name }) => name)}
      filter={({ options, search: typed }) =>
        options.filter(
          (option) =>
            'value' in option &&
            `${option.value} ${about.get(option.value) ?? ''}`
              .toLowerCase()
              .includes(typed.toLowerCase().trim()),
        )
      }
      renderOption={({ option }) => (
        <div>
          <code>{option.value}</code>
          <div className="gh-quiet">
            <Marked text={about.get(option.value) ?? ''} />
          </div>
        </div>
      )}
      onChange={(name) => {
        const field = props.fields.find((one) => one.name === name)
        if (field) props.onAdd(field.path, blankOf(field.shape))
        setSearch('')
      }}
    />
  )
}
