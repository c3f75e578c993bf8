/** The figures of an alert, from the questions of analytics. */
import {
  answerTo,
  dateText,
  nextPeriod,
  type Answer,
  type LocalDay,
  type Put,
  type Row,
} from '#features/analytics/index.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { few, type Point } from './judge.ts'
import { lastDay } from './periods.ts'
import { measures, type Measure, type Rule } from './schema.ts'

export interface Wanted {
  readonly rule: Rule
  /** First days, in order, without gaps. */
  readonly periods: readonly LocalDay[]
}

export interface Series {
  readonly points: readonly Point[]
  readonly currency: string
}

interface Reading {
  readonly question: string
  readonly columns: readonly string[]
  readonly query: Put['query']
  /** The row of what is asked about, where the question cannot be narrowed to it. */
  readonly id: string | null
}

/** Of each period one figure. Throws what analytics throws for what cannot be asked. */
export function* seriesOf({ rule, periods }: Wanted, now: number): Work<Series> {
  const [first, last] = [periods[0], periods.at(-1)]
  if (first === undefined || last === undefined) return { points: [], currency: '' }
  const reading = readingOf(rule)
  const whole = yield* ask(reading, rule, first, last, now)
  const byPeriod = whole.columns.some(({ key }) => key === 'period')
  const { currency } = whole
  // How much was left out stands in an answer as a whole, so that each period needs one of its own then.
  if (byPeriod && (whole.held?.cells ?? 0) === 0) {
    const rows = Map.groupBy(whole.rows, (row) => row['period'])
    const points = periods.map((p) => pointOf(rule, p, rows.get(dateText(p)) ?? [], reading, 0))
    return { points, currency }
  }
  const points: Point[] = []
  for (const period of periods) {
    const { rows, held } =
      periods.length === 1 ? whole : yield* ask(reading, rule, period, period, now)
    points.push(pointOf(rule, period, rows, reading, held?.cells ?? 0))
  }
  return { points, currency }
}

/** Days that add up to a period, for the day on which it reached an amount; undefined where the question has no days. */
export function* daysOf(
  { rule, periods }: Wanted,
  now: number,
): Work<readonly Point[] | undefined> {
  const [first, last] = [periods[0], periods.at(-1)]
  if (rule.of === 'member' || first === undefined || last === undefined) return undefined
  const until = Math.min(nextPeriod(last, rule.unit) - 1, lastDay(rule, now))
  const reading = readingOf(rule)
  const answer = yield* ask(reading, { ...rule, unit: 'day' }, first, until, now)
  if (!answer.columns.some(({ key }) => key === 'period')) return undefined
  const rows = Map.groupBy(answer.rows, (row) => row['period'])
  return Array.from({ length: until - first + 1 }, (_, n) =>
    pointOf(rule, first + n, rows.get(dateText(first + n)) ?? [], reading, 0),
  )
}

/** The same beside the thread that answers requests (kernel/aside.ts). */
export const seriesAside = (runtime: Runtime, wanted: Wanted): Promise<Series> =>
  runtime.db.read(() => seriesOf(wanted, runtime.clock()))

export const daysAside = (
  runtime: Runtime,
  wanted: Wanted,
): Promise<readonly Point[] | undefined> => runtime.db.read(() => daysOf(wanted, runtime.clock()))

export const seriesPlace = new URL(import.meta.url)

const unsplit = { unit: 'day', by: 'none' } as const

function readingOf({ measure, of, value }: Rule): Reading {
  const { question, columns, ofMember }: Measure = measures[measure]
  if (of === 'member')
    return { question: 'people', columns: [ofMember ?? ''], query: unsplit, id: value }
  if (of === 'version' || of === 'policy')
    return { question, columns, query: { unit: 'day', by: of }, id: value }
  const filter = of === 'workspace' ? {} : { [of]: value }
  return { question, columns, query: { ...unsplit, ...filter }, id: null }
}

function* ask(
  { question, query }: Reading,
  rule: Rule,
  first: LocalDay,
  last: LocalDay,
  now: number,
): Work<Answer> {
  const to = Math.min(nextPeriod(last, rule.unit) - 1, lastDay(rule, now))
  const days = { from: dateText(first), to: dateText(to), unit: rule.unit, zone: 'UTC' }
  return yield* answerTo({ key: question, query: { ...query, ...days }, persons: rule.exact }, now)
}

/** The question about people names those who used most tokens. */
const mostPeople = 1000

function pointOf(
  rule: Rule,
  period: LocalDay,
  rows: readonly Row[],
  { columns, id }: Reading,
  held: number,
): Point {
  const { kind } = measures[rule.measure]
  const mine = id === null ? rows : rows.filter((row) => row['id'] === id)
  const partial = held > 0
  const cells = mine.flatMap((row) => columns.map((column) => row[column] ?? null))
  const gone = (why: string): Point => ({ period, value: null, partial, why })
  // Sums and people without some days are at least so many; shares and percentiles are anything.
  if (partial && (kind === 'ms' || kind === 'percent')) return gone(few)
  if (kind === 'cost' && cells.includes(null)) return gone('A model among them has no price.')
  if (kind === 'ms' && cells.length === 0) return gone('Nothing came that could be measured.')
  if (kind === 'percent' && rows.length === 0) return gone('Nobody was active.')
  if (rule.of === 'member' && cells.length === 0 && rows.length >= mostPeople)
    return gone('There are more people than an answer names.')
  const sum = cells.reduce<number>((n, cell) => n + Number(cell ?? 0), 0)
  const value = kind === 'percent' ? sum * 100 : sum
  return { period, value, partial, why: null }
}
