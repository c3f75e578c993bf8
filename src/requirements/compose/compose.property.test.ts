import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECK_CASES } from '../check.cases.ts'
import { policyValue, writeAtRandom } from '../edit/random.document.ts'
import { isTable, writeValue } from '../edit/write.ts'
import { toPlain, writeKey, type Plain, type PlainTable } from '../tree.ts'
import { compose, readLayer, type Composition, type Layer, type LayerKind } from './index.ts'

const kinds: readonly LayerKind[] = ['delivered', 'delivered', 'mdm', 'system', 'legacy']

const layer = fc
  .tuple(fc.constantFrom(...kinds), policyValue, fc.integer())
  .map(([kind, value, seed]): Layer => ({ kind, name: kind, text: writeAtRandom(value, seed) }))
const layers = fc.array(layer, { minLength: 1, maxLength: 4 })

const anyText = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...CHECK_CASES.map(({ toml }) => toml)),
      fc.nat(),
      fc.string({ maxLength: 3 }),
    )
    .map(
      ([toml, at, odd]) =>
        toml.slice(0, at % (toml.length + 1)) + odd + toml.slice(at % (toml.length + 1)),
    ),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

const delivered = (value: PlainTable): Layer => ({
  kind: 'delivered',
  name: 'delivered',
  text: Object.entries(value)
    .map(([key, one]) => `${writeKey(key)} = ${writeValue(one, { newline: '\n', lines: false })}\n`)
    .join(''),
})

/** What a layer says at a place, as the client takes it. */
function saidBy(one: Layer, path: readonly string[]): Plain | undefined {
  return nodeAt(toPlain(readLayer(one).root), ...path)
}

/** The text that a place begins with. */
function textAt(one: Layer, line: number, column: number): string {
  return (one.text.split('\n')[line - 1] ?? '').slice(column - 1)
}

/** Whether a place is a table in one and something else in another: there the client's merging depends on the order. */
function mixed(a: Plain, b: Plain): boolean {
  if (!isTable(a) || !isTable(b)) return isTable(a) !== isTable(b)
  return Object.entries(a).some(([key, value]) => {
    const other = Object.hasOwn(b, key) ? b[key] : undefined
    return other !== undefined && mixed(value, other)
  })
}

const meaning = ({ document }: Composition): string => JSON.stringify(ordered(document))

function ordered(value: Plain): Plain {
  if (!isTable(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, one]) => [key, ordered(one)]))
}

describe('composing', () => {
  it('never throws, whatever the texts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...kinds), anyText), { maxLength: 4 }),
        fc.constantFrom('current' as const, 'older' as const),
        fc.option(fc.string(), { nil: undefined }),
        (given, generation, host) => {
          const some = given.map(([kind, text]): Layer => ({ kind, name: kind, text }))
          const options = host === undefined ? { generation } : { generation, host }
          const { keys, errors } = compose(some, options)
          for (const { from, beat } of [
            ...keys,
            ...errors.map((e) => ({ from: e.places, beat: [] })),
          ])
            for (const at of [...from, ...beat]) expect(some[at.layer]).toBeDefined()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives one layer back as it is', () => {
    fc.assert(
      fc.property(policyValue, (value) => {
        fc.pre(!repeats(value))
        const one = delivered(value)
        const composed = compose([one])
        expect(composed.keys.flatMap(({ beat }) => beat)).toEqual([])
        expect(meaning(composed)).toBe(JSON.stringify(ordered(toPlain(readLayer(one).root))))
      }),
      { numRuns: 200 },
    )
  })

  it('takes every value from a layer that has it, and names the place', () => {
    fc.assert(
      fc.property(layers, (given) => {
        for (const { path, value, from, gathered, beat } of compose(given).keys) {
          if (gathered && Array.isArray(value)) {
            const items: readonly Plain[] = value
            for (const [index, item] of items.entries()) {
              const one = given[from[index]?.layer ?? -1]
              expect(one && saidBy(one, path)).toContainEqual(item)
            }
            continue
          }
          const [origin] = from
          const one = given[origin?.layer ?? -1]
          expect(one && saidBy(one, path)).toEqual(value)
          if (one !== undefined && origin !== undefined && one.kind !== 'legacy')
            expect(textAt(one, origin.line, origin.column)).toMatch(/^["'A-Za-z0-9_-]/)
          for (const lost of beat) expect(given[lost.layer]).toBeDefined()
        }
      }),
      { numRuns: 200 },
    )
  })

  it('does not depend on how it is bracketed, where no table meets a plain value', () => {
    fc.assert(
      fc.property(policyValue, policyValue, policyValue, (a, b, c) => {
        fc.pre(!mixed(a, b) && !mixed(b, c) && !mixed(a, c))
        const all = [a, b, c].map(delivered)
        const left = compose([delivered(compose(all.slice(0, 2)).document), ...all.slice(2)])
        const right = compose([...all.slice(0, 1), delivered(compose(all.slice(1)).document)])
        expect(meaning(left)).toBe(meaning(compose(all)))
        expect(meaning(right)).toBe(meaning(compose(all)))
      }),
      { numRuns: 200 },
    )
  })

  it('does not depend on the order in which layers of different kinds are given', () => {
    fc.assert(
      fc.property(policyValue, policyValue, policyValue, (a, b, c) => {
        const some: Layer[] = [
          { ...delivered(a), kind: 'delivered' },
          { ...delivered(b), kind: 'system' },
          { ...delivered(c), kind: 'mdm' },
        ]
        expect(meaning(compose(some.toReversed()))).toBe(meaning(compose(some)))
      }),
      { numRuns: 100 },
    )
  })
})

/** The lists that layers add to without repeating an item do not repeat one of a single layer either. */
function repeats(value: PlainTable): boolean {
  const lists = [
    nodeAt(value, 'auto_review', 'required_on_models'),
    nodeAt(value, 'permissions', 'filesystem', 'deny_read'),
  ]
  return lists.some((list) => Array.isArray(list) && new Set(list).size < list.length)
}

function nodeAt(value: Plain, ...path: readonly string[]): Plain | undefined {
  return path.reduce<Plain | undefined>(
    (at, step) =>
      at !== undefined && isTable(at) && Object.hasOwn(at, step) ? at[step] : undefined,
    value,
  )
}
