import type { Span } from '../complaint.ts'
import { kindsOf, NAMES, expects } from '../expects.ts'
import { readToml, rulerOf, type Unreadable } from '../positions.ts'
import { POLICY } from '../schema.ts'
import { keyOf, tagKeyOf, type Choice, type Key, type Shape, type TableShape } from '../shape.ts'
import {
  toPlain,
  type Entry,
  type ListNode,
  type Node,
  type Path,
  type Plain,
  type TableNode,
} from '../tree.ts'

/** What a field is edited with. `text-only` says that the form shows it and the text edits it. */
export type Control =
  | 'switch'
  | 'number'
  | 'text'
  | 'choice'
  /** A list of some of `choices`. */
  | 'choices'
  /** A list of plain texts. */
  | 'words'
  /** A list of anything else; `fields` are its items, `item` is what a new one is. */
  | 'items'
  /** Keys that are known; `fields` has all of them, also those that are not there. */
  | 'group'
  /** Names that an admin chooses; `fields` are those that are there, `item` is what a new one is. */
  | 'map'
  /** One of several tables, by the one key in it; `choices` are the keys, `fields` the chosen one. */
  | 'variant'
  | 'text-only'

/** One place of a policy in the form. */
export interface Field {
  /** What `setValue` and `removeValue` take. */
  readonly path: Path
  readonly name: string
  readonly control: Control
  readonly present: boolean
  /** What the schema says of the key; absent for items, and for names that an admin chose. */
  readonly key?: Key
  readonly shape: Shape
  readonly value?: Plain
  /** Where its value and its key stand in the text. */
  readonly span?: Span
  readonly keySpan?: Span
  readonly choices?: readonly Choice[]
  readonly fields: readonly Field[]
  readonly item?: Shape
  /** Other kinds of value that may stand here, where there are several. */
  readonly others?: readonly Shape[]
  /** Why it is `text-only`. */
  readonly because?: string
}

export type Form =
  | { readonly fields: readonly Field[] }
  /** The text is not TOML; `line` and `column` say where, 1-based. */
  | {
      readonly unreadable: {
        readonly code: Unreadable['code']
        readonly message: string
        readonly line: number
        readonly column: number
      }
    }

/** A policy as a form: every key of the schema table, with what the text says for it. Never throws. */
export function readForm(text: string): Form {
  const read = readToml(text)
  if ('root' in read) return { fields: keysOf(read.root, POLICY, []) }
  const { code, message, span } = read.unreadable
  return { unreadable: { code, message, ...rulerOf(text).place(span.from) } }
}

/** What a new value of this shape starts as: the least that stands for it in a text. */
export function blankOf(shape: Shape): Plain {
  switch (shape.kind) {
    case 'string':
    case 'anything':
      return ''
    case 'boolean':
      return true
    case 'integer':
      return Math.max(shape.min, 0)
    case 'enum':
      return shape.values[0]?.value ?? ''
    case 'list':
      return shape.nonEmpty === true ? [blankOf(shape.of)] : []
    case 'either':
      return shape.options[0] === undefined ? '' : blankOf(shape.options[0])
    case 'variant':
    case 'tagged': {
      const [name, inner] =
        Object.entries(shape.kind === 'variant' ? shape.variants : shape.cases)[0] ?? []
      if (name === undefined || inner === undefined) return {}
      const keys = blankOf(inner)
      return shape.kind === 'variant'
        ? { [name]: keys }
        : { [shape.tag]: name, ...(keys as object) }
    }
    case 'table':
      return Object.fromEntries(
        shape.keys
          .filter((key) => key.required === true)
          .map((key) => [key.name, blankOf(key.shape)]),
      )
  }
}

interface Place {
  readonly path: Path
  readonly name: string
  readonly shape: Shape
  readonly key?: Key | undefined
  readonly entry?: Entry | undefined
  readonly node?: Node | undefined
}

function keysOf(node: TableNode | undefined, shape: TableShape, path: Path): readonly Field[] {
  const entries = node === undefined ? [] : [...node.entries.values()]
  const taken = new Set<Entry>()
  const fields = shape.keys.map((key) => {
    const entry = entries.find((one) => keyOf(shape, one.key) === key)
    if (entry !== undefined) taken.add(entry)
    return fieldOf({
      path: [...path, entry?.key ?? key.name],
      name: key.name,
      shape: key.shape,
      key,
      entry,
    })
  })
  const others = entries.filter((entry) => !taken.has(entry))
  return [...fields, ...others.map((entry) => otherOf(entry, shape, path))]
}

/** A key that the table does not name: of a map, of nobody, or the second spelling of one. */
function otherOf(entry: Entry, shape: TableShape, path: Path): Field {
  const place = { path: [...path, entry.key], name: entry.key, entry }
  if (keyOf(shape, entry.key) !== undefined)
    return textOnly(
      { ...place, shape: { kind: 'anything' } },
      'The same key is there under another name.',
    )
  if (shape.rest !== undefined) return fieldOf({ ...place, shape: shape.rest })
  return textOnly({ ...place, shape: { kind: 'anything' } }, 'The client does not know this key.')
}

