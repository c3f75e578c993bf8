import { allGroups } from '#features/access/index.ts'
import { versionNames } from '#features/policies/index.ts'
import type { Work } from '#kernel/work.ts'
import type { Ask, Dimension, FilterKey } from './ask.ts'
import type { Column, Row } from './schema.ts'

/** One question to what agents reported: a file in questions/. It reads sums, never single records. */
export interface Question {
  readonly key: string
  readonly title: string
  /** What the numbers mean, for whoever reads the table. */
  readonly about: string
  /** What it can be split by; the first where nothing is said. */
  readonly dimensions: readonly [Dimension, ...Dimension[]]
  /** What it can be filtered by, where that is not everything. */
  readonly filters?: readonly FilterKey[]
  /** What each row stands for, where that is no dimension that can be asked for: whoever may not see persons asks of it alone. */
  readonly rowsOf?: string
  /** Needs the permission analytics.persons. */
  readonly persons?: true
  readonly columns: (ask: Ask) => readonly Column[]
  readonly answer: (ask: Ask) => Work<Answered>
}

export interface Answered {
  readonly rows: readonly Row[]
  /** Cells of single days that were kept from whoever may not see persons. */
  readonly held: number
}

export const periodColumn = ({ unit }: Ask): Column => ({
  key: 'period',
  title: { day: 'Day', week: 'Week from', month: 'Month from' }[unit],
  kind: 'date',
})

const titles: Readonly<Record<Exclude<Dimension, 'none'>, string>> = {
  group: 'Group',
  surface: 'Surface',
  model: 'Model',
  client: 'Client',
  version: 'Client version',
  policy: 'Policy',
}

/** The column of what is split by; none where nothing is. */
export const valueColumn = ({ by }: Ask): readonly Column[] =>
  by === 'none' ? [] : [{ key: 'value', title: titles[by], kind: 'text' }]

const nothing: Readonly<Record<Exclude<Dimension, 'none'>, string>> = {
  group: 'No group',
  surface: 'Not known',
  model: 'Not known',
  client: 'Not known',
  version: 'Not known',
  policy: 'No policy',
}

/** How the values of a dimension are called. A group that is gone is called by its id. */
export function* namesOf(by: Dimension, values: Iterable<string>): Work<(value: string) => string> {
  if (by === 'none') return () => ''
  const empty = nothing[by]
  const named = yield* namesIn(
    by,
    [...new Set(values)].filter((value) => value !== ''),
  )
  return (value) => (value === '' ? empty : (named.get(value) ?? value))
}

function* namesIn(by: Dimension, values: readonly string[]): Work<ReadonlyMap<string, string>> {
  if (by === 'group') return new Map((yield* allGroups()).map((group) => [group.id, group.name]))
  if (by === 'policy') return yield* versionNames(values)
  return new Map()
}

/** The columns of a row that say where it stands. */
export const placeOf = (
  { by }: Ask,
  date: string,
  value: string,
  name: (value: string) => string,
): Row => ({ period: date, ...(by === 'none' ? {} : { value: name(value), id: value }) })
