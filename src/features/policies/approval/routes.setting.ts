import { z } from 'zod'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import type { ApprovalParts } from './parts.ts'
import { reviewAct } from './review.ts'
import * as schema from './schema.ts'
import { turnOff, turningOff, turnOn } from './setting.ts'
import { countWaiting, setting } from './store.ts'
import { countOpenReviews, listReviews } from './store.reviews.ts'
import { reviewView } from './view.ts'

/** The rule's own switch, and the acts that did not wait for it. */
export const fourEyesRoutes = ({ runtime, approvers }: ApprovalParts) => {
  function* fourEyes({ actor, now }: Call): Work<schema.FourEyes> {
    const may = actor.kind === 'session' && actor.permissions.has('policies.approve')
    const row = yield* setting()
    return {
      on: row.is_on === 1,
      changedAt: row.changed_at,
      changedBy: row.changed_by,
      approvers: (yield* approvers()).map(({ id, label }) => ({ id, label })),
      waiting: yield* countWaiting(now),
      reviews: yield* countOpenReviews(),
      forYou: may ? (yield* countWaiting(now, actor.id)) + (yield* countOpenReviews(actor.id)) : 0,
      turningOff: yield* turningOff(now),
    }
  }

  return [
    route({
      id: 'four-eyes.get',
      method: 'GET',
      path: '/api/v1/settings/four-eyes',
      summary: 'Whether the four-eyes rule is on, who can approve, and what waits',
      auth: ['session', 'key'],
      errors: 'problem',
      permission: 'policies.read',
      output: schema.fourEyes,
      audit: null,
      handle: (call) => call.read(() => fourEyes(call)),
    }),
    route({
      id: 'four-eyes.set',
      method: 'PUT',
      path: '/api/v1/settings/four-eyes',
      summary: 'Turn the four-eyes rule on or off',
      description:
        'On: whatever changes somebody’s policy needs the approval of a second person. It needs two people who can approve, and turning it off again is under it too.',
      auth: ['session', 'key'],
      errors: 'problem',
      permission: 'settings.manage',
      recent: true,
      body: schema.fourEyesChange,
      output: schema.fourEyes,
      audit: 'settings.four-eyes',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const on = (yield* setting()).is_on === 1
          if (body.on && !on) yield* turnOn(call, yield* approvers())
          if (!body.on && on) yield* turnOff(runtime.ids, call)
          yield* record({
            target: { kind: 'setting', id: 'four-eyes', label: 'Four-eyes rule' },
            before: { on },
            after: { on: body.on },
          })
          return yield* fourEyes(call)
        }),
    }),
    route({
      id: 'reviews.list',
      method: 'GET',
      path: '/api/v1/reviews',
      summary: 'Acts that did not wait for approval, newest first',
      auth: ['session', 'key'],
      errors: 'problem',
      permission: 'policies.read',
      query: schema.reviewQuery,
      output: schema.reviewPage,
      produces: 'text/csv',
      audit: null,
      handle: async (call, { query }) => {
        const whole = query.format !== undefined
        const filter = { ...query, ...(whole ? { cursor: undefined, limit: null } : {}) }
        const list = await call.read(() => listReviews(filter))
        const items = list.items.map((row) => reviewView(row, call.actor))
        if (query.format === 'json') return jsonResponse('reviews', items)
        if (query.format === 'csv') return csv(items)
        return { ...list, items }
      },
    }),
    route({
      id: 'reviews.review',
      method: 'POST',
      path: '/api/v1/reviews/{id}',
      summary: 'Say that one has looked at an act that did not wait; its alarm ends',
      auth: ['session'],
      errors: 'problem',
      permission: 'policies.approve',
      recent: true,
      params: z.object({ id: z.string().max(100) }),
      body: schema.refusal,
      output: schema.review,
      audit: 'approval.review',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const row = yield* reviewAct(call, id, body.comment)
          yield* record({
            target: { kind: 'review', id, label: row.title },
            after: { comment: row.comment },
          })
          return reviewView(row, call.actor)
        }),
    }),
  ]
}

const csv = (items: readonly schema.Review[]): Response =>
  csvResponse(
    'reviews',
    ['title', 'why', 'reason', 'touches', 'by', 'at', 'reviewed by', 'reviewed', 'comment', 'id'],
    items.map((r) => [
      r.title,
      r.why,
      r.reason,
      r.touches,
      r.actor.label,
      timeCell(r.at),
      r.reviewedBy,
      timeCell(r.reviewedAt),
      r.comment,
      r.id,
    ]),
  )
