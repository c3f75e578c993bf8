import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { keptByOf, labelsIn, type previewErasure } from './erasures/erase.task.ts'
import { eraseJob, eraseTask } from './erasures/job.ts'
import { allErasures, insertErasure, newestLineOf, type ErasureRow } from './erasures/store.ts'
import type { ComplianceParts } from './parts.ts'
import * as schema from './schema.ts'

const guard = {
  auth: ['session', 'key'],
  permission: 'compliance.delete',
  errors: 'problem',
} as const

/** Taking one person out of all files, and finding her: for holds too. */
export function erasureRoutes(parts: ComplianceParts): readonly Route[] {
  const { runtime, aside } = parts
  return [
    route({
      ...guard,
      id: 'compliance.subjects',
      method: 'GET',
      path: '/api/v1/compliance/subjects',
      summary: 'People, service accounts and enrolments that a hold or an erasure can be about',
      query: z.object({ q: z.string().max(200).default('') }),
      output: schema.subjects,
      audit: null,
      handle: (call, { query: { q } }) =>
        call.read(function* () {
          const text = q.trim().toLowerCase()
          const has = ({ id, label }: schema.Subject): boolean =>
            id === q.trim() || label.toLowerCase().includes(text)
          const items = (yield* parts.subjects()).filter(has).slice(0, 20)
          // Who was deleted is found by her id: it stands in each record of what she did.
          const gone = items.length === 0 && text !== '' ? yield* labelInLog(q.trim()) : undefined
          return gone === undefined
            ? { items }
            : { items: [{ id: q.trim(), label: gone, kind: 'gone' as const }] }
        }),
    }),
    route({
      ...guard,
      id: 'compliance.erasures',
      method: 'GET',
      path: '/api/v1/compliance/erasures',
      summary: 'Who was erased from the compliance log, newest first',
      permission: 'compliance.read',
      query: schema.wholeQuery,
      output: schema.erasures,
      produces: 'text/csv',
      audit: null,
      handle: async (call, { query: { format } }) => {
        const items = (await call.read(allErasures)).map(shown)
        if (format === undefined) return { items }
        return format === 'json'
          ? jsonResponse('erasures', items)
          : csvResponse('erasures', erasureColumns, items.map(erasureCells))
      },
    }),
    route({
      ...guard,
      id: 'compliance.preview-erasure',
      method: 'GET',
      path: '/api/v1/compliance/erasures/preview',
      summary: 'What an erasure would take away, and what legal holds would keep',
      description: 'Counts what is by or about the person in closed files.',
      query: schema.newErasure.pick({ subjectId: true }),
      output: schema.erasurePreview,
      audit: null,
      handle: async (call, { query: { subjectId } }) => {
        const label = await call.read(() => subjectLabel(parts, subjectId))
        const subject = { id: subjectId, names: [] }
        const found = await aside.run<typeof previewErasure>(eraseTask, 'previewErasure', subject)
        return { ...found, label, keptBy: [...found.keptBy] }
      },
    }),
    route({
      ...guard,
      id: 'compliance.erase',
      method: 'POST',
      path: '/api/v1/compliance/erasures',
      summary: 'Erase what all files say by or about one person, but for legal holds',
      description:
        'Done in the background, the newest events included. The payloads go, also of lines of others in which her id or an address of hers stands; the audit trail forgets the same records. Sealed lines and hashes stay, so files and trail verify as before. It cannot be taken back.',
      body: schema.newErasure,
      output: schema.erasure,
      status: 202,
      audit: 'compliance.erase',
      recent: true,
      handle: (call, { body: { subjectId, reason } }) =>
        call.write(function* (record) {
          yield* subjectLabel(parts, subjectId)
          const row: ErasureRow = {
            id: runtime.ids('cle'),
            subject_id: subjectId,
            reason,
            asked_at: call.now,
            asked_by: call.actor.label,
            names: '[]',
            reached: 0,
            files: 0,
            lines: 0,
            kept_lines: 0,
            kept_by: '[]',
            finished_at: null,
          }
          yield* insertErasure(row)
          yield* enqueue({ name: eraseJob, payload: { id: row.id }, dedupeKey: row.id })
          yield* record({
            // Her name is not written anew where it is taken out.
            target: { kind: 'compliance_subject', id: subjectId, label: subjectId },
            after: { erasure: row.id, reason },
          })
          return shown(row)
        }),
    }),
  ]
}

/** How somebody is called, also when she was deleted and only the log knows her. */
export function* subjectLabel({ labelOf }: ComplianceParts, id: string): Work<string> {
  const label = (yield* labelOf(id)) ?? (yield* labelInLog(id))
  if (label === undefined)
    throw new Problem('not_found', 'Nobody has this id, and the log does not know it either.', {
      remedy: 'Take the id of a member, an enrolment or a service account.',
    })
  return label
}

function* labelInLog(id: string): Work<string | undefined> {
  const line = yield* newestLineOf(id)
  return line === undefined ? undefined : (labelsIn(line, id)[0] ?? id)
}

const erasureColumns = ['id', 'who', 'reason', 'asked', 'by', 'finished', 'files', 'lines', 'kept lines', 'kept by'] // prettier-ignore

const erasureCells = (e: schema.Erasure) => [
  e.id,
  e.subjectId,
  e.reason,
  timeCell(e.askedAt),
  e.askedBy,
  timeCell(e.finishedAt),
  e.files,
  e.lines,
  e.keptLines,
  e.keptBy.join(', '),
]

const shown = (row: ErasureRow): schema.Erasure => ({
  id: row.id,
  subjectId: row.subject_id,
  reason: row.reason,
  askedAt: row.asked_at,
  askedBy: row.asked_by,
  files: row.files,
  lines: row.lines,
  keptLines: row.kept_lines,
  keptBy: [...keptByOf(row)],
  finishedAt: row.finished_at,
})
