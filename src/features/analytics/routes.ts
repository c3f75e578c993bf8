import { route } from '#features/workspace/index.ts'
import type { Aside } from '#kernel/aside.ts'
import { day } from '#kernel/clock.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { dayOf, filterKeys, invalid, mostDays } from './ask.ts'
import { answerPlace, questionFor, type answerAside } from './answer.ts'
import { choicesPlace, type choicesAside } from './choices.ts'
import { rowsDownload } from './download.ts'
import { questions } from './questions/index.ts'
import * as schema from './schema.ts'
import {
  eventColumns,
  eventsBetween,
  eventsName,
  factBounds,
  type EventRange,
} from './store.events.ts'
import {
  deletePrice,
  insertPrice,
  priceById,
  priceEntries,
  setSettings,
  theSettings,
} from './store.settings.ts'

const auth = ['session', 'key'] as const
const common = { auth, errors: 'problem' } as const

export const mayPersons = (call: Call): boolean => call.actor.permissions.has('analytics.persons')

/** Facts are read in runs of so many numbers, a few milliseconds each. */
const factsAtOnce = 1000

export const analyticsRoutes = (runtime: Runtime, aside: Aside): readonly Route[] => [
  route({
    ...common,
    id: 'analytics.questions',
    method: 'GET',
    path: '/api/v1/analytics/questions',
    summary: 'The questions that can be put to what agents reported',
    permission: 'analytics.view',
    output: schema.questionList,
    audit: null,
    handle: () => ({
      items: questions.map(({ key, title, about, dimensions, filters, rowsOf, persons }) => ({
        key,
        title,
        about,
        dimensions: [...dimensions],
        filters: [...(filters ?? filterKeys)],
        rowsOf: rowsOf ?? null,
        persons: persons === true,
      })),
    }),
  }),
  route({
    ...common,
    id: 'analytics.answer',
    method: 'GET',
    path: '/api/v1/analytics/questions/{key}',
    summary: 'The answer to one question',
    description:
      'From sums, never from single records. Without the permission analytics.persons: days of UTC that ended some hours ago, one dimension at a time, and nothing about fewer people than the settings say.',
    permission: 'analytics.view',
    params: schema.questionParams,
    query: schema.questionQuery,
    output: schema.answer,
    audit: null,
    async handle(call, { params, query: { format, ...query } }) {
      const put = { key: params.key, query, persons: mayPersons(call) }
      questionFor(put)
      const answer = await aside.run<typeof answerAside>(answerPlace, 'answerAside', put)
      if (format === undefined) return answer
      const columns = answer.columns.map((column) => column.key)
      return rowsDownload(params.key, format, columns, once(answer.rows))
    },
  }),
  choicesRoute(aside),
  eventsRoute(runtime),
  ...priceRoutes(runtime),
  ...settingsRoutes,
]

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value)
}

const choicesRoute = (aside: Aside) =>
  route({
    ...common,
    id: 'analytics.choices',
    method: 'GET',
    path: '/api/v1/analytics/choices',
    summary: 'What answers can be filtered by, and the settings they are made with',
    permission: 'analytics.view',
    output: schema.choices,
    audit: null,
    handle: (call) =>
      aside.run<typeof choicesAside>(choicesPlace, 'choicesAside', { persons: mayPersons(call) }),
  })

const eventsRoute = (runtime: Runtime) =>
  route({
    ...common,
    id: 'analytics.events',
    method: 'GET',
    path: '/api/v1/analytics/events',
    summary: 'Every event of some days, as a download',
    description:
      'In the order in which they were stored; at most 400 days. `content` holds what the content policy kept.',
    permission: 'analytics.persons',
    query: schema.eventsQuery,
    output: null,
    produces: 'application/x-ndjson',
    audit: null,
    handle(_, { query }) {
      const range = rangeOf(query)
      return rowsDownload(
        eventsName(range),
        query.format,
        eventColumns,
        eventPieces(runtime, range),
      )
    },
  })

/** Throws `invalid_input` for days that are none, or too many. */
function rangeOf({ from, to }: { readonly from: string; readonly to: string }): EventRange {
  const [first, last] = [dayOf('from', from), dayOf('to', to)]
  if (first > last) throw invalid('from', 'The first day is after the last.')
  if (last - first >= mostDays) throw invalid('from', `At most ${mostDays} days at a time.`)
  return { from: first * day, until: (last + 1) * day }
}

async function* eventPieces(runtime: Runtime, range: EventRange) {
  const bounds = await runtime.db.read(() => factBounds())
  if (!bounds) return
  for (let low = bounds.low; low <= bounds.high; low += factsAtOnce)
    yield await runtime.db.read(() =>
      eventsBetween(low, Math.min(low + factsAtOnce - 1, bounds.high), range),
    )
}

const priceRoutes = (runtime: Runtime): readonly Route[] => [
  route({
    ...common,
    id: 'analytics-prices.list',
    method: 'GET',
    path: '/api/v1/analytics/prices',
    summary: 'What tokens cost, by model and day',
    permission: 'analytics.view',
    output: schema.priceList,
    audit: null,
    handle: (call) =>
      call.read(function* () {
        const { currency } = yield* theSettings()
        return { currency, items: [...(yield* priceEntries())] }
      }),
  }),
  route({
    ...common,
    id: 'analytics-prices.add',
    method: 'POST',
    path: '/api/v1/analytics/prices',
    summary: 'Say what a model costs from a day on',
    description:
      'Costs are computed when they are asked for: a price for a day in the past changes what that day is said to have cost.',
    permission: 'settings.manage',
    body: schema.newPrice,
    output: schema.price,
    status: 201,
    audit: 'price.add',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const entry = { id: runtime.ids('prc'), ...body }
        yield* insertPrice(entry)
        yield* record({ target: priceTarget(entry), after: body })
        return entry
      }),
  }),
  route({
    ...common,
    id: 'analytics-prices.remove',
    method: 'DELETE',
    path: '/api/v1/analytics/prices/{id}',
    summary: 'Take a price from the list',
    permission: 'settings.manage',
    params: schema.idParams,
    output: schema.price,
    audit: 'price.remove',
    handle: (call, { params }) =>
      call.write(function* (record) {
        const entry = found(yield* priceById(params.id), 'price')
        yield* deletePrice(entry.id)
        yield* record({ target: priceTarget(entry), before: entry })
        return entry
      }),
  }),
]

const priceTarget = ({ id, model }: { readonly id: string; readonly model: string }) => ({
  kind: 'price',
  id,
  label: model,
})

const settingsRoutes: readonly Route[] = [
  route({
    ...common,
    id: 'analytics-settings.set',
    method: 'PUT',
    path: '/api/v1/analytics/settings',
    summary:
      'Say in which time zone and currency is reckoned, and how many people a number is about at least',
    permission: 'settings.manage',
    body: schema.settings,
    output: schema.settings,
    audit: 'analytics-settings.change',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const before = yield* theSettings()
        yield* setSettings(body)
        yield* record({
          target: { kind: 'settings', id: 'analytics', label: 'Analytics' },
          before,
          after: body,
        })
        return body
      }),
  }),
]
