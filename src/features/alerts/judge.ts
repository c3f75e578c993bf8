/** Whether an alert fires, from figures alone. Told once: a firing goes on until the figure is well on the other side again. */
import type { Rule } from './schema.ts'

/** A figure of one day, week or month. Periods are numbers that grow with time. */
export interface Point {
  readonly period: number
  /** Null: cannot be told. */
  readonly value: number | null
  /** At least so much: days of it were left out, being about few people. */
  readonly partial: boolean
  readonly why: string | null
}

/** The period in which the firing that goes on began; null: none does. */
export type Standing = number | null

export type Event =
  | { readonly kind: 'fire'; readonly point: Point }
  | { readonly kind: 'end'; readonly point: Point; readonly because: 'over' | 'period' }

export interface Judged {
  readonly standing: Standing
  readonly events: readonly Event[]
  /** Of the last point: why nothing can be said. */
  readonly why: string | null
}

type Limits = Pick<Rule, 'condition' | 'amount'> & {
  /** Days add up: each period is a sum of its own, and reaching an amount is told in each. */
  readonly adds: boolean
}

/** How far a figure has to come back before a firing ends, so that one that hovers is told once. */
const margin = 0.1

/**
 * @param points of periods in order, each judged beside the one before it.
 * @param from periods before it are only compared with.
 */
export function judgePoints(
  limits: Limits,
  before: Standing,
  points: readonly Point[],
  from = -Infinity,
): Judged {
  let standing = before
  let why: string | null = null
  const events: Event[] = []
  points.forEach((point, i) => {
    if (point.period < from) return
    if (
      standing !== null &&
      limits.adds &&
      limits.condition === 'reaches' &&
      point.period > standing
    ) {
      events.push({ kind: 'end', point, because: 'period' })
      standing = null
    }
    const verdict = verdictOf(limits, point, points[i - 1])
    why = verdict.why
    if (standing === null && verdict.fires) {
      events.push({ kind: 'fire', point })
      standing = point.period
    } else if (standing !== null && verdict.over) {
      events.push({ kind: 'end', point, because: 'over' })
      standing = null
    }
  })
  return { standing, events, why }
}

interface Verdict {
  readonly fires: boolean
  /** A firing ends. Between the two nothing changes. */
  readonly over: boolean
  readonly why: string | null
}

const unknown = (why: string): Verdict => ({ fires: false, over: false, why })
const upward = (value: number, amount: number): Verdict => ({
  fires: value >= amount,
  over: value < amount * (1 - margin),
  why: null,
})
/** Why what was left out keeps a figure from being told. */
export const few = 'Days of it are not shown: they are about too few people, or not decided on yet.'

function verdictOf({ condition, amount }: Limits, point: Point, before?: Point): Verdict {
  const { value, partial } = point
  if (value === null) return unknown(point.why ?? 'There is no figure.')
  if (condition === 'reaches') {
    // What was left out only adds to it. Nothing but what was left out says nothing.
    const verdict = upward(value, amount)
    return partial && !verdict.fires
      ? { fires: false, over: false, why: value === 0 ? few : null }
      : verdict
  }
  if (partial) return unknown(few)
  if (condition === 'absent') return { fires: value === 0, over: value > 0, why: null }
  if (condition === 'below')
    return { fires: value < amount, over: value > 0 && value >= amount * (1 + margin), why: null }
  // A change against nothing, or against what cannot be told, is no figure.
  if (!before || before.value === null || before.value === 0 || before.partial)
    return { fires: false, over: true, why: null }
  const percent = (value / before.value - 1) * 100
  return upward(condition === 'rise' ? percent : -percent, amount)
}
