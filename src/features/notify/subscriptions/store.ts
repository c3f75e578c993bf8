import { decodeCursor, pageOf } from '#kernel/page.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { NotifyTables } from '../tables.ts'

const q = queries<NotifyTables>()

export type SubscriptionRow = NotifyTables['notify_subscriptions']

export function* insertSubscription(row: SubscriptionRow): Work<void> {
  yield* run(q.insertInto('notify_subscriptions').values(row))
}

export function* subscriptionById(id: string): Work<SubscriptionRow | undefined> {
  return yield* first(q.selectFrom('notify_subscriptions').selectAll().where('id', '=', id))
}

export function* subscriptionsById(ids: readonly string[]): Work<readonly SubscriptionRow[]> {
  if (ids.length === 0) return []
  return yield* all(
    q.selectFrom('notify_subscriptions').selectAll().where('id', 'in', ids).orderBy('id'),
  )
}

/** Writes what is given; the revision goes up. */
export function* updateSubscription(
  { id, revision }: SubscriptionRow,
  change: Partial<SubscriptionRow>,
): Work<void> {
  yield* run(
    q
      .updateTable('notify_subscriptions')
      .set({ ...change, revision: revision + 1 })
      .where('id', '=', id),
  )
}

export function* deleteSubscriptions(ids: readonly string[]): Work<void> {
  if (ids.length === 0) return
  yield* run(q.deleteFrom('notify_pending').where('subscription_id', 'in', ids))
  yield* run(q.deleteFrom('notify_subscriptions').where('id', 'in', ids))
}

export interface SubscriptionsFilter {
  /** Mails of this member; null: of nobody (a service key has no mailbox). */
  readonly memberId: string | null
  /** Also those of the webhooks. */
  readonly webhooks: boolean
  readonly channel?: 'mail' | 'webhook' | undefined
  readonly endpointId?: string | undefined
  /** Null: those over every collection. */
  readonly collectionIds?: readonly string[] | undefined
}

function seen(filter: SubscriptionsFilter) {
  const { memberId, webhooks, channel, endpointId, collectionIds } = filter
  let query = q.selectFrom('notify_subscriptions').where((e) =>
    e.or([
      ...(memberId === null ? [] : [e('member_id', '=', memberId)]),
      ...(webhooks ? [e('endpoint_id', 'is not', null)] : []),
      // Nothing at all for who may see nothing: an empty `or` would be true.
      e('id', '=', ''),
    ]),
  )
  if (channel === 'mail') query = query.where('member_id', 'is not', null)
  if (channel === 'webhook') query = query.where('endpoint_id', 'is not', null)
  if (endpointId !== undefined) query = query.where('endpoint_id', '=', endpointId)
  if (collectionIds !== undefined)
    query = query.where('collection_id', 'in', [...collectionIds, ''])
  return query
}

/** Newest first; `limit: null` gives all of them. */
export function* listSubscriptions(
  filter: SubscriptionsFilter & {
    readonly cursor?: string | undefined
    readonly limit: number | null
  },
): Work<{
  readonly items: readonly SubscriptionRow[]
  readonly next: string | null
  readonly total: number
}> {
  let query = seen(filter).selectAll().orderBy('id', 'desc')
  if (filter.cursor !== undefined)
    query = query.where('id', '<', String(decodeCursor(filter.cursor)[0]))
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(seen(filter).select((e) => e.fn.countAll<number>().as('n')))
  return { ...pageOf(rows, filter.limit ?? rows.length, (s) => [s.id]), total: total?.n ?? 0 }
}

/** Those that want to hear of a collection now. */
export function* subscriptionsTo(collectionId: string): Work<readonly SubscriptionRow[]> {
  return yield* all(
    q
      .selectFrom('notify_subscriptions')
      .selectAll()
      .where('paused', '=', 0)
      .where((e) => e.or([e('collection_id', '=', collectionId), e('collection_id', 'is', null)]))
      .orderBy('id'),
  )
}

export function* subscriptionsOfMember(memberId: string): Work<readonly SubscriptionRow[]> {
  return yield* all(
    q
      .selectFrom('notify_subscriptions')
      .selectAll()
      .where('member_id', '=', memberId)
      .orderBy('id'),
  )
}

export function* subscriptionsOfEndpoint(endpointId: string): Work<readonly SubscriptionRow[]> {
  return yield* all(
    q
      .selectFrom('notify_subscriptions')
      .selectAll()
      .where('endpoint_id', '=', endpointId)
      .orderBy('id'),
  )
}

export function* countByEndpoint(): Work<ReadonlyMap<string, number>> {
  const rows = yield* all(
    q
      .selectFrom('notify_subscriptions')
      .select((e) => ['endpoint_id', e.fn.countAll<number>().as('n')])
      .where('endpoint_id', 'is not', null)
      .groupBy('endpoint_id'),
  )
  return new Map(rows.map((row) => [row.endpoint_id ?? '', row.n]))
}

export function* countMailSubscriptions(): Work<number> {
  const row = yield* first(
    q
      .selectFrom('notify_subscriptions')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('member_id', 'is not', null)
      .where('paused', '=', 0),
  )
  return row?.n ?? 0
}

/** Digests whose time has come. */
export function* dueSubscriptions(now: number): Work<readonly SubscriptionRow[]> {
  return yield* all(
    q
      .selectFrom('notify_subscriptions')
      .selectAll()
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .orderBy('id')
      .limit(1000),
  )
}

export function* setNextDigest(id: string, at: number | null): Work<void> {
  yield* run(q.updateTable('notify_subscriptions').set({ next_at: at }).where('id', '=', id))
}

export function* addPending(
  snapshotId: string,
  at: number,
  subscriptionIds: readonly string[],
): Work<void> {
  for (let i = 0; i < subscriptionIds.length; i += 1000)
    yield* run(
      q
        .insertInto('notify_pending')
        .values(
          subscriptionIds
            .slice(i, i + 1000)
            .map((id) => ({ subscription_id: id, snapshot_id: snapshotId, at, told: 0 })),
        )
        .onConflict((c) => c.columns(['subscription_id', 'snapshot_id']).doNothing()),
    )
}

/** What waits for the digests of these subscriptions, oldest first; it waits no longer. */
export function* takePending(
  subscriptionIds: readonly string[],
): Work<readonly NotifyTables['notify_pending'][]> {
  const rows = yield* all(
    q
      .selectFrom('notify_pending')
      .selectAll()
      .where('subscription_id', 'in', subscriptionIds)
      .where('told', '=', 0)
      .orderBy('at')
      .orderBy('snapshot_id'),
  )
  yield* run(
    q
      .updateTable('notify_pending')
      .set({ told: 1 })
      .where('subscription_id', 'in', subscriptionIds),
  )
  return rows
}

export function* deletePendingBefore(at: number): Work<void> {
  yield* run(q.deleteFrom('notify_pending').where('at', '<', at).where('told', '=', 1))
}
