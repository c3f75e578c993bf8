import fc from 'fast-check'
import { renderToml, type Draft } from './arbitrary.render.ts'
import { entriesFor, namesFor, wordsFor } from './arbitrary.words.ts'
import { POLICY } from './schema.ts'
import type { Key, Shape, TableShape } from './shape.ts'

// Documents grown from the table of keys. Everything a key may hold comes from its shape; what the shape cannot say
// (that a path is one, which profiles exist) from `arbitrary.words.ts`.

/** How often something is wrong on purpose: a type, a value, a key. */
export interface Grammar {
  readonly slips: number
  /** Top-level keys that are left out. */
  readonly without: readonly string[]
}

/** A whole requirements.toml as text. Without slips most are valid; with slips most are refused by the client. */
export function arbitraryPolicy(grammar: Partial<Grammar> = {}): fc.Arbitrary<string> {
  const { slips = 0, without = [] } = grammar
  const keys = POLICY.keys.filter((key) => !without.includes(key.name))
  const few = fc.subarray([...keys], { minLength: 1, maxLength: 5 })
  return fc
    .tuple(
      few.chain((chosen) => fc.tuple(...chosen.map((key) => entry(key, [], slips)))),
      entriesFor(without),
      slips === 0 ? fc.constant([]) : fc.array(stray(slips), { maxLength: 1 }),
      fc.integer(),
    )
    .map(([entries, together, more, seed]) =>
      renderToml({ kind: 'table', entries: once([...entries, ...together, ...more]) }, seed),
    )
}

/** Documents of every sort, by share: good ones, ones with a slip or two, wrecks, and texts that may be no TOML at all. */
export function arbitraryDocument(without: readonly string[] = []): fc.Arbitrary<string> {
  const some = arbitraryPolicy({ slips: 20, without })
  return fc.oneof(
    { weight: 45, arbitrary: arbitraryPolicy({ without }) },
    { weight: 35, arbitrary: some },
    { weight: 10, arbitrary: arbitraryPolicy({ slips: 80, without }) },
    { weight: 10, arbitrary: fc.tuple(some, some, glue, fc.nat(), fc.nat()).map(spliced) },
  )
}

const glue = fc.constantFrom(
  ...['', '\n\n', '"""', ' 1', '.a', '"', "'", '[', ']', '{', '}', '\n', '\r', '=', '.', '\\', ','],
  ...['#', '\t', '\u0001', '\u007F', '\u00A0', 'é'],
)

/** The beginning of one text and the end of another. */
function spliced([a, b, between, i, j]: readonly [string, string, string, number, number]): string {
  return a.slice(0, i % (a.length + 1)) + between + b.slice(j % (b.length + 1))
}

/** TOML itself refuses a key twice, so that would hide everything else. */
function once(entries: readonly Pair[]): readonly Pair[] {
  return [...new Map(entries).entries()]
}

type Pair = readonly [string, Draft]
type Steps = readonly string[]

function entry(key: Key, path: Steps, slips: number): fc.Arbitrary<Pair> {
  const names = [key.name, key.name, key.name, ...(key.aliases ?? [])]
  return fc
    .constantFrom(...names)
    .chain((name) =>
      value(key.shape, [...path, key.name], slips).map((draft): Pair => [name, draft]),
    )
}

function value(shape: Shape, path: Steps, slips: number): fc.Arbitrary<Draft> {
  const good = grown(shape, path, slips)
  if (slips === 0) return good
  return fc.oneof({ weight: 1000 - slips, arbitrary: good }, { weight: slips, arbitrary: junk })
}

function grown(shape: Shape, path: Steps, slips: number): fc.Arbitrary<Draft> {
  switch (shape.kind) {
    case 'string':
      return string(wordsFor(path))
    case 'enum':
      return string(
        fc.oneof(
          { weight: 300, arbitrary: fc.constantFrom(...shape.values.map((v) => v.value)) },
          { weight: slips === 0 ? 0 : 3, arbitrary: fc.constantFrom('', 'Read-Only', 'ask', 'on') },
        ),
      )
    case 'boolean':
      return fc.boolean().map(raw)
    case 'integer':
      return integer(shape.min, shape.max)
    case 'list':
      return fc
        .array(value(shape.of, path, slips), { minLength: shape.nonEmpty ? 1 : 0, maxLength: 3 })
        .map((items): Draft => ({ kind: 'list', items }))
    case 'table':
      return table(shape, path, slips)
    case 'variant':
      return fc.constantFrom(...Object.entries(shape.variants)).chain(([name, inner]) =>
        value(inner, [...path, name], slips).map((d): Draft => ({
          kind: 'table',
          entries: [[name, d]],
        })),
      )
    case 'tagged':
      return fc.constantFrom(...Object.entries(shape.cases)).chain(([name, inner]) =>
        table(inner, path, slips).map(({ entries }): Draft => ({
          kind: 'table',
          entries: [[shape.tag, { kind: 'string', value: name }], ...entries],
        })),
      )
    case 'either':
      return fc.oneof(...shape.options.map((option) => grown(option, path, slips)))
    case 'anything':
      return json
  }
}

