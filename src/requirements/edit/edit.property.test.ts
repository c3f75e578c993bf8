import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECK_CASES } from '../check.cases.ts'
import { applyFix } from '../complaint.ts'
import type { Path, Plain, PlainTable } from '../tree.ts'
import { removeValue, renameKey, setValue } from './edit.ts'
import { layoutOf } from './layout.ts'
import { same, valueAt, without, withValue } from './plain.ts'
import { anyValue, policyValue, writeAtRandom } from './random.document.ts'
import { isList, isTable } from './write.ts'

// GATEHOUSE_LONG=1 puts a hundred thousand texts through the edits.
const long = process.env.GATEHOUSE_LONG === '1'
const numRuns = long ? 8_000 : 500

const plainOf = (text: string): PlainTable => {
  const layout = layoutOf(text.replace(/^\uFEFF/, ''))
  if (layout === undefined) throw new Error(`not TOML:\n${text}`)
  return layout.plain
}

/** Every place of a document. */
function places(value: Plain, path: Path = []): readonly Path[] {
  const inner = isList(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : isTable(value)
      ? Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))
      : []
  return path.length === 0 ? inner : [path, ...inner]
}

const remarksOf = (text: string): readonly string[] => text.match(/remark \d+/g) ?? []

const documents = fc
  .tuple(policyValue, fc.integer())
  .map(([value, seed]) => ({ value, text: writeAtRandom(value, seed) }))

function done(edited: ReturnType<typeof setValue>, text: string): string {
  if ('problem' in edited) throw new Error(edited.problem)
  expect(applyFix(text, { title: '', edits: edited.edits })).toBe(edited.text)
  return edited.text
}

/** A `[[block]]` cannot become anything but a table, nor stand beside anything else; the edit says so. */
const refusedRightly = (edited: ReturnType<typeof setValue>, path: Path, value: Plain): boolean =>
  'problem' in edited && typeof path.at(-1) === 'number' && !isTable(value)

describe('the random documents', () => {
  it('mean what they were made from', () => {
    fc.assert(
      fc.property(documents, ({ value, text }) => {
        expect(same(plainOf(text), value)).toBe(true)
      }),
      { numRuns },
    )
  })
})

describe('setting a value', () => {
  it('changes a value where it stands, and no other, and keeps the comments outside of it', () => {
    fc.assert(
      fc.property(documents, fc.nat(), anyValue, ({ text }, pick, value) => {
        const before = plainOf(text)
        const all = places(before)
        const path = all[pick % Math.max(all.length, 1)]
        if (path === undefined) return
        const edited = setValue(text, path, value)
        if (refusedRightly(edited, path, value)) return
        const after = done(edited, text)
        expect(same(plainOf(after), withValue(before, path, value))).toBe(true)
        const back = done(setValue(after, path, valueAt(before, path) ?? ''), after)
        expect(same(plainOf(back), before)).toBe(true)
        const scalar = typeof value !== 'object' && typeof valueAt(before, path) !== 'object'
        if (scalar) expect(remarksOf(after)).toEqual(remarksOf(text))
      }),
      { numRuns },
    )
  })

  it('adds what is not there, with all tables on the way, and touches no byte of the rest', () => {
    fc.assert(
      fc.property(documents, policyValue, fc.nat(), ({ text }, other, pick) => {
        const before = plainOf(text)
        const fresh = places(other).filter(
          (path) =>
            valueAt(before, path) === undefined && withValue(before, path, 'x') !== undefined,
        )
        const path = fresh[pick % Math.max(fresh.length, 1)]
        if (path === undefined) return
        const value = valueAt(other, path) ?? ''
        const edited = setValue(text, path, value)
        if (refusedRightly(edited, path, value)) return
        const after = done(edited, text)
        expect(same(plainOf(after), withValue(before, path, value))).toBe(true)
        expect(remarksOf(after)).toEqual(remarksOf(text))
        // Only a comma or a line break of the old text may be written again around what is new.
        const kept = 'edits' in edited ? edited.edits : []
        for (const { from, to } of kept) expect(text.slice(from, to)).toMatch(/^[\s[\]{},]*$|#/)
      }),
      { numRuns },
    )
  })
})

describe('removing a value', () => {
  it('leaves everything else, and the comments on lines of their own', () => {
    fc.assert(
      fc.property(documents, fc.nat(), ({ text }, pick) => {
        const before = plainOf(text)
        const all = places(before)
        const path = all[pick % Math.max(all.length, 1)]
        if (path === undefined) return
        const after = plainOf(done(removeValue(text, path), text))
        // Up to empty tables above it, which may go with it.
        let wanted = without(before, path)
        for (
          let up = path.slice(0, -1);
          !same(after, wanted) && up.length > 0;
          up = up.slice(0, -1)
        ) {
          const there = valueAt(wanted, up)
          if (there === undefined || Object.keys(there).length > 0) break
          wanted = without(wanted, up)
        }
        expect(same(after, wanted)).toBe(true)
      }),
      { numRuns },
    )
  })
})

describe('renaming a key', () => {
  it('keeps the value and every comment', () => {
    fc.assert(
      fc.property(documents, fc.nat(), ({ text }, pick) => {
        const before = plainOf(text)
        const all = places(before).filter((path) => typeof path.at(-1) === 'string')
        const path = all[pick % Math.max(all.length, 1)]
        if (path === undefined) return
        const after = done(renameKey(text, path, 'quite new'), text)
        const moved = [...path.slice(0, -1), 'quite new']
        expect(same(valueAt(plainOf(after), moved), valueAt(before, path))).toBe(true)
        expect(valueAt(plainOf(after), path)).toBeUndefined()
        expect(remarksOf(after)).toEqual(remarksOf(text))
      }),
      { numRuns },
    )
  })
})

describe('any text at all', () => {
  const nearToml = fc
    .tuple(
      fc.constantFrom(...CHECK_CASES.map((c) => c.toml)),
      fc.constantFrom(...CHECK_CASES.map((c) => c.toml)),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('', '"', '[', ']', '{', '}', '\n', '=', '.', '\\', '\0', '"""', ' 1', ','),
    )
    .map(
      ([a, b, i, j, glue]) => a.slice(0, i % (a.length + 1)) + glue + b.slice(j % (b.length + 1)),
    )
  const step = fc.oneof(
    fc.constantFrom('rules', 'prefix_rules', 'features', 'permissions', 'a', 'mcp_servers'),
    fc.nat(2),
    fc.string(),
  )

  it('never makes an edit throw, and never lets one mean something else', () => {
    fc.assert(
      fc.property(nearToml, fc.array(step, { maxLength: 4 }), anyValue, (text, path, value) => {
        const edited = setValue(text, path, value)
        if ('text' in edited) expect(same(valueAt(plainOf(edited.text), path), value)).toBe(true)
        expect(edited).toBeDefined()
        expect(removeValue(text, path)).toBeDefined()
        expect(renameKey(text, path, 'x')).toBeDefined()
      }),
      { numRuns: long ? 100_000 : 1_000 },
    )
  })
})
