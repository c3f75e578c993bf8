import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { demandRule, mayPersons } from './check.ts'
import type { AlertParts } from './ports.ts'
import * as schema from './schema.ts'
import { orderOf, showAlert, showFiring, shownAlerts } from './show.ts'
import { alertById, countFirings, firingsPage, openFiring } from './store.ts'
import type { AlertRow } from './tables.ts'
import { tryRule } from './trial.ts'
import { sentenceOf } from './words.ts'

/** The most rows that one download holds. */
const exportLimit = 50_000

const readers = {
  auth: ['session', 'key'],
  permission: 'analytics.view',
  errors: 'problem',
  audit: null,
} as const

/** Whoever may not see persons does not learn that there is such an alert. */
export function* alertFor(call: Pick<Call, 'actor'>, id: string): Work<AlertRow> {
  const row = yield* alertById(id)
  return found(row && (row.exact === 0 || mayPersons(call)) ? row : undefined, 'alert')
}

export function* viewOf(row: AlertRow, now: number): Work<schema.Alert> {
  return yield* showAlert(row, (yield* openFiring(row.id))?.began_at ?? null, now)
}

export const alertRoutes = ({ webhooks, mailer, aside }: AlertParts): readonly Route[] => [
  route({
    ...readers,
    id: 'alerts.list',
    method: 'GET',
    path: '/api/v1/alerts',
    summary: 'Budgets and other alerts, by name',
    description: 'Those that are exact only for whoever may see persons.',
    query: schema.alertQuery,
    output: schema.alertPage,
    produces: 'text/csv',
    async handle(call, { query: { q, cursor, limit, format, state, kind } }) {
      const all = await call.read(() => shownAlerts(mayPersons(call), call.now))
      const wanted = q?.trim().toLowerCase() ?? ''
      const shown = all.filter(
        (a) =>
          (state === undefined ? a.state !== 'deleted' : a.state === state) &&
          (kind === undefined || a.budget === (kind === 'budget')) &&
          `${a.name} ${a.says}`.toLowerCase().includes(wanted),
      )
      if (format === 'json') return jsonResponse('alerts', shown)
      if (format === 'csv') return csvResponse('alerts', alertColumns, shown.map(alertCells))
      const after = cursor === undefined ? '' : String(decodeCursor(cursor)[0])
      const rest = shown.filter((a) => orderOf(a) > after)
      const { items, next } = pageOf(rest, limit, (a) => [orderOf(a)])
      return { items: [...items], next, total: shown.length }
    },
  }),
  route({
    ...readers,
    id: 'alerts.choices',
    method: 'GET',
    path: '/api/v1/alerts/choices',
    summary: 'Who can be told',
    permission: 'alerts.manage',
    output: schema.choices,
    handle: (call) =>
      call.read(function* () {
        const all = yield* webhooks.all()
        return {
          webhooks: all.map(({ id, name }) => ({ id, name })),
          mail: mailer !== undefined,
        }
      }),
  }),
  route({
    ...readers,
    id: 'alerts.try',
    method: 'GET',
    path: '/api/v1/alerts/try',
    summary: 'What a rule would have told in the past',
    description: 'The last 60 days, 26 weeks or 12 months, from the first figure on.',
    query: schema.trialQuery,
    output: schema.trial,
    async handle(call, { query }) {
      const rule = { ...query, exact: query.exact === 'yes' }
      const subject = await call.read(() => demandRule(call, rule))
      const trial = await tryRule(aside, rule, call.now)
      return { ...trial, says: sentenceOf(rule, subject, trial.currency) }
    },
  }),
  route({
    ...readers,
    id: 'alerts.get',
    method: 'GET',
    path: '/api/v1/alerts/{id}',
    summary: 'One alert and what it says now',
    params: schema.idParams,
    output: schema.alert,
    handle: (call, { params }) =>
      call.read(function* () {
        return yield* viewOf(yield* alertFor(call, params.id), call.now)
      }),
  }),
  route({
    ...readers,
    id: 'alerts.firings',
    method: 'GET',
    path: '/api/v1/alerts/{id}/firings',
    summary: 'When an alert fired, newest first',
    params: schema.idParams,
    query: schema.firingQuery,
    output: schema.firingPage,
    produces: 'text/csv',
    async handle(call, { params: { id }, query: { cursor, limit: size, format } }) {
      const limit = format === undefined ? size : exportLimit
      const after = cursor === undefined ? undefined : decodeCursor(cursor)
      const { rows, total } = await call.read(function* () {
        yield* alertFor(call, id)
        return { rows: yield* firingsPage(id, after, limit), total: yield* countFirings(id) }
      })
      const { items, next } = pageOf(rows, limit, (row) => [row.began_at, row.id])
      const shown = items.map(showFiring)
      if (format === 'json') return jsonResponse('alert-firings', shown)
      if (format === 'csv')
        return csvResponse('alert-firings', firingColumns, shown.map(firingCells))
      return { items: shown, next, total }
    },
  }),
]

const alertColumns = [
  'id',
  'name',
  'says',
  'state',
  'why',
  'firing_since',
  'quiet_until',
  'period',
  'value',
  'judged',
  'made',
  'by',
]
const alertCells = (a: schema.Alert) => [
  a.id,
  a.name,
  a.says,
  a.state,
  a.why,
  timeCell(a.firingSince),
  timeCell(a.quietUntil),
  a.last?.period,
  a.last?.value,
  timeCell(a.judgedAt),
  timeCell(a.createdAt),
  a.createdBy,
]
const firingColumns = ['id', 'period', 'value', 'amount', 'began', 'ended', 'because', 'told']
const firingCells = (f: schema.Firing) => [
  f.id,
  f.period,
  f.value,
  f.amount,
  timeCell(f.beganAt),
  timeCell(f.endedAt),
  f.endedBecause,
  timeCell(f.toldAt),
]
