import { allGroups } from '#features/access/index.ts'
import { versionPlaces } from '#features/policies/index.ts'
import {
  conversationById,
  factsOf,
  groupsOfSet,
  keptSince,
  spansOf,
  telemetrySettings,
} from '#features/telemetry/index.ts'
import { route } from '#features/workspace/index.ts'
import type { Aside } from '#kernel/aside.ts'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { rowsDownload } from '../download.ts'
import { personNames } from '../names.ts'
import type { Row } from '../schema.ts'
import { listPlace, type listAside, type Listing, type pieceAside } from './list.ts'
import * as schema from './schema.ts'
import {
  conversationColumns,
  eventColumns,
  eventRow,
  showConversation,
  showEvent,
  showReported,
  showSpan,
} from './show.ts'
import { tailSince, tailStart } from './tail.ts'
import { createWatching } from './watching.ts'

/** Everything here is about single persons. */
const common = {
  auth: ['session', 'key'],
  permission: 'analytics.persons',
  errors: 'problem',
  audit: null,
} as const

const spansShown = 1000

export const conversationRoutes = (runtime: Runtime, aside: Aside): readonly Route[] => [
  listRoute(aside),
  ...liveRoutes(runtime),
  pageRoute,
  eventsRoute(runtime),
  traceRoute,
]

const listRoute = (aside: Aside): Route =>
  route({
    ...common,
    id: 'conversations.list',
    method: 'GET',
    path: '/api/v1/conversations',
    summary: 'Conversations that clients report, last active first',
    description: 'What is reported is the client’s own word; who it was is what its token says.',
    query: schema.conversationQuery,
    output: schema.conversationList,
    produces: 'text/csv',
    async handle(call, { query: { format, ...query } }) {
      const listing = { query, now: call.now }
      if (format !== undefined)
        return rowsDownload('conversations', format, conversationColumns, pieces(aside, listing))
      const page = await aside.run<typeof listAside>(listPlace, 'listAside', listing)
      return { ...page, items: [...page.items] }
    },
  })

async function* pieces(aside: Aside, { query, now }: Listing): AsyncGenerator<readonly Row[]> {
  let { cursor } = query
  do {
    const { rows, next } = await aside.run<typeof pieceAside>(listPlace, 'pieceAside', {
      query: { ...query, cursor },
      now,
    })
    yield rows
    cursor = next ?? undefined
  } while (cursor !== undefined)
}

const headOf = function* (id: string) {
  // Ids are numbers; anything else is the id of nothing.
  return found(
    /^\d{1,15}$/.test(id) ? yield* conversationById(Number(id)) : undefined,
    'conversation',
  )
}

const pageRoute = route({
  ...common,
  id: 'conversations.get',
  method: 'GET',
  path: '/api/v1/conversations/{id}',
  summary: 'One conversation: whose, where from, under which policy, and its sums',
  params: schema.conversationParams,
  output: schema.conversationPage,
  handle: (call, { params }) => call.read(() => pageOfOne(params.id)),
})

function* pageOfOne(id: string): Work<schema.ConversationPage> {
  const head = yield* headOf(id)
  const places = yield* versionPlaces(head.policy_version === '' ? [] : [head.policy_version])
  const place = places.get(head.policy_version)
  const names = new Map((yield* allGroups()).map((group) => [group.id, group.name]))
  const { retention } = yield* telemetrySettings()
  return {
    ...showConversation(head, yield* personNames()),
    groups: (yield* groupsOfSet(head.group_set)).map((group) => ({
      id: group,
      name: names.get(group) ?? group,
    })),
    policy: place
      ? {
          id: head.policy_version,
          name: place.policyName,
          policyId: place.policyId,
          number: place.number,
        }
      : null,
    reported: showReported(head),
    kept: {
      since: yield* keptSince(),
      events: retention.events,
      content: Math.min(retention.content, retention.events),
      traces: Math.min(retention.traces, retention.events),
    },
  }
}

/** Facts of one piece of a download. */
const factsAtOnce = 1000

const eventsRoute = (runtime: Runtime): Route =>
  route({
    ...common,
    id: 'conversations.events',
    method: 'GET',
    path: '/api/v1/conversations/{id}/events',
    summary: 'What was reported of one conversation',
    description:
      'In the order of receipt. `content` holds what the content policy kept; spans stand in the trace of their turn.',
    params: schema.conversationParams,
    query: schema.eventsQuery,
    output: schema.eventList,
    produces: 'text/csv',
    async handle(call, { params, query: { cursor, limit, order, format } }) {
      const head = await call.read(() => headOf(params.id))
      if (format !== undefined) {
        const all = eventPieces(runtime, head, order)
        return rowsDownload(`conversation-${params.id}`, format, eventColumns, all)
      }
      const after = cursor === undefined ? undefined : Number(decodeCursor(cursor)[0])
      const facts = await call.read(() => factsOf(head, { order, after, limit }))
      const last = facts.length > limit ? facts[limit - 1] : undefined
      return {
        items: facts.slice(0, limit).map(showEvent),
        next: last === undefined ? null : encodeCursor([last.id]),
      }
    },
  })

async function* eventPieces(
  { db }: Runtime,
  head: { readonly id: number; readonly conversation: string },
  order: 'oldest' | 'newest',
): AsyncGenerator<readonly Row[]> {
  let after: number | undefined
  do {
    const from: number | undefined = after
    const facts = await db.read(() => factsOf(head, { order, after: from, limit: factsAtOnce }))
    yield facts.slice(0, factsAtOnce).map(eventRow)
    after = facts.length > factsAtOnce ? facts[factsAtOnce - 1]?.id : undefined
  } while (after !== undefined)
}

const traceRoute = route({
  ...common,
  id: 'conversations.trace',
  method: 'GET',
  path: '/api/v1/conversations/{id}/traces/{traceId}',
  summary: 'The spans of one turn, as the person of the conversation reported them',
  params: schema.traceParams,
  output: schema.trace,
  handle: (call, { params: { id, traceId } }) =>
    call.read(function* () {
      const { person } = yield* headOf(id)
      const spans = yield* spansOf(person, traceId, spansShown)
      return {
        spans: spans.slice(0, spansShown).map(showSpan),
        more: spans.length > spansShown,
      }
    }),
})

function liveRoutes(runtime: Runtime): readonly Route[] {
  const watching = createWatching(runtime)
  return [
    route({
      ...common,
      id: 'conversations.watch',
      method: 'POST',
      path: '/api/v1/conversations/live',
      summary: 'Begin to look at what clients report as it comes',
      description: 'Lasts an hour. The audit trail shows who looked, and when.',
      output: schema.tailBegun,
      status: 201,
      audit: 'conversations.watch',
      handle: (call) =>
        call.write(function* (record) {
          const watch = watching.begin(call.actor.id, yield* tailStart(), call.now)
          yield* record({
            target: { kind: 'conversations', id: 'live', label: 'Live tail' },
            after: { until: watch.endsAt },
          })
          return { cursor: watching.cursorOf(watch), endsAt: watch.endsAt }
        }),
    }),
    route({
      ...common,
      id: 'conversations.live',
      method: 'GET',
      path: '/api/v1/conversations/live',
      summary: 'What clients have reported since the answer before',
      query: schema.tailQuery,
      output: schema.tailAnswer,
      async handle(call, { query: { cursor, ...query } }) {
        const watch = watching.read(cursor, call.actor.id, call.now)
        const { items, upTo, passed } = await call.read(() => tailSince(watch.upTo, query))
        return { items: [...items], passed, cursor: watching.cursorOf({ ...watch, upTo }) }
      },
    }),
  ]
}
