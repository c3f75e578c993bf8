import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownWith, type Part } from './anonymity.ts'

/** Parts of so many persons, nobody in two of them. */
const apart = (parts: readonly (readonly [number, ...string[]])[]): readonly Part[] =>
  parts.map(([count, ...values], part) => ({
    persons: new Set(Array.from({ length: count }, (_, n) => `${part}-${n}`)),
    values,
  }))
const shown = (k: number, ...parts: readonly (readonly [number, ...string[]])[]) =>
  [...shownWith(k, apart(parts))].sort()

describe('values about few persons', () => {
  it('are not shown', () => {
    expect(shown(5, [4, 'four'], [7, 'seven'])).toEqual(['seven'])
  })

  it('are not left over when the others are taken from the total', () => {
    const seen = shown(5, [8, 'all', 'a'], [9, 'all', 'b'], [2, 'all', 'c'])
    expect(seen).toContain('all')
    expect(seen).not.toContain('c')
    expect(seen).toHaveLength(2)
  })

  it('are not what one group has more than another', () => {
    expect(shown(5, [10, 'department', 'team'], [1, 'department'])).toHaveLength(1)
    expect(shown(5, [10, 'department', 'team'], [6, 'department'])).toHaveLength(2)
  })

  it('are not found by adding and taking away several', () => {
    // Of group C she alone uses m1 and m2: m1 + m2 − A = her.
    const seen = shown(5, [1, 'C', 'm1'], [9, 'C', 'm3'], [8, 'A', 'm1'], [8, 'A', 'm2'])
    expect(seen.length).toBeGreaterThan(1)
    const her: Part = { persons: new Set(['0-0']), values: ['C', 'm2'] }
    const both = shownWith(5, [
      ...apart([
        [1, 'C', 'm1'],
        [9, 'C', 'm3'],
        [8, 'A', 'm1'],
        [8, 'A', 'm2'],
      ]),
      her,
    ])
    expect(['A', 'm1', 'm2'].every((key) => both.has(key))).toBe(false)
  })

  it('are all that is held back of a company that is large enough', () => {
    const parts = Array.from({ length: 300 }, (_, n) => ({
      persons: new Set([`p${n}`]),
      values: ['all', `group${n % 12}`, `model${(n * 7) % 3}`, `client${Math.floor(n / 3) % 4}`],
    }))
    expect(shownWith(5, parts).size).toBe(1 + 12 + 3 + 4)
  })
})

/** The rank over the rationals, by whole numbers alone. */
function rankOf(rows: readonly (readonly bigint[])[]): number {
  const left = rows.map((row) => [...row])
  let rank = 0
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const found = left.findIndex((row, i) => i >= rank && row[column] !== 0n)
    const pivot = left[found]
    if (!pivot) continue
    left[found] = left[rank] ?? []
    left[rank] = pivot
    for (let i = rank + 1; i < left.length; i++) {
      const [row, lead] = [left[i] ?? [], pivot[column] ?? 0n]
      const factor = row[column] ?? 0n
      left[i] = row.map((value, c) => value * lead - factor * (pivot[c] ?? 0n))
    }
    rank++
  }
  return rank
}

/** Whether some combination of the values is about these persons and nobody else. */
function isolates(parts: readonly Part[], values: readonly string[], few: ReadonlySet<string>) {
  const matrix = (of: readonly Part[]) =>
    values.map((key) => of.map((part) => (part.values.includes(key) ? 1n : 0n)))
  const others = parts.filter(({ persons }) => !persons.isSubsetOf(few))
  return rankOf(matrix(parts)) > rankOf(matrix(others))
}

const row = fc.record({
  person: fc.nat({ max: 9 }),
  group: fc.nat({ max: 2 }),
  second: fc.option(fc.nat({ max: 2 })),
  model: fc.nat({ max: 2 }),
  client: fc.nat({ max: 1 }),
})
const company = fc.array(row, { minLength: 4, maxLength: 24 }).map((rows) => {
  const parts = new Map<string, { persons: Set<string>; values: string[] }>()
  for (const { person, group, second, model, client } of rows) {
    const groups = [...new Set([group, ...(second === null ? [] : [second])])].sort()
    const values = ['all', ...groups.map((g) => `g${g}`), `m${model}`, `c${client}`]
    const part = parts.get(values.join()) ?? { persons: new Set<string>(), values }
    parts.set(values.join(), part)
    part.persons.add(`p${person}`)
  }
  return [...parts.values()]
})

describe('all that is shown of a small company', () => {
  it('tells nothing about fewer than k persons, by any combination', () => {
    const people = Array.from({ length: 10 }, (_, n) => `p${n}`)
    const fewer = people.flatMap((a, i) => people.slice(i).map((b) => new Set([a, b])))
    fc.assert(
      fc.property(company, (parts) => {
        const seen = [...shownWith(3, parts)]
        for (const few of fewer) expect(isolates(parts, seen, few)).toBe(false)
      }),
      { numRuns: 150 },
    )
  })

  it('is the same in whatever order it is read', () => {
    fc.assert(
      fc.property(company, fc.infiniteStream(fc.nat()), (parts, order) => {
        const mixed = parts
          .map((part) => ({ part, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ part }) => part)
        expect([...shownWith(3, mixed)].sort()).toEqual([...shownWith(3, parts)].sort())
      }),
    )
  })
})