function fieldOf(place: Place): Field {
  const { shape, key } = place
  const node = place.node ?? place.entry?.value
  if (key?.delivered === 'refused')
    return textOnly(place, `It cannot stand in a policy. ${key.about}`)
  if (shape.kind === 'either') {
    const meant = shape.options.find(
      (option) => node !== undefined && kindsOf(option).includes(node.kind),
    )
    const chosen = meant ?? (node === undefined ? shape.options[0] : undefined)
    if (chosen === undefined) return mistaken(place, node)
    const others = shape.options.filter((option) => option !== chosen)
    return { ...fieldOf({ ...place, shape: chosen }), others }
  }
  if (node !== undefined && !kindsOf(shape).includes(node.kind)) return mistaken(place, node)
  return ofKind(place, node)
}

function ofKind(place: Place, node: Node | undefined): Field {
  const { shape } = place
  switch (shape.kind) {
    case 'string':
      return base(place, 'text')
    case 'boolean':
      return base(place, 'switch')
    case 'integer':
      return base(place, 'number')
    case 'enum':
      return { ...base(place, 'choice'), choices: shape.values }
    case 'list':
      return listField(place, shape, node?.kind === 'list' ? node : undefined)
    case 'table':
      return tableField(place, shape, node?.kind === 'table' ? node : undefined)
    case 'variant':
      return variantField(place, shape, node?.kind === 'table' ? node : undefined)
    case 'tagged':
      return taggedField(place, shape, node?.kind === 'table' ? node : undefined)
    default:
      return textOnly(place, 'Anything may stand here: edit it in the text.')
  }
}

function listField(
  place: Place,
  shape: Shape & { kind: 'list' },
  node: ListNode | undefined,
): Field {
  const items = node?.items ?? []
  const plain = items.every((item) => item.kind === 'string')
  if (shape.of.kind === 'enum' && plain)
    return { ...base(place, 'choices'), choices: shape.of.values, item: shape.of }
  if (shape.of.kind === 'string' && plain) return { ...base(place, 'words'), item: shape.of }
  const fields = items.map((item, index) =>
    fieldOf({ path: [...place.path, index], name: String(index + 1), shape: shape.of, node: item }),
  )
  return { ...base(place, 'items'), fields, item: shape.of }
}

function tableField(place: Place, shape: TableShape, node: TableNode | undefined): Field {
  const fields = keysOf(node, shape, place.path)
  if (shape.rest === undefined) return { ...base(place, 'group'), fields }
  return { ...base(place, 'map'), fields, item: shape.rest }
}

function variantField(
  place: Place,
  shape: Shape & { kind: 'variant' },
  node: TableNode | undefined,
): Field {
  const choices = Object.keys(shape.variants).map((value) => ({ value }))
  const entries = node === undefined ? [] : [...node.entries.values()]
  const chosen = entries.map((entry) => {
    const inner = Object.hasOwn(shape.variants, entry.key) ? shape.variants[entry.key] : undefined
    const at = { path: [...place.path, entry.key], name: entry.key, entry }
    return inner === undefined
      ? textOnly({ ...at, shape: { kind: 'anything' } }, 'It is not known here.')
      : fieldOf({ ...at, shape: inner })
  })
  return { ...base(place, 'variant'), choices, fields: chosen }
}

/** A group whose first field decides which others there are. */
function taggedField(
  place: Place,
  shape: Shape & { kind: 'tagged' },
  node: TableNode | undefined,
): Field {
  const tag = node?.entries.get(shape.tag)
  const name = tag?.value.kind === 'string' ? String(tag.value.value) : ''
  const cases = Object.hasOwn(shape.cases, name) ? shape.cases[name] : undefined
  const keys: TableShape = {
    kind: 'table',
    keys: [tagKeyOf(shape), ...(cases?.keys ?? [])],
    unknown: 'ignored',
  }
  const whole = cases?.rest === undefined ? keys : { ...keys, rest: cases.rest }
  return { ...base(place, 'group'), fields: keysOf(node, whole, place.path) }
}

function base(place: Place, control: Control): Field {
  const { path, name, shape, key, entry } = place
  const node = place.node ?? entry?.value
  return {
    path,
    name,
    control,
    present: node !== undefined,
    ...(key === undefined ? {} : { key }),
    shape,
    ...(node === undefined ? {} : { value: toPlain(node), span: node.span }),
    ...(entry === undefined ? {} : { keySpan: entry.keySpan }),
    fields: [],
  }
}

function textOnly(place: Place, because: string): Field {
  return { ...base(place, 'text-only'), because }
}

function mistaken(place: Place, node: Node | undefined): Field {
  const is = node === undefined ? 'nothing' : NAMES[node.kind]
  return textOnly(place, `It is ${is} and must be ${expects(place.shape)}: correct it in the text.`)
}