type Table = Draft & { readonly kind: 'table' }

function table(shape: TableShape, path: Steps, slips: number): fc.Arbitrary<Table> {
  const parts = shape.keys
    .filter((key) => key.delivered === 'honoured' || slips > 0)
    .map((key) =>
      fc.oneof(
        { weight: absent(key, shape, slips), arbitrary: fc.constant(undefined) },
        { weight: 100, arbitrary: entry(key, path, slips) },
      ),
    )
  const named =
    shape.rest === undefined
      ? fc.constant([])
      : fc.array(mapped(shape.rest, path, slips), { maxLength: 3 })
  const strays = slips === 0 ? fc.constant([]) : fc.array(stray(slips), { maxLength: 1 })
  return fc
    .tuple(fc.tuple(...parts), named, fc.integer({ min: 0, max: 999 }), strays)
    .map(([known, rest, lot, more]): Table => {
      const there = known.filter((pair): pair is Pair => pair !== undefined)
      return { kind: 'table', entries: once([...there, ...rest, ...(lot < slips * 2 ? more : [])]) }
    })
}

/** Of 100 times that the key is there, how often it is not. Required keys go missing by a slip only. */
function absent(key: Key, shape: TableShape, slips: number): number {
  if (key.required === true || FIRST.has(key.name)) return slips === 0 ? 0 : 2
  return shape.keys.length > 10 ? 400 : 150
}

/** Not required by the reader, but nothing works without them. */
const FIRST = new Set(['decision', 'token'])

function mapped(rest: Shape, path: Steps, slips: number): fc.Arbitrary<Pair> {
  return namesFor(path).chain((name) =>
    value(rest, [...path, '*'], slips).map((draft): Pair => [name, draft]),
  )
}

/** A key that nobody knows. */
function stray(slips: number): fc.Arbitrary<Pair> {
  return fc.tuple(
    fc.constantFrom(
      'zzz',
      'enabeld',
      'allowed_sandbox_mode',
      'Network',
      'approval-policy',
      '',
      'é',
    ),
    slips > 0 ? junk : json,
  )
}

const raw = (text: string | number | boolean): Draft => ({ kind: 'raw', text: String(text) })
const string = (of: fc.Arbitrary<string>): fc.Arbitrary<Draft> =>
  of.map((value): Draft => ({ kind: 'string', value }))

function integer(min: number, max: number): fc.Arbitrary<Draft> {
  const edges = [
    min,
    min + 1,
    Math.min(max, 65_535),
    Math.min(max, 4_294_967_296),
    Math.min(max, 30),
  ]
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...edges).map(raw) },
    { weight: 2, arbitrary: fc.constantFrom('0x1F', '0o17', '0b101', '1_000', '+7').map(raw) },
  )
}

/** Scalars of every kind, also at the edges of what TOML can hold. */
const scalar: fc.Arbitrary<Draft> = fc.oneof(
  string(fc.constantFrom('', ' ', 'x', 'true', '3', 'é🦊', 'a\nb', '\u0000', '\\', '"')),
  fc
    .constantFrom('0', '-1', '65536', '9223372036854775807', '-9223372036854775808', '1e3', '1.5')
    .map(raw),
  fc.constantFrom('true', 'false', 'nan', '-inf', '-0.0', '9223372036854775808').map(raw),
  fc.constantFrom('1979-05-27', '07:32', '1979-05-27T07:32:00Z', '1979-05-27 07:32:00.5').map(raw),
)

const json: fc.Arbitrary<Draft> = fc.letrec<{ any: Draft }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      string(fc.constantFrom('', 'x', 'é🦊', 'a\nb')),
      fc.constantFrom('0', '-7', '1.5', 'true', 'false', '1979-05-27').map(raw),
    ),
    fc.array(tie('any'), { maxLength: 2 }).map((items): Draft => ({ kind: 'list', items })),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c d'), tie('any')), { maxLength: 2 })
      .map((entries): Draft => ({ kind: 'table', entries: once(entries) })),
  ),
})).any

/** Anything at all. */
const junk: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: json },
  {
    weight: 1,
    arbitrary: fc.array(scalar, { maxLength: 2 }).map((items): Draft => ({ kind: 'list', items })),
  },
  { weight: 1, arbitrary: fc.constant<Draft>({ kind: 'table', entries: [] }) },
)
