import { memberById } from '#features/access/index.ts'
import { followedCollections, type Followed } from '#features/watch/index.ts'
import type { Work } from '#kernel/work.ts'
import type { Subscription } from '../schema.ts'
import { shortName } from '../words.ts'
import { allEndpoints } from '../webhooks/store.ts'
import { rhythmOf } from './rhythm.ts'
import type { SubscriptionRow } from './store.ts'

/** Rows as the API answers them, with the names of what they refer to. */
export function* shown(rows: readonly SubscriptionRow[]): Work<readonly Subscription[]> {
  const collections = new Map((yield* followedCollections()).map((c) => [c.id, c]))
  const endpoints = new Map((yield* allEndpoints()).map((e) => [e.id, e.name]))
  const mails = new Map<string, string>()
  for (const { member_id: id } of rows)
    if (id !== null && !mails.has(id)) mails.set(id, (yield* memberById(id))?.email ?? '')
  return rows.map((row) => ({
    id: row.id,
    collection: row.collection_id === null ? null : nameOf(collections.get(row.collection_id)),
    channel:
      row.member_id === null
        ? {
            kind: 'webhook',
            endpointId: row.endpoint_id ?? '',
            name: endpoints.get(row.endpoint_id ?? '') ?? 'a deleted webhook',
          }
        : { kind: 'mail', to: mails.get(row.member_id) ?? '' },
    page: row.page,
    term: row.term,
    rhythm: rhythmOf(row),
    formatting: row.formatting === 1,
    trouble: row.trouble === 1,
    paused: row.paused === 1,
    revision: row.revision,
    createdAt: row.created_at,
    createdBy: row.created_by,
    nextAt: row.paused === 1 ? null : row.next_at,
  }))
}

const nameOf = (collection: Followed | undefined): NonNullable<Subscription['collection']> =>
  collection
    ? { path: collection.path, title: collection.title }
    : { path: 'a deleted collection', title: null }

/** What it follows, in a line: `openai/codex docs: managed-configuration, “profiles”`. */
export function labelOf({ collection, page, term }: Subscription): string {
  const where =
    collection === null
      ? 'every collection'
      : collection.title === null
        ? collection.path
        : shortName(collection.path)
  const what = [page, term === null ? null : `“${term}”`].filter((part) => part !== null)
  return what.length === 0 ? where : `${where}: ${what.join(', ')}`
}

export const subscriptionTarget = (subscription: Subscription) => ({
  kind: 'subscription',
  id: subscription.id,
  label: labelOf(subscription),
})
