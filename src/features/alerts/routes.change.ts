import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { demandRule, demandWebhook } from './check.ts'
import { evaluateSoon, ruleOf } from './evaluate.ts'
import { currentPeriod } from './periods.ts'
import type { AlertParts } from './ports.ts'
import { alertFor, viewOf } from './routes.ts'
import * as schema from './schema.ts'
import { seriesPlace, type seriesAside } from './series.ts'
import { allAlerts, endFiring, insertAlert, updateAlert } from './store.ts'
import type { AlertRow } from './tables.ts'

/** Each is asked every five minutes, one after the other, beside the questions of the dashboard. */
const mostAlerts = 200

const path = '/api/v1/alerts/{id}'
const managers = {
  auth: ['session', 'key'],
  permission: 'alerts.manage',
  errors: 'problem',
  output: schema.alert,
} as const

export const changeRoutes = (parts: AlertParts): readonly Route[] => [
  route({
    ...managers,
    id: 'alerts.create',
    method: 'POST',
    path: '/api/v1/alerts',
    summary: 'Make an alert',
    description:
      'It is judged at once and every five minutes. It tells; nothing is ever refused because of it. Needs analytics.view, and analytics.persons where it is exact.',
    body: schema.newAlert,
    status: 201,
    audit: 'alert.create',
    async handle(call, { body }) {
      await demandAskable(parts, call, body.rule)
      return call.write(function* (record) {
        yield* demandWebhook(parts, body)
        yield* demandRoom()
        const row: AlertRow = {
          ...columnsOf(body),
          id: parts.runtime.ids('alr'),
          revision: 0,
          quiet_until: null,
          ...unjudged,
          currency: '',
          created_at: call.now,
          created_by: call.actor.label,
          deleted_at: null,
        }
        yield* insertAlert(row)
        yield* record({ target: targetOf(row), after: body })
        yield* evaluateSoon()
        return yield* viewOf(row, call.now)
      })
    },
  }),
  route({
    ...managers,
    id: 'alerts.change',
    method: 'PUT',
    path,
    summary: 'Change an alert',
    description: 'With another rule it begins anew: a firing that goes on ends.',
    params: schema.idParams,
    body: schema.alertChange,
    audit: 'alert.change',
    async handle(call, { params: { id }, body: { revision, ...body } }) {
      await demandAskable(parts, call, body.rule)
      return call.write(function* (record) {
        const before = yield* alertFor(call, id)
        yield* demandRevision(before, revision, call.now)
        demandThere(before)
        yield* demandWebhook(parts, body)
        const columns = columnsOf(body)
        const anew = columns.rule !== before.rule
        if (anew) yield* endFiring(id, call.now, 'changed')
        yield* updateAlert(id, { ...columns, revision: revision + 1, ...(anew ? unjudged : {}) })
        const after = yield* alertFor(call, id)
        yield* record({ target: targetOf(after), before: asMade(before), after: asMade(after) })
        if (anew) yield* evaluateSoon()
        return yield* viewOf(after, call.now)
      })
    },
  }),
  route({
    ...managers,
    id: 'alerts.quiet',
    method: 'PUT',
    path: `${path}/quiet`,
    summary: 'Tell nothing until a time, or tell again',
    description: 'It is judged as always. What still fires when the time has come is told then.',
    params: schema.idParams,
    body: schema.quiet,
    audit: 'alert.quiet',
    handle: (call, { params: { id }, body: { until } }) =>
      call.write(function* (record) {
        const before = yield* alertFor(call, id)
        demandThere(before)
        yield* updateAlert(id, { quiet_until: until })
        yield* record({
          target: targetOf(before),
          before: { until: before.quiet_until },
          after: { until },
        })
        yield* evaluateSoon()
        return yield* viewOf(yield* alertFor(call, id), call.now)
      }),
  }),
  route({
    ...managers,
    id: 'alerts.delete',
    method: 'DELETE',
    path,
    summary: 'Delete an alert',
    description: 'It can be restored for 30 days.',
    params: schema.idParams,
    audit: 'alert.delete',
    handle: (call, { params: { id } }) =>
      call.write(function* (record) {
        const before = yield* alertFor(call, id)
        demandThere(before)
        yield* endFiring(id, call.now, 'deleted')
        yield* updateAlert(id, { deleted_at: call.now })
        yield* record({ target: targetOf(before), before: asMade(before) })
        return yield* viewOf(yield* alertFor(call, id), call.now)
      }),
  }),
  route({
    ...managers,
    id: 'alerts.restore',
    method: 'POST',
    path: `${path}/restore`,
    summary: 'Bring a deleted alert back',
    description: 'It begins anew: what happened while it was deleted is not told.',
    params: schema.idParams,
    audit: 'alert.restore',
    handle: (call, { params: { id } }) =>
      call.write(function* (record) {
        const before = yield* alertFor(call, id)
        if (before.deleted_at === null)
          throw new Problem('wrong_state', 'It is not deleted.', { remedy: 'Reload the page.' })
        yield* demandRoom()
        yield* updateAlert(id, { deleted_at: null, revision: before.revision + 1, ...unjudged })
        const after = yield* alertFor(call, id)
        yield* record({ target: targetOf(after), after: asMade(after) })
        yield* evaluateSoon()
        return yield* viewOf(after, call.now)
      }),
  }),
]

/** Throws what analytics throws where the rule cannot be asked, such as crossing what could single out a person. */
async function demandAskable(
  { aside }: AlertParts,
  call: Pick<Call, 'actor' | 'now' | 'read'>,
  rule: schema.Rule,
): Promise<void> {
  await call.read(() => demandRule(call, rule, 'rule.'))
  const periods = [currentPeriod(rule, call.now)]
  await aside.run<typeof seriesAside>(seriesPlace, 'seriesAside', { rule, periods })
}

const unjudged = { judged_period: null, judged_at: null, last: null, why: null } as const

const columnsOf = ({ name, rule, webhookId, mailTo }: schema.NewAlert) => ({
  name,
  rule: JSON.stringify(rule),
  of: rule.of,
  value: rule.value,
  exact: rule.exact ? 1 : 0,
  webhook_id: webhookId,
  mail_to: JSON.stringify([...new Set(mailTo)]),
})

const targetOf = ({ id, name }: AlertRow) => ({ kind: 'alert', id, label: name })

const asMade = (row: AlertRow): schema.NewAlert => ({
  name: row.name,
  rule: ruleOf(row),
  webhookId: row.webhook_id,
  mailTo: JSON.parse(row.mail_to) as string[],
})

function* demandRoom(): Work<void> {
  const there = (yield* allAlerts()).filter((row) => row.deleted_at === null)
  if (there.length >= mostAlerts)
    throw new Problem('wrong_state', `There are ${mostAlerts} alerts, and more are not asked.`, {
      remedy: 'Delete one that nobody needs.',
    })
}

function demandThere({ deleted_at }: AlertRow): void {
  if (deleted_at !== null)
    throw new Problem('wrong_state', 'It is deleted.', { remedy: 'Restore it first.' })
}

function* demandRevision(before: AlertRow, revision: number, now: number): Work<void> {
  if (before.revision === revision) return
  throw new Problem('edited_meanwhile', 'Somebody else has changed this meanwhile.', {
    remedy: 'Look at what stands there now, then change it again.',
    data: { current: yield* viewOf(before, now) },
  })
}
