import { memberById } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { hashSecret, readToken, sameHash } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { subscriptionsOf, type Content } from '../content.ts'
import { mailById } from '../mail/store.ts'
import type { NotifyParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { tokenContext } from '../tell.ts'
import { nextDigest, rhythmOf } from './rhythm.ts'
import { labelOf, shown } from './show.ts'
import { subscriptionsById, updateSubscription, type SubscriptionRow } from './store.ts'

const shape = {
  auth: ['public'],
  permission: null,
  params: schema.unsubscribeParams,
  output: schema.unsubscribing,
  errors: 'problem',
} as const

/**
 * The way out of a mail, for whoever holds it: only a POST changes anything, since mail scanners open every link. The
 * address of the POST is that of the page, as RFC 8058 has one address for both. The subscriptions are paused, not deleted.
 */
export function unsubscribeRoutes({ runtime }: NotifyParts): readonly Route[] {
  interface Opened {
    readonly memberId: string
    readonly email: string
    readonly rows: readonly SubscriptionRow[]
  }
  function* open(token: string): Work<Opened> {
    const read = readToken(token, 'uns')
    const mail = read && (yield* mailById(read.id))
    const known = mail && runtime.secrets.open(mail.token_sealed, tokenContext(mail.id))
    if (!read || !mail || known === undefined || !sameHash(hashSecret(known), read.hash))
      throw new Problem('not_found', 'This link is not one of ours, or too old.', {
        remedy: 'Sign in and change your subscriptions there.',
      })
    const rows = yield* subscriptionsById(subscriptionsOf(JSON.parse(mail.content) as Content))
    return {
      memberId: mail.member_id,
      email: (yield* memberById(mail.member_id))?.email ?? '',
      rows: rows.filter((row) => row.member_id === mail.member_id),
    }
  }
  function* look({ email, rows }: Opened): Work<schema.Unsubscribing> {
    const subscriptions = yield* shown(rows)
    return {
      to: email,
      subscriptions: subscriptions.map((s) => ({ label: labelOf(s), paused: s.paused })),
    }
  }
  function* setPaused(token: string, paused: 0 | 1, now: number) {
    const { rows } = yield* open(token)
    for (const row of rows.filter((r) => r.paused !== paused))
      yield* updateSubscription(row, {
        paused,
        next_at: paused === 1 ? row.next_at : nextDigest(rhythmOf(row), now),
      })
    const after = yield* open(token)
    const entry = {
      actor: { kind: 'public', id: after.memberId, label: after.email },
      target: { kind: 'member', id: after.memberId, label: after.email },
      after: { subscriptions: after.rows.length },
    }
    return { entry, answer: yield* look(after) }
  }

  return [
    route({
      ...shape,
      id: 'unsubscribe.look',
      method: 'GET',
      path: '/api/v1/unsubscribe/{token}',
      summary: 'What the link of a mail would stop',
      audit: null,
      handle: (call, { params }) =>
        call.read(function* () {
          return yield* look(yield* open(params.token))
        }),
    }),
    route({
      ...shape,
      id: 'unsubscribe.stop',
      method: 'POST',
      path: '/unsubscribe/{token}',
      summary: 'Pause what a mail came from, with one click and without signing in (RFC 8058)',
      audit: 'subscription.unsubscribe',
      handle: (call, { params }) =>
        call.write(function* (record) {
          const { entry, answer } = yield* setPaused(params.token, 1, call.now)
          yield* record(entry)
          return answer
        }),
    }),
    route({
      ...shape,
      id: 'unsubscribe.undo',
      method: 'POST',
      path: '/api/v1/unsubscribe/{token}/undo',
      summary: 'Go on with what the link of a mail has stopped',
      audit: 'subscription.resubscribe',
      handle: (call, { params }) =>
        call.write(function* (record) {
          const { entry, answer } = yield* setPaused(params.token, 0, call.now)
          yield* record(entry)
          return answer
        }),
    }),
  ]
}
