import { sql } from 'kysely'
import type { RuleDecision } from '#features/telemetry/index.ts'
import { all, type Work } from '#kernel/work.ts'
import type { Ask } from './ask.ts'
import type { LocalDay } from './calendar.ts'
import {
  filtered,
  isOfUtc,
  localDayOf,
  periodOfDay,
  q,
  setsWith,
  sumOf,
  bounded,
  valueOf,
  type GroupSets,
} from './store.sums.ts'

export interface RuleSum {
  readonly rule: string
  readonly rule_decision: RuleDecision
  readonly denied: number
  readonly ran: number
  readonly people: number
}

/** The rules that denied most, of days of UTC that begin in the time, so that no day is in two neighbouring times. */
export function* ruleSums(ask: Ask, sets: GroupSets, most: number): Work<readonly RuleSum[]> {
  const { group } = ask.filter
  const denied = sql<number>`cast(sum(case when outcome = 'denied' then count else 0 end) as bigint)`
  let query = q
    .selectFrom('telemetry_command_people')
    .where('day', '>=', ask.from)
    .where('day', '<', ask.until)
    // As a literal, so that the index of only these rows serves (migrations.ts).
    .where(sql<boolean>`rule <> ''`)
    .select([
      'rule',
      'rule_decision',
      denied.as('denied'),
      sql<number>`cast(sum(case when outcome = 'denied' then 0 else count end) as bigint)`.as(
        'ran',
      ),
      sql<number>`count(distinct person)`.as('people'),
    ])
    .groupBy(['rule', 'rule_decision'])
    .having(denied, '>', 0)
    .orderBy('denied', 'desc')
    .orderBy('rule')
    .limit(most)
  if (group !== undefined) query = query.where('group_set', 'in', setsWith(sets, group))
  return yield* all(query)
}

export interface BinSum {
  readonly period: LocalDay
  readonly value: string | number
  readonly bound: number
  readonly count: number
}

export function* firstTokenBins(ask: Ask, sets: GroupSets): Work<readonly BinSum[]> {
  const [table, time] = isOfUtc(ask)
    ? (['telemetry_histogram_days', 'day'] as const)
    : (['telemetry_histograms', 'hour'] as const)
  const query = q
    .selectFrom(table as 'telemetry_histograms')
    // As a literal, so that the index of only these rows serves (migrations.ts).
    .where(sql<boolean>`measure = 'first_token'`)
    .where(sql.ref(time), '>=', ask.from)
    .where(sql.ref(time), '<', ask.until)
    .select([
      periodOfDay(localDayOf(time, ask.spans), ask).as('period'),
      valueOf(ask).as('value'),
      'bound',
      sumOf('count').as('count'),
    ])
    .groupBy([sql`1`, sql`2`, 'bound'])
  const asked = filtered(query, ask.filter, sets)
  return yield* bounded((limit) => all(asked.limit(limit)))
}

export interface FailureSum {
  readonly period: LocalDay
  readonly value: string | number
  readonly kind: string
  readonly what: string
  readonly count: number
}

export function* failureSums(ask: Ask, sets: GroupSets): Work<readonly FailureSum[]> {
  const query = q
    .selectFrom('telemetry_failures')
    .where('hour', '>=', ask.from)
    .where('hour', '<', ask.until)
    .select([
      periodOfDay(localDayOf('hour', ask.spans), ask).as('period'),
      valueOf(ask).as('value'),
      'kind',
      'what',
      sumOf('count').as('count'),
    ])
    .groupBy([sql`1`, sql`2`, 'kind', 'what'])
  const asked = filtered(query, ask.filter, sets)
  return yield* bounded((limit) => all(asked.limit(limit)))
}
