import { contains } from '#kernel/like.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { NotifyTables } from '../tables.ts'

const q = queries<NotifyTables>()

export type EndpointRow = NotifyTables['notify_endpoints']

export function* insertEndpoint(row: EndpointRow): Work<void> {
  yield* run(q.insertInto('notify_endpoints').values(row))
}

export function* endpointById(id: string): Work<EndpointRow | undefined> {
  return yield* first(q.selectFrom('notify_endpoints').selectAll().where('id', '=', id))
}

/** A workspace has a handful of them. */
export function* allEndpoints(): Work<readonly EndpointRow[]> {
  return yield* all(q.selectFrom('notify_endpoints').selectAll().orderBy('name_key'))
}

/** Writes what a person changes; the revision goes up. */
export function* changeEndpoint(
  { id, revision }: EndpointRow,
  change: Partial<EndpointRow>,
): Work<void> {
  yield* setEndpoint(id, { ...change, revision: revision + 1 })
}

/** Writes what Gatehouse itself observes. */
export function* setEndpoint(id: string, change: Partial<EndpointRow>): Work<void> {
  yield* run(q.updateTable('notify_endpoints').set(change).where('id', '=', id))
}

export function* deleteEndpoint(id: string): Work<void> {
  const own = q.selectFrom('notify_deliveries').select('id').where('endpoint_id', '=', id)
  yield* run(q.deleteFrom('notify_attempts').where('delivery_id', 'in', own))
  yield* run(q.deleteFrom('notify_deliveries').where('endpoint_id', '=', id))
  yield* run(q.deleteFrom('notify_endpoints').where('id', '=', id))
}

export interface EndpointsFilter {
  readonly q?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number | null
}

/** By name; `limit: null` gives all of them. `q` is folded text. */
export function* listEndpoints(filter: EndpointsFilter): Work<{
  readonly items: readonly EndpointRow[]
  readonly next: string | null
  readonly total: number
}> {
  let base = q.selectFrom('notify_endpoints')
  const { q: text } = filter
  if (text !== undefined && text !== '') base = base.where((e) => contains(e.ref('name_key'), text))
  let query = base.selectAll().orderBy('name_key')
  if (filter.cursor !== undefined)
    query = query.where('name_key', '>', String(decodeCursor(filter.cursor)[0]))
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return { ...pageOf(rows, filter.limit ?? rows.length, (e) => [e.name_key]), total: total?.n ?? 0 }
}
