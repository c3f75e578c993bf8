import { sql } from 'kysely'
import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type DirectoryRow, type TokenRow } from './tables.ts'

export function* directoryById(id: string): Work<DirectoryRow | undefined> {
  return yield* first(q.selectFrom('scim_directories').selectAll().where('id', '=', id))
}

export function* directoryByName(nameKey: string): Work<DirectoryRow | undefined> {
  return yield* first(q.selectFrom('scim_directories').selectAll().where('name_key', '=', nameKey))
}

export function* allDirectories(): Work<readonly DirectoryRow[]> {
  return yield* all(q.selectFrom('scim_directories').selectAll().orderBy('name_key'))
}

export function* insertDirectory(row: DirectoryRow): Work<void> {
  yield* run(q.insertInto('scim_directories').values(row))
}

/** True unless the row has another version by now. */
export function* updateDirectory(row: DirectoryRow, basedOn: number): Work<boolean> {
  const { id, ...rest } = row
  const changed = yield* run(
    q.updateTable('scim_directories').set(rest).where('id', '=', id).where('version', '=', basedOn),
  )
  return changed === 1
}

export function* tokenById(id: string): Work<TokenRow | undefined> {
  return yield* first(q.selectFrom('scim_tokens').selectAll().where('id', '=', id))
}

export function* tokensOf(directoryId: string): Work<readonly TokenRow[]> {
  return yield* all(
    q
      .selectFrom('scim_tokens')
      .selectAll()
      .where('directory_id', '=', directoryId)
      .orderBy('id', 'desc'),
  )
}

export function* insertToken(row: TokenRow): Work<void> {
  yield* run(q.insertInto('scim_tokens').values(row))
}

/** The tokens that work without an end of their own get one. */
export function* endTokensBy(directoryId: string, at: number): Work<void> {
  yield* run(
    q
      .updateTable('scim_tokens')
      .set({ expires_at: at })
      .where('directory_id', '=', directoryId)
      .where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', at)])),
  )
}

export function* revokeToken(id: string, at: number): Work<void> {
  yield* run(
    q
      .updateTable('scim_tokens')
      .set({ revoked_at: at })
      .where('id', '=', id)
      .where('revoked_at', 'is', null),
  )
}

export function* revokeTokensOf(directoryId: string, at: number): Work<void> {
  yield* run(
    q
      .updateTable('scim_tokens')
      .set({ revoked_at: at })
      .where('directory_id', '=', directoryId)
      .where('revoked_at', 'is', null),
  )
}

export function* setTokenUsed(id: string, at: number): Work<void> {
  yield* run(q.updateTable('scim_tokens').set({ last_used_at: at }).where('id', '=', id))
}

export interface Counts {
  readonly users: number
  readonly inactive: number
  readonly groups: number
}

/** By directory; one without users or groups may be absent. */
export function* counts(): Work<ReadonlyMap<string, Counts>> {
  const users = yield* all(
    q
      .selectFrom('scim_users')
      .select((e) => [
        'directory_id',
        e.fn.countAll<number>().as('n'),
        sql<number>`cast(sum(case when active = 0 then 1 else 0 end) as integer)`.as('inactive'),
      ])
      .where('deleted_at', 'is', null)
      .groupBy('directory_id'),
  )
  const groups = yield* all(
    q
      .selectFrom('scim_groups')
      .select((e) => ['directory_id', e.fn.countAll<number>().as('n')])
      .groupBy('directory_id'),
  )
  const found = new Map<string, Counts>()
  for (const { directory_id, n, inactive } of users)
    found.set(directory_id, { users: n, inactive, groups: 0 })
  for (const { directory_id, n } of groups)
    found.set(directory_id, {
      ...(found.get(directory_id) ?? { users: 0, inactive: 0 }),
      groups: n,
    })
  return found
}
