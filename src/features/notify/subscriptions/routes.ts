import { followedByPath, followsPage } from '#features/watch/index.ts'
import { route, type Permission } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { page } from '../../workspace/schema.ts'
import { changed } from '../alarms.ts'
import type { NotifyParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { endpointById } from '../webhooks/store.ts'
import { columnsOf, nextDigest } from './rhythm.ts'
import { labelOf, shown, subscriptionTarget } from './show.ts'
import {
  deleteSubscriptions,
  insertSubscription,
  listSubscriptions,
  subscriptionById,
  subscriptionsOfEndpoint,
  subscriptionsOfMember,
  updateSubscription,
  type SubscriptionRow,
} from './store.ts'

const auth = ['session', 'key'] as const
/** Enough for anybody, and a bound on what one step costs. */
const mostOfOne = 200

export function subscriptionRoutes(parts: NotifyParts): readonly Route[] {
  const { runtime, mailer } = parts
  return [
    listRoute,
    route({
      id: 'subscriptions.create',
      method: 'POST',
      path: '/api/v1/subscriptions',
      summary: 'Follow a collection, one of its pages, or a term',
      description:
        'Mails go to the member who asks. A webhook belongs to the workspace, so its subscriptions need `webhooks.manage` and stay when their maker leaves.',
      auth,
      permission: 'subscriptions.read',
      body: schema.newSubscription,
      output: schema.subscription,
      status: 201,
      errors: 'problem',
      audit: 'subscription.create',
      handle: (call, { body }) =>
        call.write(function* (record) {
          if (body.channel.kind === 'mail' && !mailer)
            throw new Problem('mail_not_configured', undefined, {
              remedy:
                'Follow it with a feed reader, or ask the operator to set GATEHOUSE_SMTP_URL.',
            })
          const target = yield* targetOf(call.actor, body.channel)
          const row: SubscriptionRow = {
            id: runtime.ids('sub'),
            ...target,
            collection_id: yield* collectionOf(body),
            page: body.page,
            term: body.term,
            ...columnsOf(body.rhythm),
            formatting: Number(body.formatting),
            trouble: Number(body.trouble),
            paused: 0,
            revision: 1,
            created_at: call.now,
            created_by: call.actor.label,
            next_at: nextDigest(body.rhythm, call.now),
          }
          yield* refuseTwice(row)
          yield* insertSubscription(row)
          yield* changed()
          const made = yield* one(row)
          yield* record({ target: subscriptionTarget(made), after: facts(made) })
          return made
        }),
    }),
    route({
      id: 'subscriptions.change',
      method: 'PATCH',
      path: '/api/v1/subscriptions/{id}',
      summary: 'Change or pause a subscription',
      auth,
      permission: 'subscriptions.read',
      params: schema.idParams,
      body: schema.subscriptionChange,
      output: schema.subscription,
      errors: 'problem',
      audit: 'subscription.change',
      handle: (call, { params, body }) =>
        call.write(function* (record) {
          const row = yield* mine(call.actor, params.id)
          const before = yield* one(row)
          if (row.revision !== body.revision)
            throw new Problem('edited_meanwhile', undefined, {
              remedy: 'Look at it as it is now, then change it again.',
              data: { current: before },
            })
          const { rhythm, term, formatting, trouble, paused } = body
          const resumed = paused === false && row.paused === 1
          yield* updateSubscription(row, {
            ...(rhythm && columnsOf(rhythm)),
            ...((rhythm ?? resumed) && {
              next_at: nextDigest(rhythm ?? before.rhythm, call.now),
            }),
            ...(term !== undefined && { term }),
            ...(formatting !== undefined && { formatting: Number(formatting) }),
            ...(trouble !== undefined && { trouble: Number(trouble) }),
            ...(paused !== undefined && { paused: Number(paused) }),
          })
          yield* changed()
          const after = yield* one(found(yield* subscriptionById(row.id), 'subscription'))
          yield* record({
            target: subscriptionTarget(after),
            before: facts(before),
            after: facts(after),
          })
          return after
        }),
    }),
    route({
      id: 'subscriptions.delete',
      method: 'DELETE',
      path: '/api/v1/subscriptions/{id}',
      summary: 'Stop following',
      auth,
      permission: 'subscriptions.read',
      params: schema.idParams,
      output: null,
      errors: 'problem',
      audit: 'subscription.delete',
      handle: async (call, { params }) => {
        await call.write(function* (record) {
          const before = yield* one(yield* mine(call.actor, params.id))
          yield* deleteSubscriptions([before.id])
          yield* changed()
          yield* record({ target: subscriptionTarget(before), before: facts(before) })
        })
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

const listRoute = route({
  id: 'subscriptions.list',
  method: 'GET',
  path: '/api/v1/subscriptions',
  summary: 'List what one follows, and what the webhooks are told',
  auth,
  permission: 'subscriptions.read',
  query: schema.subscriptionsQuery,
  output: page(schema.subscription),
  errors: 'problem',
  audit: null,
  handle: async (call, { query }) => {
    const { channel, endpoint: endpointId, collection, cursor, format } = query
    const list = (limit: number | null) =>
      call.read(function* () {
        const collectionIds =
          collection === undefined
            ? undefined
            : [(yield* followedByPath(collection))?.id].filter((id) => id !== undefined)
        const { items, next, total } = yield* listSubscriptions({
          memberId: memberOf(call.actor),
          webhooks: call.actor.permissions.has('webhooks.manage'),
          channel,
          endpointId,
          collectionIds,
          cursor: limit === null ? undefined : cursor,
          limit,
        })
        return { items: [...(yield* shown(items))], next, total }
      })
    if (format === undefined) return list(query.limit)
    const { items } = await list(null)
    if (format === 'json') return jsonResponse('subscriptions', items)
    return csvResponse(
      'subscriptions',
      ['follows', 'channel', 'to', 'rhythm', 'paused', 'made by', 'created', 'id'],
      items.map((s) => [
        labelOf(s),
        s.channel.kind,
        s.channel.kind === 'mail' ? s.channel.to : s.channel.name,
        s.rhythm.kind,
        s.paused ? 'yes' : 'no',
        s.createdBy,
        timeCell(s.createdAt),
        s.id,
      ]),
    )
  },
})

/** A service key acts for nobody's mailbox. */
const memberOf = (actor: Actor): string | null => (actor.kind === 'session' ? actor.id : null)

function* targetOf(
  actor: Actor<Permission>,
  channel: schema.Channel,
): Work<Pick<SubscriptionRow, 'member_id' | 'endpoint_id'>> {
  if (channel.kind === 'mail') {
    const member = memberOf(actor)
    if (member === null)
      throw new Problem('forbidden', 'A service key has no mailbox.', {
        remedy: 'Sign in to follow by mail, or name a webhook.',
      })
    return { member_id: member, endpoint_id: null }
  }
  if (!actor.permissions.has('webhooks.manage'))
    throw new Problem('forbidden', 'Telling a webhook needs the permission webhooks.manage.', {
      remedy: 'Follow by mail or feed, or ask an admin.',
    })
  const endpoint = found(yield* endpointById(channel.endpointId), 'webhook')
  return { member_id: null, endpoint_id: endpoint.id }
}

function* collectionOf(body: schema.NewSubscription): Work<string | null> {
  const complain = (field: string, message: string): Problem =>
    new Problem('invalid_input', message, { errors: [{ field: `body.${field}`, message }] })
  if (body.collection === null) {
    if (body.page !== null) throw complain('page', 'A page belongs to a collection: name it too.')
    return null
  }
  const collection = found(yield* followedByPath(body.collection), 'collection')
  if (body.page !== null && !(yield* followsPage(collection.id, body.page)))
    throw complain('page', 'The collection has no such page.')
  return collection.id
}

function* refuseTwice(row: SubscriptionRow): Work<void> {
  const others =
    row.member_id === null
      ? yield* subscriptionsOfEndpoint(row.endpoint_id ?? '')
      : yield* subscriptionsOfMember(row.member_id)
  const same = others.find(
    (o) => o.collection_id === row.collection_id && o.page === row.page && o.term === row.term,
  )
  if (same)
    throw new Problem('already_exists', 'This is followed already.', {
      remedy: 'Change that subscription instead.',
      data: { id: same.id },
    })
  if (others.length >= mostOfOne)
    throw new Problem('wrong_state', `There are ${mostOfOne} subscriptions already.`, {
      remedy: 'Follow whole collections instead of single pages, or delete some.',
    })
}

/** One's own, or a webhook's for who manages those. Others do not exist for the asker. */
function* mine(actor: Actor<Permission>, id: string): Work<SubscriptionRow> {
  const row = yield* subscriptionById(id)
  const own =
    row?.member_id === null
      ? actor.permissions.has('webhooks.manage')
      : row?.member_id === memberOf(actor)
  return found(own ? row : undefined, 'subscription')
}

function* one(row: SubscriptionRow): Work<schema.Subscription> {
  return found((yield* shown([row]))[0], 'subscription')
}

const facts = ({ channel, rhythm, formatting, trouble, paused }: schema.Subscription) => ({
  channel: channel.kind === 'mail' ? channel.to : channel.name,
  rhythm,
  formatting,
  trouble,
  paused,
})
