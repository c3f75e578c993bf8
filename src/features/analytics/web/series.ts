import type { Answer, Column, Row } from '../schema.ts'

export interface Line {
  readonly name: string
  readonly points: readonly (number | null)[]
}

/** Times (seconds) and lines with a point for each; null: nothing is known there. */
export interface Lines {
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  readonly kind: Column['kind']
}

type Unit = Answer['unit']

/** As many as can be told apart. */
const most = 5
const day = 86_400_000

export const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const startOf = (date: string): number => Date.parse(`${date}T00:00:00Z`)

const isFigure = ({ kind }: Column): boolean => kind !== 'text' && kind !== 'date'
/** Whether the values of several periods can be added. People are counted once in each. */
const adds = ({ key, kind }: Column): boolean =>
  key !== 'people' && (kind === 'count' || kind === 'tokens' || kind === 'cost')

/** What can be drawn, what is drawn first at the front: waiting times rather than how many there were. */
export function figuresOf(columns: readonly Column[]): readonly Column[] {
  const figures = columns.filter(isFigure)
  const times = figures.filter(({ kind }) => kind === 'ms')
  return [...times, ...figures.filter(({ kind }) => kind !== 'ms')]
}

/** The first days of the periods between two dates, as rows name them; weeks begin on Monday. */
export function periodsBetween(from: string, to: string, unit: Unit): readonly string[] {
  const found: string[] = []
  for (let at = startOf(from); at <= startOf(to); at += day) {
    const period = periodOf(at, unit)
    if (found.at(-1) !== period) found.push(period)
  }
  return found
}

function periodOf(at: number, unit: Unit): string {
  const date = new Date(at)
  if (unit === 'week') return dateOf(at - ((date.getUTCDay() + 6) % 7) * day)
  return unit === 'month' ? `${dateOf(at).slice(0, 7)}-01` : dateOf(at)
}

interface Drawn {
  readonly figure: Column
  readonly periods: readonly string[]
  /** Of the time before, in which there are as many. */
  readonly earlier?: { readonly answer: Answer; readonly periods: readonly string[] } | undefined
}

/**
 * What a chart shows of an answer: one figure, of the largest values, and where it is not split the time before it beside;
 * undefined where rows are no times. A period without a row had nothing, unless values are held back.
 */
export function linesOf(answer: Answer, { figure, periods, earlier }: Drawn): Lines | undefined {
  if (!answer.columns.some(({ key }) => key === 'period')) return undefined
  const lines = named(answer, figure, periods).slice(0, most)
  const before =
    earlier && answer.by === 'none'
      ? named(earlier.answer, figure, earlier.periods).map(({ points }) => ({
          name: 'The time before',
          points: periods.map((_, i) => points[i] ?? null),
        }))
      : []
  return {
    times: periods.map((date) => startOf(date) / 1000),
    lines: [...lines, ...before],
    kind: figure.kind,
  }
}

function named(
  { rows, held }: Answer,
  figure: Column,
  periods: readonly string[],
): readonly Line[] {
  const byName = new Map<string, Map<string, number | null>>()
  for (const row of rows) {
    const name = String(row['value'] ?? figure.title)
    const points = byName.get(name) ?? new Map<string, number | null>()
    byName.set(name, points)
    points.set(String(row['period']), add(points.get(String(row['period'])), row[figure.key]))
  }
  const nothing = held === null && figure.kind !== 'ms' && figure.kind !== 'share' ? 0 : null
  const total = (points: ReadonlyMap<string, number | null>): number =>
    [...points.values()].reduce<number>((sum, n) => sum + (n ?? 0), 0)
  return [...byName]
    .sort(([, a], [, b]) => total(b) - total(a))
    .map(([name, points]) => ({
      name,
      points: periods.map((date) => (points.has(date) ? (points.get(date) ?? null) : nothing)),
    }))
}

/** Failures have several rows of one value in a period. */
const add = (before: number | null | undefined, value: Row[string] | undefined): number | null =>
  typeof value === 'number' ? (before ?? 0) + value : (before ?? null)

/** All of a figure in a time; undefined where its values do not add up, or one of them is not known. */
export function sumOf({ rows, by }: Answer, figure: Column): number | undefined {
  if (by !== 'none' || !adds(figure)) return undefined
  const values = rows.map((row) => row[figure.key])
  if (values.some((value) => typeof value !== 'number')) return undefined
  return values.reduce<number>((sum, value) => sum + Number(value), 0)
}

/** The days just before a range, as many as it has. */
export function periodBefore(
  from: string,
  to: string,
): { readonly from: string; readonly to: string } {
  const [start, end] = [startOf(from), startOf(to)]
  return { from: dateOf(start - (end - start) - day), to: dateOf(start - day) }
}
