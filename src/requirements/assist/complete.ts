import { blankOf } from '../edit/form.ts'
import { writeValue } from '../edit/write.ts'
import { expects } from '../expects.ts'
import { FEATURES } from '../features.ts'
import { POLICY } from '../schema.ts'
import type { Key, Shape, TableShape } from '../shape.ts'
import { writeKey, type Path } from '../tree.ts'
import { namesOf, presentKeys, shapeAt, tablesAt } from './place.ts'
import { scan, type Place, type Scan } from './scan.ts'

/** One thing that could be written here. */
export interface Completion {
  readonly label: string
  /** What it is, in a few words: a type, or `required`. */
  readonly detail: string
  /** One line from the schema table. */
  readonly about: string
  /** What goes in place of `from`…`to`. */
  readonly insert: string
}

export interface Completions {
  /** The stretch that is replaced: what is written of the word already. UTF-16 offsets. */
  readonly from: number
  readonly to: number
  /** Best first: what the client requires, then the order of the schema. */
  readonly options: readonly Completion[]
}

/**
 * What can be written at an offset of a policy, from the schema table: keys that are not there yet,
 * headers, values. The text may be as broken as text is while it is typed. Never throws; nothing
 * inside comments, or where anything may stand.
 */
export function completionsAt(
  text: string,
  offset: number,
  root: TableShape = POLICY,
): Completions {
  const found = scan(text, root)
  const none = { from: offset, to: offset, options: [] }
  if (found.comments.some(({ from, to }) => offset > from && offset <= to)) return none
  const place = found.places.findLast(
    (one) => one.kind !== 'part' && one.gap <= offset && offset <= one.to,
  )
  if (place === undefined) return none
  const options = optionsFor(text, place, found)
  // In the blanks in front of a word nothing of it is replaced.
  return offset < place.from ? { ...none, options } : { from: place.from, to: place.to, options }
}

function optionsFor(text: string, place: Place, found: Scan): readonly Completion[] {
  if (place.kind === 'header') return headers(text, place, found)
  return place.kind === 'key' ? keys(text, place, found) : values(place, found)
}

function keys(text: string, place: Place, found: Scan): readonly Completion[] {
  const present = presentKeys(place.path, found, place)
  const seen = new Set<string>()
  const free = tablesAt(place.path, found)
    .flatMap((table) => table.keys)
    .filter((key) => {
      const taken = [key.name, ...(key.aliases ?? [])].some((name) => present.has(name))
      if (taken || key.delivered === 'refused' || seen.has(key.name)) return false
      seen.add(key.name)
      return true
    })
  const rank = (key: Key): number =>
    key.required === true ? 0 : key.delivered === 'local-only' ? 2 : 1
  const rest = behind(text, place.to)
  const named = free
    .sort((a, b) => rank(a) - rank(b))
    .map((key) => ({
      label: key.name,
      detail: detailOf(key),
      about: key.about,
      insert: writeKey(key.name) + (rest === '=' || rest === '.' ? '' : openingOf(key.shape)),
    }))
  return [...named, ...features(place.path, present, rest)]
}

/** Feature names are no keys of the table: any name may stand there. */
function features(path: Path, present: ReadonlySet<string>, rest: string): readonly Completion[] {
  const [first, second] = namesOf(path)
  if (second !== undefined || (first !== 'features' && first !== 'feature_requirements')) return []
  return [...FEATURES]
    .filter((name) => !present.has(name))
    .map((name) => ({
      label: name,
      detail: 'feature',
      about: 'A feature, switched on or off for good.',
      insert: writeKey(name) + (rest === '=' ? '' : ' = '),
    }))
}

function detailOf(key: Key): string {
  if (key.required === true) return `required, ${kindOf(key.shape)}`
  return key.delivered === 'local-only' ? 'only in the file on the machine' : kindOf(key.shape)
}

function kindOf(shape: Shape): string {
  if (shape.kind === 'enum') return 'one of a few values'
  if (shape.kind === 'either') return shape.options.map(kindOf).join(' or ')
  if (shape.kind === 'list') return 'a list'
  return shape.kind === 'variant' ? 'a table' : expects(shape)
}

function openingOf(shape: Shape): string {
  return shape.kind === 'table' ? '.' : ' = '
}

/** The first character behind a word that is not blank. */
function behind(text: string, at: number): string {
  return /^[ \t]*(.?)/.exec(text.slice(at, at + 80))?.[1] ?? ''
}

