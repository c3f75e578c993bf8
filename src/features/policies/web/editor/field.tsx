import { useState } from 'react'
import { ActionIcon, Button, Group, Menu, Select, Text, TextInput, Tooltip } from '@mantine/core'
import { IconArrowsExchange, IconCode, IconPlus, IconX } from '@tabler/icons-react'
import { blankOf, expects, type Field, type Shape } from '#requirements/index.ts'
import { Marked } from '#web/kit/index.ts'
import { Control } from './controls.tsx'
import { useEdits } from './edits.ts'

interface Props {
  readonly field: Field
  /** Names from the top to here, for those who hear the form. */
  readonly label: string
}

/** One place of the policy that is there: its name, what it means, its value, and what the check says of it. */
export function FieldRow({ field, label }: Props) {
  const { readOnly, remove, show } = useEdits()
  const { key, span, because } = field
  return (
    <div className="gh-field" data-control={field.control}>
      <Group gap={6} wrap="nowrap" className="gh-field-head">
        <Text component="span" size="sm" fw={500} ff="monospace" className="gh-field-name">
          {typeof field.path.at(-1) === 'number' ? `${field.name}.` : field.name}
        </Text>
        {show && span !== undefined && (
          <Tooltip label="Show in the text">
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={`Show ${label} in the text`}
              onClick={() => show(span.from)}
            >
              <IconCode size={14} />
            </ActionIcon>
          </Tooltip>
        )}
        {!readOnly && <OtherKinds field={field} label={label} />}
        {!readOnly && (
          <Tooltip label="Take it out">
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={`Take ${label} out`}
              onClick={() => remove(field.path)}
            >
              <IconX size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {key && (
        <Text size="xs" c="dimmed">
          <Marked text={key.about} />
          {key.delivered === 'local-only' && ' Dropped when delivered: only a local file has it.'}
        </Text>
      )}
      {because === undefined ? (
        <Value field={field} label={label} />
      ) : (
        <Text size="xs" c="dimmed">
          {because}
        </Text>
      )}
      <Said field={field} />
    </div>
  )
}

function Value({ field, label }: Props) {
  switch (field.control) {
    case 'group':
      return <Inside fields={field.fields} label={label} />
    case 'items':
      return <Items field={field} label={label} />
    case 'map':
      return <Named field={field} label={label} />
    case 'variant':
      return <Variant field={field} label={label} />
    default:
      return <Control field={field} label={label} />
  }
}

/** The keys of a table: those that are there, and a menu of those that are not. */
export function Inside({
  fields,
  label,
}: {
  readonly fields: readonly Field[]
  readonly label: string
}) {
  const present = fields.filter((field) => field.present)
  const absent = fields.filter((field) => !field.present && field.control !== 'text-only')
  return (
    <div className="gh-fields">
      {present.map((field) => (
        <FieldRow key={field.name} field={field} label={`${label}.${field.name}`} />
      ))}
      {absent.length > 0 && <AddKey fields={absent} label={label} />}
    </div>
  )
}

function AddKey({ fields, label }: { readonly fields: readonly Field[]; readonly label: string }) {
  const { readOnly, set } = useEdits()
  if (readOnly) return null
  return (
    <Menu position="bottom-start" width={360}>
      <Menu.Target>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} aria-hidden />}
          aria-label={`Add to ${label}`}
        >
          Add
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {fields.map((field) => (
          <Menu.Item key={field.name} onClick={() => set(field.path, blankOf(field.shape))}>
            <code>{field.name}</code>
            <Text size="xs" c="dimmed">
              <Marked text={field.key?.about ?? ''} />
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Items({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  const { item } = field
  return (
    <div className="gh-fields">
      {field.fields.map((one) => (
        <FieldRow key={one.name} field={one} label={`${label}, number ${one.name}`} />
      ))}
      {!readOnly && item && (
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} aria-hidden />}
          aria-label={`Add one to ${label}`}
          onClick={() => set([...field.path, field.fields.length], blankOf(item))}
        >
          Add one
        </Button>
      )}
    </div>
  )
}

/** A table whose keys the admin names: known ones first. */
function Named({ field, label }: Props) {
  const { readOnly, rename } = useEdits()
  const known = field.fields.filter((one) => one.key !== undefined)
  const named = field.fields.filter((one) => one.key === undefined)
  return (
    <div className="gh-fields">
      {known.length > 0 && <Inside fields={known} label={label} />}
      {named.map((one) => (
        <div key={one.name}>
          {!readOnly && (
            <Rename
              name={one.name}
              label={`Name of ${label}.${one.name}`}
              onName={(name) => rename(one.path, name)}
            />
          )}
          <FieldRow field={one} label={`${label}.${one.name}`} />
        </div>
      ))}
      {!readOnly && field.item && <NewName field={field} item={field.item} label={label} />}
    </div>
  )
}

function Rename(props: {
  readonly name: string
  readonly label: string
  readonly onName: (name: string) => void
}) {
  const [typed, setTyped] = useState<string>()
  const commit = () => {
    if (typed !== undefined && typed.trim() !== '' && typed !== props.name) props.onName(typed)
    setTyped(undefined)
  }
  return (
    <TextInput
      size="xs"
      maw={320}
      aria-label={props.label}
      value={typed ?? props.name}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setTyped(undefined)
      }}
    />
  )
}

function NewName({ field, item, label }: Props & { readonly item: Shape }) {
  const { set } = useEdits()
  const [name, setName] = useState('')
  const taken = field.fields.some((one) => one.name === name && one.present)
  const add = () => {
    if (name.trim() === '' || taken) return
    set([...field.path, name], blankOf(item))
    setName('')
  }
  return (
    <Group gap={6}>
      <TextInput
        size="xs"
        placeholder="Name"
        aria-label={`New name in ${label}`}
        value={name}
        error={taken && 'It is there already'}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') add()
        }}
      />
      <Button variant="subtle" size="compact-xs" disabled={name.trim() === ''} onClick={add}>
        Add
      </Button>
    </Group>
  )
}

function Variant({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  const { shape } = field
  return (
    <div className="gh-fields">
      <Select
        size="xs"
        maw={320}
        aria-label={`Kind of ${label}`}
        readOnly={readOnly}
        allowDeselect={false}
        data={(field.choices ?? []).map(({ value }) => value)}
        value={field.fields[0]?.name ?? null}
        onChange={(name) => {
          const inner = shape.kind === 'variant' && name !== null ? shape.variants[name] : undefined
          if (name !== null && inner) set(field.path, { [name]: blankOf(inner) })
        }}
      />
      {field.fields.map((one) => (
        <FieldRow key={one.name} field={one} label={`${label}.${one.name}`} />
      ))}
    </div>
  )
}

/** A place that may hold several kinds of value. */
function OtherKinds({ field, label }: Props) {
  const { set } = useEdits()
  if (field.others === undefined || field.others.length === 0) return null
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`Write ${label} as another kind of value`}
        >
          <IconArrowsExchange size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {field.others.map((shape) => (
          <Menu.Item key={expects(shape)} onClick={() => set(field.path, blankOf(shape))}>
            {expects(shape)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Said({ field }: { readonly field: Field }) {
  const { complaintsAt } = useEdits()
  return complaintsAt(field.path).map((one) => (
    <Text
      key={`${one.code} ${one.line}`}
      size="xs"
      className="gh-field-said"
      data-severity={one.severity}
    >
      <Marked text={`${one.message} ${one.effect} ${one.remedy}`} />
    </Text>
  ))
}
