import { useState } from 'react'
import {
  Checkbox,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Textarea,
} from '@mantine/core'
import type { Choice, Field, Plain } from '#requirements/index.ts'
import { Marked } from '#web/kit/index.ts'
import { useEdits } from './edits.ts'

interface Props {
  readonly field: Field
  /** What screen readers call it: the whole key. */
  readonly label: string
}

/** The control of a field that has a value of its own. Fields with fields in them are in field.tsx. */
export function Control({ field, label }: Props) {
  switch (field.control) {
    case 'switch':
      return <YesNo field={field} label={label} />
    case 'number':
      return <Whole field={field} label={label} />
    case 'choice':
      return <OneOf field={field} label={label} />
    case 'choices':
      return <SomeOf field={field} label={label} />
    case 'words':
      return <Words field={field} label={label} />
    default:
      return <Text field={field} label={label} />
  }
}

function YesNo({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  return (
    <SegmentedControl
      size="xs"
      aria-label={label}
      disabled={readOnly}
      value={textOf(field.value)}
      onChange={(value) => set(field.path, value === 'true')}
      data={['true', 'false']}
    />
  )
}

function Whole({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  const { shape } = field
  const [min, max] = shape.kind === 'integer' ? [shape.min, shape.max] : []
  return (
    <NumberInput
      size="xs"
      maw={180}
      aria-label={label}
      readOnly={readOnly}
      allowDecimal={false}
      min={min ?? 0}
      max={max ?? Number.MAX_SAFE_INTEGER}
      value={Number(field.value)}
      onChange={(value) => {
        if (typeof value === 'number' && value !== field.value) set(field.path, value)
      }}
    />
  )
}

function OneOf({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  return (
    <Select
      size="xs"
      maw={320}
      aria-label={label}
      readOnly={readOnly}
      allowDeselect={false}
      value={textOf(field.value)}
      data={withPresent(field.choices ?? [], [textOf(field.value)]).map(({ value }) => value)}
      onChange={(value) => {
        if (value !== null) set(field.path, value)
      }}
    />
  )
}

/** In the order in which they are chosen: for some lists the first is what the client falls back to. */
function SomeOf({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  const chosen = textsOf(field)
  return (
    <Checkbox.Group
      value={[...chosen]}
      onChange={(values) =>
        set(field.path, [
          ...chosen.filter((one) => values.includes(one)),
          ...values.filter((one) => !chosen.includes(one)),
        ])
      }
    >
      <Stack gap={10} role="group" aria-label={label}>
        {withPresent(field.choices ?? [], chosen).map(({ value, about }) => (
          <Checkbox
            key={value}
            size="xs"
            value={value}
            disabled={readOnly}
            label={<code>{value}</code>}
            description={about && <Marked text={about} />}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

function Words({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  return (
    <TagsInput
      size="xs"
      aria-label={label}
      readOnly={readOnly}
      allowDuplicates
      splitChars={[]}
      acceptValueOnBlur
      placeholder={readOnly ? '' : 'Type, then Enter'}
      value={[...textsOf(field)]}
      onChange={(values) => set(field.path, values)}
    />
  )
}

/** Written to the text when it is left, so that one change of mind is one step to undo. */
function Text({ field, label }: Props) {
  const { readOnly, set } = useEdits()
  const value = textOf(field.value)
  const [typed, setTyped] = useState<string>()
  const commit = () => {
    if (typed !== undefined && typed !== value) set(field.path, typed)
    setTyped(undefined)
  }
  return (
    <Textarea
      size="xs"
      autosize
      minRows={1}
      maxRows={12}
      aria-label={label}
      readOnly={readOnly}
      value={typed ?? value}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        // A line break is rare in a policy and asked for: Shift-Enter.
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault()
          commit()
        }
        if (event.key === 'Escape') setTyped(undefined)
      }}
    />
  )
}

/** The value of a text, a number or a switch as text; a field of these kinds holds nothing else. */
const textOf = (value: Plain | undefined): string =>
  value === undefined || typeof value === 'object' ? '' : String(value)

const textsOf = ({ value }: Field): readonly string[] =>
  Array.isArray(value) ? (value as readonly Plain[]).map(textOf) : []

/** What stands in the text is offered too, also when the client would not take it: it must not vanish by a look at it. */
function withPresent(choices: readonly Choice[], present: readonly string[]): readonly Choice[] {
  const unknown = present.filter((one) => !choices.some(({ value }) => value === one))
  return [...choices, ...unknown.map((value) => ({ value }))]
}
