import { createHash } from 'node:crypto'

/**
 * Which sums of a day may be shown to somebody who may not see single persons, so that nothing computed from all of them together,
 * with any factors, is about fewer than `k` persons.
 *
 * Everybody of the day is put into one of `k` lots. A value is a sum over kinds of rows (`Part`: the same groups, surface, client,
 * model, version and policy), so the values shown are rows of a matrix with a column for each kind. They are chosen so that in each
 * lot alone, the columns of the kinds that somebody of the lot has, the matrix has the rank that it has in all of them.
 *
 * Why that is enough: take any combination of the values shown that does not vanish. If what is left in it were about fewer than
 * `k` persons, some lot would have none of them, and the combination would be nothing in all columns of that lot. But those columns
 * span all of them, so it would be nothing at all. Decided for a day, it holds for sums of days: what is left of several days is
 * about at least as many persons as what is left of one.
 *
 * It is enough, not necessary: of `n` persons it shows at most `n / k` values that do not follow from each other.
 */

/** Rows of one kind, and what they count in. */
export interface Part {
  readonly persons: ReadonlySet<string>
  /** The keys of the values that they are in. */
  readonly values: readonly string[]
}

/** Values that are looked at, those of most persons first: what one day may cost. */
const most = 250

/** The values that may be shown. The order of the parts makes no difference. */
export function shownWith(k: number, parts: readonly Part[]): ReadonlySet<string> {
  const candidates = candidatesOf(k, parts)
  const lots = lotsOf(k, parts, candidates)
  const width = candidates.length + 8
  const whole = { rows: matrixOf(candidates, parts, width), span: createSpan() }
  const each = lots.map((lot) => ({
    rows: matrixOf(
      candidates,
      parts.filter(({ persons }) => !lot.isDisjointFrom(persons)),
      width,
    ),
    span: createSpan(),
  }))
  const nothing = new Float64Array(width)
  const shown = new Set<string>()
  for (const [row, key] of candidates.entries()) {
    const reduced = ({ rows, span }: typeof whole) => span.reduce(rows[row] ?? nothing)
    const rest = reduced(whole)
    // What follows from what is shown already tells nothing more.
    if (rest) {
      const rests = each.flatMap((lot) => reduced(lot) ?? [])
      if (rests.length < k) continue
      whole.span.add(rest)
      rests.forEach((left, lot) => each[lot]?.span.add(left))
    }
    shown.add(key)
  }
  return shown
}

/** Values about at least `k`, those about most first. */
function candidatesOf(k: number, parts: readonly Part[]): readonly string[] {
  const persons = new Map<string, Set<string>>()
  for (const part of parts)
    for (const key of part.values) {
      const known = persons.get(key) ?? new Set()
      persons.set(key, known)
      for (const person of part.persons) known.add(person)
    }
  return [...persons]
    .filter(([, { size }]) => size >= k)
    .sort(([a, p], [b, q]) => q.size - p.size || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key]) => key)
}

/**
 * Any lots do; these have as many values as can be in each of them: whoever is in the rarest values chooses first, and goes where
 * they are missing.
 */
function lotsOf(
  k: number,
  parts: readonly Part[],
  candidates: readonly string[],
): readonly ReadonlySet<string>[] {
  const rank = new Map(candidates.map((key, index) => [key, index]))
  const mine = new Map<string, Set<number>>()
  for (const { persons, values } of parts)
    for (const person of persons) {
      const known = mine.get(person) ?? new Set()
      mine.set(person, known)
      for (const key of values) {
        const index = rank.get(key)
        if (index !== undefined) known.add(index)
      }
    }
  const people = [...mine]
    .map(([person, values]) => ({ person, values: [...values].sort((a, b) => b - a) }))
    .sort((a, b) => compare(b.values, a.values) || (a.person < b.person ? -1 : 1))
  const lots = Array.from({ length: k }, () => ({
    persons: new Set<string>(),
    has: new Map<number, number>(),
  }))
  for (const { person, values } of people) {
    const [best] = lots
      .map((lot) => ({ lot, missing: values.map((value) => -(lot.has.get(value) ?? 0)) }))
      .reduce<readonly [Placing] | readonly []>(([known], next) => [better(known, next)], [])
    best?.lot.persons.add(person)
    for (const value of values) best?.lot.has.set(value, (best.lot.has.get(value) ?? 0) + 1)
  }
  return lots.map(({ persons }) => persons)
}

interface Placing {
  readonly lot: { readonly persons: Set<string>; readonly has: Map<number, number> }
  readonly missing: readonly number[]
}

/** The lot where the values are rarer, else the one with fewer persons. */
function better(known: Placing | undefined, next: Placing): Placing {
  if (!known) return next
  const rarer = compare(next.missing, known.missing)
  return rarer > 0 || (rarer === 0 && next.lot.persons.size < known.lot.persons.size) ? next : known
}

/** By the first numbers that differ. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const left = (a[i] ?? -1) - (b[i] ?? -1)
    if (left !== 0) return left
  }
  return 0
}

/** Reckoned modulo this prime; products of two numbers below it are exact. */
const prime = 67_108_859

/**
 * The matrix with a row for each candidate. Its columns, which may be thousands, are added up with factors at random into a few
 * more than it has rows: its rank stays, but for a chance of one in prime ** 8.
 */
function matrixOf(
  candidates: readonly string[],
  parts: readonly Part[],
  width: number,
): readonly Float64Array[] {
  const rows = new Map(candidates.map((key) => [key, new Float64Array(width)]))
  for (const { values } of parts) {
    const factors = factorsOf([...values].sort().join('\n'), width)
    for (const key of new Set(values)) {
      const row = rows.get(key)
      if (row) for (let i = 0; i < width; i++) row[i] = ((row[i] ?? 0) + (factors[i] ?? 0)) % prime
    }
  }
  return [...rows.values()]
}

/** The same for the same name, whatever the order of the parts. */
function factorsOf(name: string, width: number): readonly number[] {
  const factors: number[] = []
  for (let block = 0; factors.length < width; block++) {
    const hash = createHash('sha256').update(`${block} ${name}`).digest()
    for (let at = 0; at < hash.length; at += 4) factors.push(hash.readUInt32LE(at) % prime)
  }
  return factors
}

/** What some rows span: each stands reduced by those before it, and with a 1 at its first number. */
function createSpan() {
  const rows: { readonly row: Float64Array; readonly pivot: number }[] = []
  return {
    /** What is left of a row; undefined: nothing, it follows from the others. */
    reduce(of: Float64Array): Float64Array | undefined {
      const rest = Float64Array.from(of)
      for (const { row, pivot } of rows) {
        const times = rest[pivot] ?? 0
        if (times === 0) continue
        for (let i = pivot; i < rest.length; i++)
          rest[i] = ((rest[i] ?? 0) + (prime - times) * (row[i] ?? 0)) % prime
      }
      return rest.some((value) => value !== 0) ? rest : undefined
    },
    add(rest: Float64Array): void {
      const pivot = rest.findIndex((value) => value !== 0)
      const inverse = power(rest[pivot] ?? 1, prime - 2)
      rows.push({ row: rest.map((value) => (value * inverse) % prime), pivot })
    },
  }
}

function power(base: number, exponent: number): number {
  let [result, square] = [1, base]
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) % prime
    square = (square * square) % prime
  }
  return result
}
