import { day } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import {
  dayOfDate,
  localDay,
  spansOf,
  startOfDay,
  type LocalDay,
  type Span,
  type Unit,
} from './calendar.ts'
import { ripeUntil } from './released/ripe.ts'
import type { Price } from './prices.ts'
import {
  filters as filterKeys,
  type Dimension,
  type QuestionQuery,
  type Settings,
} from './schema.ts'

export type { Dimension } from './schema.ts'

export { filters as filterKeys } from './schema.ts'
export type FilterKey = (typeof filterKeys)[number]
export type Filter = Readonly<Partial<Record<FilterKey, string>>>

/** One question, ready to be put: everything it depends on, so that the same one is answered the same. */
export interface Ask {
  /** Starts of the first day and of the day after the last. */
  readonly from: number
  readonly until: number
  readonly unit: Unit
  readonly zone: string
  readonly spans: readonly Span[]
  readonly by: Dimension
  readonly filter: Filter
  readonly prices: readonly Price[]
  readonly currency: string
  /** Null: may see single persons. Else what is released about at least so many (released/release.ts). */
  readonly k: number | null
}

/** A year and a day: more rows help nobody, and no question may take for ever. */
export const mostDays = 400
const usualDays = 30

export interface Asked {
  readonly query: Omit<QuestionQuery, 'format'>
  readonly settings: Settings
  readonly prices: readonly Price[]
  readonly persons: boolean
  /** What the question can be split by, and what it is where nothing is said. */
  readonly dimensions: readonly Dimension[]
  readonly usually: Dimension
  /** What it can be filtered by. */
  readonly filters: readonly FilterKey[]
  /** What each row of the answer stands for, where that is a dimension of its own. */
  readonly rowsOf: string | undefined
  readonly now: number
}

/**
 * Throws `invalid_input` for what cannot be asked. Whoever may not see persons asks of whole days of UTC that are released, and of
 * one thing at a time.
 */
export function readAsk(asked: Asked): Ask {
  const { query, settings, prices, persons, now } = asked
  const zone = persons ? (query.zone ?? settings.zone) : 'UTC'
  const today = localDay(now, zone)
  const last = query.to === undefined ? today : dayOf('to', query.to)
  const firstDay = query.from === undefined ? last - usualDays + 1 : dayOf('from', query.from)
  if (firstDay > last) throw invalid('from', 'The first day is after the last.')
  if (last - firstDay >= mostDays) throw invalid('from', `At most ${mostDays} days at a time.`)
  const endDay = Math.max(firstDay, persons ? last + 1 : Math.min(last + 1, ripeUntil(now) / day))
  const { by, filter } = placeOf(asked)
  const [from, until] = [startOfDay(firstDay, zone), startOfDay(endDay, zone)]
  return {
    from,
    until,
    unit: query.unit,
    zone,
    spans: spansOf(from, Math.max(until, from + day), zone),
    by,
    filter,
    prices,
    currency: settings.currency,
    k: persons ? null : settings.k,
  }
}

function placeOf({ query, dimensions, usually, filters, rowsOf, persons }: Asked) {
  const by = query.by ?? usually
  if (!dimensions.includes(by))
    throw invalid('by', `This can be split by ${dimensions.join(', ')}.`)
  const filter = filterOf(query)
  for (const key of filterKeys)
    if (filter[key] !== undefined && !filters.includes(key))
      throw invalid(
        key,
        filters.length === 0
          ? 'This cannot be filtered.'
          : `This can be filtered by ${filters.join(' and ')} only.`,
      )
  if (!persons) refuseCrossing(by, filter, rowsOf)
  return { by, filter }
}

function filterOf({ group, surface, model, client }: Asked['query']): Filter {
  return {
    ...(group === undefined ? {} : { group }),
    ...(surface === undefined ? {} : { surface }),
    ...(model === undefined ? {} : { model }),
    ...(client === undefined ? {} : { client }),
  }
}

function refuseCrossing(by: Dimension, filter: Filter, rowsOf: string | undefined): void {
  const used = new Set<string>([
    ...Object.keys(filter),
    ...(by === 'none' ? [] : [by]),
    ...(rowsOf === undefined ? [] : [rowsOf]),
  ])
  if (used.size > 1)
    throw new Problem(
      'forbidden',
      `${[...used].join(' and ')} together can single out a person, which needs the permission analytics.persons.`,
      { remedy: 'Filter or split by one of them.' },
    )
}

/** Throws `invalid_input` for a date that there is not. */
export function dayOf(field: string, text: string): LocalDay {
  const found = dayOfDate(text)
  if (found === undefined) throw invalid(field, 'There is no such date.')
  return found
}

export const invalid = (field: string, message: string): Problem =>
  new Problem('invalid_input', message, { errors: [{ field: `query.${field}`, message }] })
