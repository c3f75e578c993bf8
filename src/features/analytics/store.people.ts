/** Distinct people, counted by the database: exact in every time zone, from the quarters of the UTC day in which something came. */
import { sql, type RawBuilder } from 'kysely'
import { day } from '#kernel/clock.ts'
import { raw, type Work } from '#kernel/work.ts'
import type { Ask } from './ask.ts'
import type { LocalDay } from './calendar.ts'
import { masksOf, piecesOf, type Piece } from './presence.ts'
import { columnOf, periodOfDay, setsWith, bounded, type GroupSets } from './store.sums.ts'

export interface PeopleRow {
  readonly period: LocalDay
  readonly value: string
  readonly people: number
}

/** How many different people there were, by period and value. */
export function* peopleRows(ask: Ask, sets: GroupSets): Work<readonly PeopleRow[]> {
  const { value, join } = valueOf(ask)
  const there = stretchesOf(ask).map(
    (stretch) => sql`
      select ${periodOfDay(localOf(stretch), ask)} as period, ${value} as value, d.person
      from telemetry_days d ${join}
      where d.day >= ${sql.lit(stretch.from)} and d.day < ${sql.lit(stretch.until)}
        ${presentIn(stretch.piece)} ${filterOf(ask, sets)}`,
  )
  if (there.length === 0) return []
  return yield* bounded((limit) =>
    raw<PeopleRow>(sql`
        select period, value, count(distinct person) as people
        from (${sql.join(there, sql` union all `)}) t
        group by period, value order by period, value limit ${sql.lit(limit)}`),
  )
}

/** Days of UTC in a row that have the same piece in the local day that many days later. */
interface Stretch {
  readonly from: number
  readonly until: number
  readonly piece: Omit<Piece, 'local'>
  readonly later: number
}

/** In UTC one, elsewhere two for each time that the clocks stand still. */
function stretchesOf({ from, until, spans }: Ask): readonly Stretch[] {
  const open = new Map<string, Stretch>()
  const done: Stretch[] = []
  for (let at = Math.floor(from / day) * day; at < until; at += day)
    for (const { local, ...piece } of piecesOf(at, spans, from, until)) {
      const later = local - at / day
      const key = `${piece.from} ${piece.until} ${later}`
      const known = open.get(key)
      if (known && known.until < at) done.push(known)
      const start = known?.until === at ? known.from : at
      open.set(key, { from: start, until: at + day, piece, later })
    }
  return [...done, ...open.values()]
}

const localOf = ({ later }: Stretch): RawBuilder<number> =>
  sql<number>`(d.day / ${sql.lit(day)} + ${sql.lit(later)})`

function presentIn(piece: Omit<Piece, 'local'>): RawBuilder<unknown> {
  const masks = masksOf(piece)
  return masks === undefined
    ? sql``
    : sql`and ((d.quarters_am & ${sql.lit(masks.am)}) <> 0 or (d.quarters_pm & ${sql.lit(masks.pm)}) <> 0)`
}

function valueOf({ by }: Ask): {
  readonly value: RawBuilder<unknown>
  readonly join: RawBuilder<unknown>
} {
  if (by === 'none') return { value: sql`''`, join: sql`` }
  if (by !== 'group') return { value: sql.ref(`d.${columnOf[by]}`), join: sql`` }
  return {
    value: sql`coalesce(m.group_id, '')`,
    join: sql`left join telemetry_group_set_members m on m.set_id = d.group_set`,
  }
}

function filterOf({ filter }: Ask, sets: GroupSets): RawBuilder<unknown> {
  const { group, ...rest } = filter
  const parts = (['surface', 'model', 'client'] as const).flatMap((key) =>
    rest[key] === undefined ? [] : [sql`and ${sql.ref(`d.${columnOf[key]}`)} = ${rest[key]}`],
  )
  if (group !== undefined)
    parts.push(sql`and d.group_set in (${sql.join(setsWith(sets, group).map((n) => sql.lit(n)))})`)
  return sql.join(parts, sql` `)
}
