/** Sums of local days in SQL, on both engines: the rows of days, and those of the hours that move between them (local-days.ts). */
import { sql, type RawBuilder } from 'kysely'
import { day } from '#kernel/clock.ts'
import type { LocalDay } from './calendar.ts'
import type { LocalDays, Moved } from './local-days.ts'

/** Tables of the same sums, and the column of each that says when it begins. */
export interface Tables {
  readonly days: string
  readonly ofDays: string
  readonly hours: string
  readonly ofHours: string
}

/** What is read of them: columns to split or filter by, and those that are added up. */
export interface Columns {
  readonly kept: readonly string[]
  readonly sums: readonly string[]
}

/** What each row says beside the columns. */
export interface Local {
  readonly local: LocalDay
  readonly stretch: number
}

/**
 * Rows of `Local` and the columns. What moves away from a day comes as a negative sum: where all
 * of a sum has moved, zero is left.
 *
 * @param stretchOf the stretch that a time column is in
 */
export function localRows(
  { from, until, without, moved }: LocalDays,
  tables: Tables,
  { kept, sums }: Columns,
  stretchOf: (column: string) => RawBuilder<number> = () => sql`0`,
): RawBuilder<unknown> {
  const start = sql.ref(tables.ofDays)
  const whole = sql`
    select ${start} / ${sql.lit(day)} as local, ${stretchOf(tables.ofDays)} as stretch,
      ${list([...kept, ...sums])}
    from ${sql.table(tables.days)}
    where ${start} >= ${sql.lit(from)} and ${start} < ${sql.lit(until)}
      ${without.length === 0 ? sql`` : sql`and ${start} not in (${sql.join(without.map((at) => sql.lit(at)))})`}`
  if (moved.length === 0) return sql`(${whole})`
  const at = sql.ref(`h.${tables.ofHours}`)
  return sql`(
    with moved (begins, ends, local, stretch, sign) as (values ${sql.join(moved.map(valuesOf))})
    ${whole}
    union all
    select m.local, m.stretch, ${sql.join([
      ...kept.map((column) => sql.ref(`h.${column}`)),
      ...sums.map((column) => sql`${sql.ref(`h.${column}`)} * m.sign`),
    ])}
    from moved m join ${sql.table(tables.hours)} h on ${at} >= m.begins and ${at} < m.ends)`
}

/** As literals, for PostgreSQL to know their types. */
const valuesOf = ({ from, until, local, stretch, sign }: Moved): RawBuilder<unknown> =>
  sql`(${sql.join([from, until, local, stretch, sign].map((n) => sql.lit(n)))})`

const list = (columns: readonly string[]): RawBuilder<unknown> =>
  sql.join(columns.map((column) => sql.ref(column)))
