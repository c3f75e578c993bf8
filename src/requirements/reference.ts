import { blankOf } from './edit/form.ts'
import { setValue } from './edit/edit.ts'
import { expects } from './expects.ts'
import { POLICY } from './schema.ts'
import {
  choicesOf,
  tagKeyOf,
  type Caution,
  type Choice,
  type Key,
  type Shape,
  type TableShape,
} from './shape.ts'
import { writeKey, type Path, type Plain } from './tree.ts'

/** One key of the schema table as the reference page and the API give it. */
export interface ReferenceKey {
  /** Dotted, with `*` for names that an admin chooses. Unique; the anchor on the page. */
  readonly path: string
  readonly about: string
  /** What it must be, in words. */
  readonly expects: string
  /** Its allowed values, where they are few; also for a list of them. */
  readonly values: readonly Choice[]
  readonly required: boolean
  readonly delivered: Key['delivered']
  readonly source: Key['source']
  readonly since?: string
  readonly caution?: Caution
  /** Other spellings the client reads as the same key. */
  readonly aliases: readonly string[]
  /** In a table of several forms: the forms that have the key, like `match = "regex"`. */
  readonly only: readonly string[]
  /** The path of an earlier key that has the same keys below it. */
  readonly like?: string
  /** It alone in a policy, as TOML; absent for tables, and inside of lists. */
  readonly example?: string
}

/** A whole schema table, key by key, each right behind the table it belongs to: of requirements.toml, or of its defaults. */
export function reference(root: TableShape = POLICY): readonly ReferenceKey[] {
  const found: Found = { keys: new Map(), tables: new Map() }
  keysOf(root, { names: [], real: [], only: [] }, found)
  return [...found.keys.values()]
}

interface Where {
  readonly names: readonly string[]
  /** The path that sets it in a text; undefined inside of lists, where one key alone is no example. */
  readonly real: Path | undefined
  readonly only: readonly string[]
}

interface Found {
  readonly keys: Map<string, ReferenceKey>
  /** Where each table of the schema was met first. */
  readonly tables: Map<TableShape, string>
}

function keysOf(table: TableShape, where: Where, found: Found): void {
  for (const key of table.keys) add(key, where, found)
  const { rest } = table
  if (rest === undefined) return
  const about = 'A name of your choice.'
  add({ name: '*', shape: rest, about, delivered: 'honoured', source: 'client' }, where, found)
}

function add(key: Key, where: Where, found: Found): void {
  const names = [...where.names, key.name]
  const path = names.map((name) => (name === '*' ? name : writeKey(name))).join('.')
  const real = where.real && [...where.real, key.name === '*' ? 'name' : key.name]
  const before = found.keys.get(path)
  const like = likeness(key.shape, path, found)
  const example = key.delivered === 'refused' ? undefined : exampleOf(key.shape, real)
  found.keys.set(path, {
    path,
    about: key.about,
    expects: expects(key.shape),
    values: choicesOf(key.shape),
    required: key.required === true,
    delivered: key.delivered,
    source: key.source,
    ...(key.since === undefined ? {} : { since: key.since }),
    ...(key.caution === undefined ? {} : { caution: key.caution }),
    aliases: key.aliases ?? [],
    only: [...(before?.only ?? []), ...where.only],
    ...(like === undefined ? {} : { like }),
    ...(example === undefined ? {} : { example }),
  })
  descend(key.shape, { names, real, only: [] }, found)
}

/** Where the same table was met before; a place of its own counts from then on. */
function likeness(shape: Shape, path: string, found: Found): string | undefined {
  if (shape.kind === 'list') return likeness(shape.of, path, found)
  if (shape.kind !== 'table' || shape.keys.length < 2) return undefined
  const first = found.tables.get(shape)
  if (first === undefined) found.tables.set(shape, path)
  return first
}

function descend(shape: Shape, where: Where, found: Found): void {
  switch (shape.kind) {
    case 'table':
      keysOf(shape, where, found)
      return
    case 'list':
      descend(shape.of, { ...where, real: undefined }, found)
      return
    case 'either':
      for (const option of shape.options) descend(option, where, found)
      return
    case 'variant':
      for (const [name, inner] of Object.entries(shape.variants))
        add(plainKey(name, inner, 'One of the forms it can have.'), where, found)
      return
    case 'tagged': {
      add(tagKeyOf(shape), { ...where, real: undefined }, found)
      for (const [name, inner] of Object.entries(shape.cases))
        keysOf(inner, { ...where, real: undefined, only: [`${shape.tag} = "${name}"`] }, found)
      return
    }
    default:
  }
}

function plainKey(name: string, shape: Shape, about: string): Key {
  return { name, shape, about, delivered: 'honoured', source: 'client' }
}

function exampleOf(shape: Shape, real: Path | undefined): string | undefined {
  const value = real === undefined ? undefined : sampleOf(shape)
  if (real === undefined || value === undefined) return undefined
  const edited = setValue('', real, value)
  return 'text' in edited ? edited.text.trimEnd() : undefined
}

/** A value that shows the form; of tables what the client requires. */
function sampleOf(shape: Shape): Plain | undefined {
  switch (shape.kind) {
    case 'table':
    case 'variant':
    case 'anything':
      return undefined
    case 'enum':
      return (shape.values.find((choice) => choice.caution === undefined) ?? shape.values[0])?.value
    case 'boolean':
      return false
    case 'string':
      return '…'
    case 'list': {
      const item = sampleOf(shape.of) ?? blankOf(shape.of)
      return typeof item === 'object' && Object.keys(item).length === 0 ? undefined : [item]
    }
    case 'either':
      return shape.options[0] && sampleOf(shape.options[0])
    default:
      return blankOf(shape)
  }
}
