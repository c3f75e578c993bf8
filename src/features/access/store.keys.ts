import { decodeCursor, pageOf } from '#kernel/page.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { contains } from './store.listing.ts'
import { q, type KeyRow } from './tables.ts'
import { searchText } from './identity.ts'

export type KeyRecord = Omit<KeyRow, 'search'>

export function* insertKey(key: KeyRecord): Work<void> {
  yield* run(
    q
      .insertInto('service_keys')
      .values({ ...key, search: searchText(key.name, key.prefix, key.maker_label) }),
  )
}

export function* keyById(id: string): Work<KeyRecord | undefined> {
  return yield* first(q.selectFrom('service_keys').selectAll().where('id', '=', id))
}

/** The member who made a key; undefined: the operator did, or there is no such key. */
export function* makerOfKey(id: string): Work<string | undefined> {
  const key = yield* keyById(id)
  return key?.maker_kind === 'member' ? key.maker_id : undefined
}

export function* keyByHash(hash: string): Work<KeyRecord | undefined> {
  return yield* first(q.selectFrom('service_keys').selectAll().where('secret_hash', '=', hash))
}

export function* keysMadeBy(memberId: string): Work<readonly KeyRecord[]> {
  return yield* all(
    q
      .selectFrom('service_keys')
      .selectAll()
      .where('maker_kind', '=', 'member')
      .where('maker_id', '=', memberId)
      .orderBy('id', 'desc'),
  )
}

export function* setKeyUsed(id: string, at: number): Work<void> {
  yield* run(q.updateTable('service_keys').set({ last_used_at: at }).where('id', '=', id))
}

export function* setKeyRevoked(id: string, at: number, by: string): Work<void> {
  yield* run(
    q
      .updateTable('service_keys')
      .set({ revoked_at: at, revoked_by: by })
      .where('id', '=', id)
      .where('revoked_at', 'is', null),
  )
}

/** Revokes all keys that the member made; how many still worked. */
export function* revokeKeysOf(memberId: string, at: number, by: string): Work<number> {
  return yield* run(
    q
      .updateTable('service_keys')
      .set({ revoked_at: at, revoked_by: by })
      .where('maker_kind', '=', 'member')
      .where('maker_id', '=', memberId)
      .where('revoked_at', 'is', null),
  )
}

export interface KeysFilter {
  readonly q?: string | undefined
  readonly usableAt?: number | undefined
  readonly cursor?: string | undefined
  readonly limit: number | null
}

/** Newest first; `limit: null` gives all of them. */
export function* listKeys(filter: KeysFilter): Work<{
  readonly items: readonly KeyRecord[]
  readonly next: string | null
  readonly total: number
}> {
  let base = q.selectFrom('service_keys')
  if (filter.q !== undefined && filter.q.trim() !== '')
    base = base.where(contains('search', filter.q))
  const { usableAt } = filter
  if (usableAt !== undefined)
    base = base
      .where('revoked_at', 'is', null)
      .where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', usableAt)]))
  let query = base.selectAll().orderBy('id', 'desc')
  if (filter.cursor !== undefined)
    query = query.where('id', '<', String(decodeCursor(filter.cursor)[0]))
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return { ...pageOf(rows, filter.limit ?? rows.length, (k) => [k.id]), total: total?.n ?? 0 }
}
