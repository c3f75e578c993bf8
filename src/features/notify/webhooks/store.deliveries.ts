import { sql } from 'kysely'
import { contains } from '#kernel/like.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { NotifyTables } from '../tables.ts'

const q = queries<NotifyTables>()

export type DeliveryRow = NotifyTables['notify_deliveries']
export type AttemptRow = NotifyTables['notify_attempts']

/** False when the endpoint was or will be told of this already. */
export function* insertDelivery(row: DeliveryRow): Work<boolean> {
  const made = yield* run(
    q
      .insertInto('notify_deliveries')
      .values(row)
      .onConflict((c) => c.columns(['endpoint_id', 'key']).doNothing()),
  )
  return made === 1
}

export function* deliveryById(id: string): Work<DeliveryRow | undefined> {
  return yield* first(q.selectFrom('notify_deliveries').selectAll().where('id', '=', id))
}

export function* updateDelivery(id: string, change: Partial<DeliveryRow>): Work<void> {
  yield* run(q.updateTable('notify_deliveries').set(change).where('id', '=', id))
}

export function* insertAttempt(row: AttemptRow): Work<void> {
  yield* run(
    q
      .insertInto('notify_attempts')
      .values(row)
      .onConflict((c) => c.columns(['delivery_id', 'number']).doNothing()),
  )
}

export function* attemptsOf(deliveryId: string): Work<readonly AttemptRow[]> {
  return yield* all(
    q
      .selectFrom('notify_attempts')
      .selectAll()
      .where('delivery_id', '=', deliveryId)
      .orderBy('number', 'desc'),
  )
}

export interface DeliveriesFilter {
  readonly endpointId: string
  readonly q?: string | undefined
  readonly state?: DeliveryRow['state'] | undefined
  readonly cursor?: string | undefined
  readonly limit: number | null
}

/** Newest first; `limit: null` gives all of them. `q` is folded text. */
export function* listDeliveries(filter: DeliveriesFilter): Work<{
  readonly items: readonly DeliveryRow[]
  readonly next: string | null
  readonly total: number
}> {
  let base = q.selectFrom('notify_deliveries').where('endpoint_id', '=', filter.endpointId)
  const { q: text, state } = filter
  if (state !== undefined) base = base.where('state', '=', state)
  if (text !== undefined && text !== '') base = base.where(contains(sql`lower(label)`, text))
  let query = base.selectAll().orderBy('id', 'desc')
  if (filter.cursor !== undefined)
    query = query.where('id', '<', String(decodeCursor(filter.cursor)[0]))
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return { ...pageOf(rows, filter.limit ?? rows.length, (d) => [d.id]), total: total?.n ?? 0 }
}

/** Deliveries of before, with their attempts; those that still wait stay. */
export function* deleteDeliveriesBefore(at: number): Work<void> {
  const old = q
    .selectFrom('notify_deliveries')
    .select('id')
    .where('created_at', '<', at)
    .where('state', '!=', 'waiting')
  yield* run(q.deleteFrom('notify_attempts').where('delivery_id', 'in', old))
  yield* run(
    q.deleteFrom('notify_deliveries').where('created_at', '<', at).where('state', '!=', 'waiting'),
  )
}
