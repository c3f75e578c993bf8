import { contains } from '#kernel/like.ts'
import { sql } from 'kysely'
import { nameKey } from '#features/access/index.ts'
import { Problem } from '#kernel/problem.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'

/** An enrolment as stored. Names of groups are the directory's business. */
export interface EnrolmentRow {
  readonly id: string
  readonly name: string
  readonly name_key: string
  readonly group_id: string | null
  readonly version: number
  readonly created_at: number
  readonly created_by: string
  readonly revoked_at: number | null
  readonly revoked_by: string | null
}

export interface KeyRow {
  readonly id: string
  readonly enrolment_id: string
  /** Hex SHA-256 of the key; the key itself is nowhere. */
  readonly hash: string
  readonly prefix: string
  readonly created_at: number
  readonly created_by: string
  readonly ends_at: number | null
  readonly ended_at: number | null
}

interface Tables {
  enrolments: EnrolmentRow
  enrolment_keys: KeyRow
}
const q = queries<Tables>()

export interface EnrolmentFilter {
  readonly text?: string
  readonly state?: 'active' | 'revoked'
  readonly group?: string
}

const matching = (filter: EnrolmentFilter) => {
  let query = q.selectFrom('enrolments')
  if (filter.text !== undefined && filter.text !== '') {
    query = query.where(contains(sql.ref('name_key'), nameKey(filter.text)))
  }
  if (filter.state !== undefined)
    query = query.where('revoked_at', filter.state === 'active' ? 'is' : 'is not', null)
  if (filter.group !== undefined) query = query.where('group_id', '=', filter.group)
  return query
}

/** In the order of names; ties (a revoked one and its successor) by id. One row more than `limit` when there are more. */
export function* enrolmentsPage(
  filter: EnrolmentFilter,
  after: readonly (string | number)[] | undefined,
  limit: number,
): Work<readonly EnrolmentRow[]> {
  let query = matching(filter)
    .selectAll()
    .orderBy('name_key')
    .orderBy('id')
    .limit(limit + 1)
  if (after !== undefined) {
    const [name = '', id = ''] = after.map(String)
    query = query.where((e) =>
      e.or([e('name_key', '>', name), e.and([e('name_key', '=', name), e('id', '>', id)])]),
    )
  }
  return yield* all(query)
}

export function* countEnrolments(filter: EnrolmentFilter): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export function* enrolmentRow(id: string): Work<EnrolmentRow | undefined> {
  return yield* first(q.selectFrom('enrolments').selectAll().where('id', '=', id))
}

/** Everything that the register holds in memory: revoked enrolments and ended keys too, because they are refused by name. */
export function* register(): Work<{
  readonly enrolments: readonly EnrolmentRow[]
  readonly keys: readonly KeyRow[]
}> {
  return {
    enrolments: yield* all(q.selectFrom('enrolments').selectAll()),
    keys: yield* all(q.selectFrom('enrolment_keys').selectAll()),
  }
}

export function* activeEnrolments(): Work<readonly EnrolmentRow[]> {
  return yield* all(
    q.selectFrom('enrolments').selectAll().where('revoked_at', 'is', null).orderBy('id'),
  )
}

export function* insertEnrolment(row: EnrolmentRow): Work<void> {
  yield* run(q.insertInto('enrolments').values(row))
}

/** Throws `edited_meanwhile` unless the enrolment still stands at `expected`. */
export function* changeEnrolment(
  id: string,
  expected: number,
  change: Partial<
    Pick<EnrolmentRow, 'name' | 'name_key' | 'group_id' | 'revoked_at' | 'revoked_by'>
  >,
): Work<void> {
  const changed = yield* run(
    q
      .updateTable('enrolments')
      .set({ ...change, version: expected + 1 })
      .where('id', '=', id)
      .where('version', '=', expected),
  )
  if (changed === 1) return
  const current = yield* enrolmentRow(id)
  throw new Problem('edited_meanwhile', 'Somebody else changed this enrolment in the meantime.', {
    remedy: 'Look at its present state, then decide again.',
    data: {
      current: current && {
        name: current.name,
        groupId: current.group_id,
        version: current.version,
        revokedAt: current.revoked_at,
      },
    },
  })
}

/** Oldest first. */
export function* keysOf(enrolmentId: string): Work<readonly KeyRow[]> {
  return yield* all(
    q
      .selectFrom('enrolment_keys')
      .selectAll()
      .where('enrolment_id', '=', enrolmentId)
      .orderBy('id'),
  )
}

export function* insertKey(row: KeyRow): Work<void> {
  yield* run(q.insertInto('enrolment_keys').values(row))
}

export function* changeKey(
  id: string,
  change: Partial<Pick<KeyRow, 'ends_at' | 'ended_at'>>,
): Work<void> {
  yield* run(q.updateTable('enrolment_keys').set(change).where('id', '=', id))
}
