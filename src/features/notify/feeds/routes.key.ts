import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { issueToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { NotifyParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { deleteFeedKey, feedKeyOf, replaceFeedKey } from './store.ts'

const path = '/api/v1/feed-address'
/** A feed reader acts for a person, so only a person has an address. */
const guard = {
  path,
  auth: ['session'],
  permission: 'subscriptions.read',
  errors: 'problem',
} as const
const none: schema.FeedKey = { address: null, createdAt: null, lastUsedAt: null }

/** The address under which a member’s feed reader may read what she may read; made, shown again, replaced, taken away. */
export function feedKeyRoutes({ runtime, siteUrl }: NotifyParts): readonly Route[] {
  const { ids, secrets } = runtime
  function* present(memberId: string): Work<schema.FeedKey> {
    const key = yield* feedKeyOf(memberId)
    if (!key) return none
    const token = secrets.open(key.token_sealed, `feed.key:${key.id}`)
    return {
      address: `${siteUrl}/feeds/${token}`,
      createdAt: key.created_at,
      lastUsedAt: key.last_used_at,
    }
  }
  const target = (actor: { readonly id: string; readonly label: string }) => ({
    kind: 'member',
    id: actor.id,
    label: actor.label,
  })

  return [
    route({
      ...guard,
      id: 'feed-address.get',
      method: 'GET',
      summary: 'The own feed address',
      output: schema.feedKey,
      audit: null,
      handle: (call) => call.read(() => present(call.actor.id)),
    }),
    route({
      ...guard,
      id: 'feed-address.renew',
      method: 'POST',
      summary: 'Make the own feed address; one that was there ends',
      output: schema.feedKey,
      audit: 'feed-address.renew',
      handle: (call) =>
        call.write(function* (record) {
          const id = ids('fed')
          const { token, hash } = issueToken('fed', id)
          yield* replaceFeedKey({
            id,
            member_id: call.actor.id,
            hash,
            token_sealed: secrets.seal(token, `feed.key:${id}`),
            created_at: call.now,
            last_used_at: null,
          })
          yield* record({ target: target(call.actor) })
          return yield* present(call.actor.id)
        }),
    }),
    route({
      ...guard,
      id: 'feed-address.revoke',
      method: 'DELETE',
      summary: 'End the own feed address',
      output: schema.feedKey,
      audit: 'feed-address.revoke',
      handle: (call) =>
        call.write(function* (record) {
          if ((yield* deleteFeedKey(call.actor.id)) === 0)
            throw new Problem('wrong_state', 'There is no feed address.', {
              remedy: 'Nothing needs to be done.',
            })
          yield* record({ target: target(call.actor) })
          return none
        }),
    }),
  ]
}
