/** Sums of single persons, by days of UTC that begin in the time asked for: no day is in two neighbouring times. */
import { sql } from 'kysely'
import type { Measures, TelemetryTables } from '#features/telemetry/index.ts'
import { day } from '#kernel/clock.ts'
import { all, type Work } from '#kernel/work.ts'
import type { Ask } from './ask.ts'
import { bounded, filtered, q, stretchOf, sumOf, type GroupSets } from './store.sums.ts'

export interface PersonSum extends Partial<Measures> {
  readonly person: number
  readonly model: string
  /** Which stretch between two changes of prices. */
  readonly stretch: number
  /** Midnight UTC of the last day with anything. */
  readonly last: number
}

const inDays = (ask: Pick<Ask, 'from' | 'until'>) =>
  q.selectFrom('telemetry_days').where('day', '>=', ask.from).where('day', '<', ask.until)

/** Of those who used most tokens, by model and stretch of prices. */
export function* personSums(
  ask: Ask,
  wanted: readonly (keyof Measures)[],
  sets: GroupSets,
  most: number,
): Work<readonly PersonSum[]> {
  const first = filtered(inDays(ask), ask.filter, sets)
    .select('person')
    .groupBy('person')
    .orderBy(sql`sum(tokens_input + tokens_output)`, 'desc')
    .orderBy('person')
    .limit(most)
  const query = filtered(inDays(ask), ask.filter, sets)
    .where('person', 'in', q.selectFrom(first.as('f')).select('f.person'))
    .select((e) => [
      'person',
      'model',
      stretchOf('day', ask).as('stretch'),
      e.fn.max('day').as('last'),
      ...wanted.map((measure) => sumOf(measure).as(measure)),
    ])
    .groupBy(['person', 'model', sql`3`])
  return yield* all(query)
}

/** Values of one `in (…)`. */
const atOnce = 500

/** How many days in a row something came of each of these, up to the last day or the one before. */
export function* streaksOf(
  ask: Ask,
  persons: readonly number[],
  last: number,
  sets: GroupSets,
): Work<ReadonlyMap<number, number>> {
  const found = new Map<number, { readonly run: number; readonly days: number }>()
  for (let from = 0; from < persons.length; from += atOnce) {
    const days = filtered(inDays(ask), ask.filter, sets)
      .where('person', 'in', persons.slice(from, from + atOnce))
      .select(['person', 'day'])
      .distinct()
    // Days in a row have the same sum of a day and its number from behind; of the last run that is the last day and one more.
    const numbered = q
      .selectFrom(days.as('d'))
      .select([
        'person',
        sql<number>`day + ${sql.lit(day)} * row_number() over (partition by person order by day desc)`.as(
          'run',
        ),
      ])
    for (const row of yield* all(
      q
        .selectFrom(numbered.as('n'))
        .where('run', '>=', last)
        .select(['person', 'run', sql<number>`count(*)`.as('days')])
        .groupBy(['person', 'run']),
    ))
      if (row.run > (found.get(row.person)?.run ?? -1)) found.set(row.person, row)
  }
  return new Map([...found].map(([person, { days }]) => [person, days]))
}

export interface BucketSum extends Partial<Measures> {
  readonly id: string
  readonly originator: string
  readonly model: string
  readonly day: number
}

/** The ids of principals of a time after one, in order. */
export function* principalsIn(
  { from, until }: Pick<Ask, 'from' | 'until'>,
  after: string,
  most: number,
): Work<readonly string[]> {
  const rows = yield* all(
    inDays({ from, until })
      .innerJoin('telemetry_people as p', 'p.id', 'person')
      .where('p.principal_id', '>', after)
      .select('p.principal_id as id')
      .distinct()
      .orderBy('id')
      .limit(most),
  )
  return rows.map(({ id }) => id)
}

/** Sums of these principals in a time, by day (for its prices), client and model. */
export function* principalSums(
  { from, until }: Pick<Ask, 'from' | 'until'>,
  principals: readonly string[],
  wanted: readonly (keyof Measures)[],
): Work<readonly BucketSum[]> {
  if (principals.length === 0) return []
  return yield* all(
    q
      .selectFrom('telemetry_days as d')
      .innerJoin('telemetry_people as p', 'p.id', 'd.person')
      .where('d.day', '>=', from)
      .where('d.day', '<', until)
      .where('p.principal_id', 'in', principals)
      .select([
        'p.principal_id as id',
        'd.day',
        'd.originator',
        'd.model',
        ...wanted.map((measure) => sumOf(`d.${measure}`).as(measure)),
      ])
      .groupBy(['p.principal_id', 'd.day', 'd.originator', 'd.model']),
  )
}

/** Sums of everybody in a time, by day, client and model. */
export function* workspaceSums(
  { from, until }: Pick<Ask, 'from' | 'until'>,
  wanted: readonly (keyof Measures)[],
): Work<readonly BucketSum[]> {
  return yield* bounded((limit) =>
    all(
      q
        .selectFrom('telemetry_usage_days')
        .where('bucket', '>=', from)
        .where('bucket', '<', until)
        .select([
          sql<string>`''`.as('id'),
          'bucket as day',
          'originator',
          'model',
          ...wanted.map((measure) => sumOf(measure).as(measure)),
        ])
        .groupBy(['bucket', 'originator', 'model'])
        .limit(limit),
    ),
  )
}

export function* peopleOf(
  principals: readonly string[],
): Work<readonly TelemetryTables['telemetry_people'][]> {
  if (principals.length === 0) return []
  return yield* all(
    q.selectFrom('telemetry_people').selectAll().where('principal_id', 'in', principals),
  )
}
