import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { allHolds, holdById, insertHold, releaseHold, type HoldRow } from './holds/store.ts'
import type { ComplianceParts } from './parts.ts'
import { subjectLabel } from './routes.erasures.ts'
import * as schema from './schema.ts'

const guard = {
  auth: ['session', 'key'],
  permission: 'compliance.delete',
  errors: 'problem',
} as const

export function holdRoutes(parts: ComplianceParts): readonly Route[] {
  const { runtime } = parts
  return [
    route({
      ...guard,
      id: 'compliance.holds',
      method: 'GET',
      path: '/api/v1/compliance/holds',
      summary: 'Legal holds, newest first, released ones too',
      permission: 'compliance.read',
      query: schema.wholeQuery,
      output: schema.holds,
      produces: 'text/csv',
      audit: null,
      handle: async (call, { query: { format } }) => {
        const items = (await call.read(allHolds)).map(shown)
        if (format === undefined) return { items }
        return format === 'json'
          ? jsonResponse('legal-holds', items)
          : csvResponse('legal-holds', holdColumns, items.map(holdCells))
      },
    }),
    route({
      ...guard,
      id: 'compliance.hold',
      method: 'POST',
      path: '/api/v1/compliance/holds',
      summary: 'Set a legal hold: what it is about is neither deleted nor erased',
      body: schema.newHold,
      output: schema.hold,
      status: 201,
      audit: 'compliance.hold',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const { subjectId } = body
          const label = subjectId === null ? null : yield* subjectLabel(parts, subjectId)
          const row: HoldRow = {
            id: runtime.ids('hld'),
            name: body.name,
            reason: body.reason,
            event_type: body.eventType,
            subject_id: subjectId,
            subject_label: label,
            from_at: body.from,
            until_at: body.until,
            created_at: call.now,
            created_by: call.actor.label,
            released_at: null,
            released_by: null,
          }
          yield* insertHold(row)
          const { name, reason, eventType, subject, from, until } = shown(row)
          yield* record({
            target: holdTarget(row),
            after: { name, reason, eventType, subject, from, until },
          })
          return shown(row)
        }),
    }),
    route({
      ...guard,
      id: 'compliance.release',
      method: 'POST',
      path: '/api/v1/compliance/holds/{id}/release',
      summary: 'Release a legal hold; retention goes on with what it kept',
      params: schema.idParams,
      output: schema.hold,
      audit: 'compliance.release',
      recent: true,
      handle: (call, { params }) =>
        call.write(function* (record) {
          const row = found(yield* holdById(params.id), 'legal hold')
          if (row.released_at !== null)
            throw new Problem('wrong_state', 'It was released already.', {
              remedy: 'Set a new one if it is needed again.',
            })
          yield* releaseHold(row.id, call.now, call.actor.label)
          yield* record({ target: holdTarget(row), before: { reason: row.reason } })
          return shown({ ...row, released_at: call.now, released_by: call.actor.label })
        }),
    }),
  ]
}

const holdColumns = ['id', 'name', 'reason', 'type', 'about', 'from', 'until', 'set', 'by', 'released', 'released by'] // prettier-ignore

const holdCells = (h: schema.Hold) => [
  h.id,
  h.name,
  h.reason,
  h.eventType,
  h.subject?.label,
  timeCell(h.from),
  timeCell(h.until),
  timeCell(h.createdAt),
  h.createdBy,
  timeCell(h.releasedAt),
  h.releasedBy,
]

const holdTarget = ({ id, name }: HoldRow) => ({ kind: 'compliance_hold', id, label: name })

const shown = (row: HoldRow): schema.Hold => ({
  id: row.id,
  name: row.name,
  reason: row.reason,
  eventType: row.event_type as schema.EventType | null,
  subject:
    row.subject_id === null
      ? null
      : { id: row.subject_id, label: row.subject_label ?? row.subject_id },
  from: row.from_at,
  until: row.until_at,
  createdAt: row.created_at,
  createdBy: row.created_by,
  releasedAt: row.released_at,
  releasedBy: row.released_by,
})
