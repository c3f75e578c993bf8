import { measures, type Measures } from '#features/telemetry/index.ts'
import { day } from '#kernel/clock.ts'
import type { Work } from '#kernel/work.ts'
import type { Ask, Dimension } from './ask.ts'
import { periodOf, type LocalDay } from './calendar.ts'
import { changesBetween, costOf, meanPrice, priceAt, type Price } from './prices.ts'
import { releasedCells, type Released } from './released/reading.ts'
import { peopleRows } from './store.people.ts'
import { groupSets, sumRows } from './store.sums.ts'

/** Sums of one period and one value of what is split by; '' where nothing is. */
export interface Cell {
  readonly period: LocalDay
  readonly value: string
  readonly sums: Readonly<Record<keyof Measures, number>>
  /** Null where a model among them has no price. */
  readonly cost: number | null
}

/** Cells in order of time, then value; `held`: how many were kept from whoever may not see persons. */
export interface Cells<C> {
  readonly cells: readonly C[]
  readonly held: number
}

const tokenMeasures = ['tokens_input', 'tokens_cached', 'tokens_output'] as const

/** The sums of an ask. Tokens are always among them, for the cost. */
export function* sumCells(ask: Ask, wanted: readonly (keyof Measures)[]): Work<Cells<Cell>> {
  if (ask.k !== null) return yield* releasedSums(ask, ask.k)
  const sets = yield* groupSets()
  const asked = [...new Set([...wanted, ...tokenMeasures])]
  const adding = createAdding()
  const changes = [ask.from, ...changesBetween(ask.prices, ask.from, ask.until)]
  for (const row of yield* sumRows(ask, asked, sets)) {
    const values = ask.by === 'group' ? (sets.get(Number(row.value)) ?? ['']) : [String(row.value)]
    const cost = costAt(ask, row.model, changes[row.stretch] ?? ask.from, row)
    for (const value of values) adding.add(row.period, value, cost, row)
  }
  return { cells: adding.cells(), held: 0 }
}

/** Of each period the sum of what is shown of its days. */
function* releasedSums(ask: Ask, k: number): Work<Cells<Cell>> {
  const { cells, held } = yield* releasedOf(ask, k, 'day')
  const prices = yield* pricesOfDays(ask, k)
  const adding = createAdding()
  const { dimension } = dimensionOf(ask)
  for (const cell of cells) {
    const cost =
      dimension === 'model'
        ? costAt(ask, cell.value, cell.start, cell)
        : costBy(prices.get(cell.start), cell)
    const period = periodOf(cell.start / day, ask.unit)
    adding.add(period, ask.by === 'none' ? '' : cell.value, cost, cell)
  }
  return { cells: adding.cells(), held }
}

/**
 * What a token cost on each day, in the mean of the models that are shown: which models somebody's tokens went to is no more told
 * by what they cost than by what is shown of the models.
 */
function* pricesOfDays(ask: Ask, k: number): Work<ReadonlyMap<number, Price | undefined>> {
  const { cells } = yield* releasedCells({
    ...ask,
    k,
    unit: 'day',
    dimension: 'model',
    only: undefined,
  })
  return new Map(
    [...Map.groupBy(cells, (cell) => cell.start)].map(([start, models]) => [
      start,
      meanPrice(
        models
          .filter((cell) => cell.tokens_input > 0 || cell.tokens_output > 0)
          .map((cell) => ({
            price: priceAt(ask.prices, cell.value, start),
            tokens: tokensOf(cell),
          })),
      ),
    ]),
  )
}

/** The released cells of the dimension and value that are asked for. */
export function* releasedOf(ask: Ask, k: number, unit: Ask['unit']): Work<Released> {
  return yield* releasedCells({
    ...dimensionOf(ask),
    unit,
    from: ask.from,
    // Whole periods only.
    until: periodOf(ask.until / day, unit) * day,
    k,
  })
}

/** The one dimension that is filtered or split by, and the value it is held to. */
function dimensionOf({ by, filter }: Pick<Ask, 'by' | 'filter'>): {
  readonly dimension: Dimension
  readonly only: string | undefined
} {
  const [entry] = Object.entries(filter) as [Dimension, string][]
  return { dimension: entry?.[0] ?? by, only: entry?.[1] }
}

interface Adding {
  readonly sums: Record<keyof Measures, number>
  cost: number | null
}

function createAdding() {
  const found = new Map<string, Adding & { readonly period: LocalDay; readonly value: string }>()
  return {
    add(period: LocalDay, value: string, cost: number | null, sums: Partial<Measures>): void {
      const key = `${period} ${value}`
      const cell = found.get(key) ?? { period, value, sums: { ...zero }, cost: 0 }
      found.set(key, cell)
      for (const measure of measures) cell.sums[measure] += sums[measure] ?? 0
      cell.cost = cell.cost === null || cost === null ? null : cell.cost + cost
    },
    cells: (): readonly Cell[] => [...found.values()].sort(inOrder),
  }
}

export const tokensOf = (sums: Partial<Measures>) => ({
  input: sums.tokens_input ?? 0,
  cachedInput: sums.tokens_cached ?? 0,
  output: sums.tokens_output ?? 0,
})

/** 0 where there are no tokens: what costs nothing needs no price. */
const costBy = (price: Price | undefined, sums: Partial<Measures>): number | null => {
  const tokens = tokensOf(sums)
  return tokens.input === 0 && tokens.output === 0 ? 0 : (costOf(price, tokens) ?? null)
}

export const costAt = (
  { prices }: Pick<Ask, 'prices'>,
  model: string,
  at: number,
  sums: Partial<Measures>,
): number | null => costBy(priceAt(prices, model, at), sums)

const zero = Object.fromEntries(measures.map((m) => [m, 0])) as Record<keyof Measures, number>

interface Placed {
  readonly period: LocalDay
  readonly value: string
}
export const inOrder = (a: Placed, b: Placed): number =>
  a.period - b.period || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)

/** How many different people were there in a period. */
export interface PeopleCell {
  readonly period: LocalDay
  readonly value: string
  readonly people: number
}

/** The distinct people of an ask. Whoever may not see persons sees whole periods, and multiples of k. */
export function* peopleCells(ask: Ask): Work<Cells<PeopleCell>> {
  if (ask.k === null) {
    const rows = yield* peopleRows(ask, yield* groupSets())
    return { cells: [...rows].sort(inOrder), held: 0 }
  }
  const { cells, held } = yield* releasedOf(ask, ask.k, ask.unit)
  return {
    cells: cells.map(({ start, value, people }) => ({
      period: start / day,
      value: ask.by === 'none' ? '' : value,
      people,
    })),
    held,
  }
}