function headers(text: string, place: Place, found: Scan): readonly Completion[] {
  const there = new Set(
    found.places.filter((one) => one.kind === 'header' && one !== place).map((one) => one.written),
  )
  const closing = place.array === true ? ']]' : ']'
  const end = behind(text, place.to) === ']' ? '' : closing
  return openable(found.root, [], place.array === true)
    .filter(({ path, open }) => open || place.array === true || !there.has(path))
    .map(({ path, open, about }) => ({
      label: path,
      detail: open ? 'table by name' : place.array === true ? 'list of tables' : 'table',
      about,
      insert: open ? path : path + end,
    }))
}

interface Openable {
  readonly path: string
  /** A name of the admin's choice follows. */
  readonly open: boolean
  readonly about: string
}

/** Every table (or list of tables) that a header can open, in the order of the schema. */
function openable(
  table: TableShape,
  prefix: readonly string[],
  lists: boolean,
): readonly Openable[] {
  return table.keys
    .filter((key) => key.delivered === 'honoured')
    .flatMap((key) => {
      const path = [...prefix, key.name]
      const written = path.map(writeKey).join('.')
      const { shape, about } = key
      if (shape.kind === 'list')
        return lists && hasTables(shape.of) ? [{ path: written, open: false, about }] : []
      if (shape.kind !== 'table') return []
      const own = lists ? [] : [{ path: written, open: false, about }]
      const byName =
        shape.rest !== undefined && hasTables(shape.rest)
          ? [{ path: `${written}.`, open: true, about }]
          : []
      return [...own, ...(lists ? [] : byName), ...openable(shape, path, lists)]
    })
}

function hasTables(shape: Shape): boolean {
  if (shape.kind === 'either') return shape.options.some(hasTables)
  return shape.kind === 'table' || shape.kind === 'variant' || shape.kind === 'tagged'
}

function values(place: Place, found: Scan): readonly Completion[] {
  const shape = shapeAt(place.path, found) ?? tagShape(place, found)
  return shape === undefined ? [] : valuesOf(shape, place, found)
}

/** The tag of a table is not a key of any of its cases. */
function tagShape(place: Place, found: Scan): Shape | undefined {
  const name = place.path.at(-1)
  if (typeof name !== 'string') return undefined
  return tablesAt(place.path.slice(0, -1), found)
    .flatMap((table) => table.keys)
    .find((key) => key.name === name)?.shape
}

function valuesOf(shape: Shape, place: Place, found: Scan): readonly Completion[] {
  switch (shape.kind) {
    case 'enum': {
      const taken = siblings(place, found)
      return shape.values
        .filter((choice) => !taken.has(choice.value))
        .map(({ value, about = '', caution }) => ({
          label: JSON.stringify(value),
          detail: caution === undefined ? 'value' : 'with a warning',
          about: caution === undefined ? about : `${about} ${caution.message}`.trim(),
          insert: JSON.stringify(value),
        }))
    }
    case 'boolean':
      return ['true', 'false'].map((label) => ({
        label,
        detail: 'value',
        about: '',
        insert: label,
      }))
    case 'list':
      return valuesOf(shape.of, place, found)
        .filter((option) => option.detail !== 'start')
        .map((option) => ({ ...option, label: `[${option.label}]`, insert: `[${option.insert}]` }))
        .concat(start('[ ]', 'A list.', writeStart(shape)))
    case 'either':
      return shape.options.flatMap((option) => valuesOf(option, place, found))
    case 'table':
    case 'variant':
    case 'tagged':
      return [start('{ … }', 'A table with what is required.', writeStart(shape))]
    default:
      return []
  }
}

function start(label: string, about: string, insert: string): Completion {
  return { label, detail: 'start', about, insert }
}

function writeStart(shape: Shape): string {
  return writeValue(blankOf(shape), { newline: '\n', lines: false })
}

/** The other values of the list this value stands in. */
function siblings(place: Place, found: Scan): ReadonlySet<string> {
  if (typeof place.path.at(-1) !== 'number') return new Set()
  const parent = JSON.stringify(place.path.slice(0, -1))
  return new Set(
    found.places
      .filter(
        (one) =>
          one.kind === 'value' &&
          one !== place &&
          one.path.length === place.path.length &&
          JSON.stringify(one.path.slice(0, -1)) === parent,
      )
      .map((one) => one.written),
  )
}
