import { z } from 'zod'
import {
  auditRecords,
  countAuditRecords,
  type AuditFilter,
  type AuditRecord,
} from '#kernel/audit.ts'
import { csvLine, streamDownload } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Db } from '#kernel/db.ts'
import type { Route } from '#kernel/route.ts'
import { route } from '#features/workspace/index.ts'
import { auditPage, auditQuery } from '../workspace/schema.ts'
import { admins, type AuditParts } from './parts.ts'
import * as schema from './schema.ts'
import { placeOf } from './store.ts'

type Filter = Omit<AuditFilter, 'limit' | 'before'>

export const recordRoutes = ({ runtime: { db } }: AuditParts): readonly Route[] => [
  route({
    ...admins,
    id: 'activity.list',
    method: 'GET',
    path: '/api/v1/activity',
    summary: 'What was done by whom, newest first',
    query: auditQuery,
    output: auditPage,
    produces: 'text/csv',
    audit: null,
    handle: async (call, { query }) => {
      const filter = filterOf(query)
      if (query.format === 'json')
        return streamDownload('activity.json', 'application/json', jsonOf(db, filter))
      if (query.format === 'csv')
        return streamDownload('activity.csv', 'text/csv; charset=utf-8', csvOf(db, filter))
      return call.read(function* () {
        const before =
          query.cursor === undefined ? {} : { before: String(decodeCursor(query.cursor)[0]) }
        const records = yield* auditRecords({ ...filter, ...before, limit: query.limit + 1 })
        const { items, next } = pageOf(records, query.limit, (r) => [r.id])
        return { items: [...items], next, total: yield* countAuditRecords(filter) }
      })
    },
  }),
  route({
    ...admins,
    id: 'activity.get',
    method: 'GET',
    path: '/api/v1/activity/{id}',
    summary: 'One act, with what was there before and after and its place in the chain',
    params: z.object({ id: z.string().max(100) }),
    output: schema.placedRecord,
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        const [record] = yield* auditRecords({ id: params.id, limit: 1 })
        return {
          ...found(record, 'audit record'),
          place: (yield* placeOf(params.id)) ?? null,
        }
      }),
  }),
]

const filterOf = (query: z.output<typeof auditQuery>): Filter => ({
  ...(query.action === undefined ? {} : { action: query.action }),
  ...(query.actor === undefined ? {} : { actorId: query.actor }),
  ...(query.target === undefined ? {} : { targetId: query.target }),
  ...(query.q === undefined ? {} : { search: query.q }),
  ...(query.since === undefined ? {} : { since: query.since }),
  ...(query.until === undefined ? {} : { until: query.until }),
})

/** Read at once for a download; on the embedded engine nobody is answered meanwhile, about 3 ms. */
const downloadPage = 500

/** Newest first, however many there are: never more than a page of them is in memory. */
async function* pages(db: Db, filter: Filter): AsyncGenerator<readonly AuditRecord[], void> {
  for (let before: string | undefined; ;) {
    const from = before === undefined ? {} : { before }
    const records = await db.read(() => auditRecords({ ...filter, ...from, limit: downloadPage }))
    if (records.length > 0) yield records
    if (records.length < downloadPage) return
    before = records.at(-1)?.id
  }
}

async function* jsonOf(db: Db, filter: Filter): AsyncGenerator<string, void> {
  let separator = '[\n'
  for await (const records of pages(db, filter)) {
    yield separator + records.map((record) => JSON.stringify(record)).join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

const columns = ['time', 'actor', 'action', 'target kind', 'target', 'touches', 'address', 'request', 'before', 'after', 'id'] // prettier-ignore

async function* csvOf(db: Db, filter: Filter): AsyncGenerator<string, void> {
  yield csvLine(columns)
  for await (const records of pages(db, filter)) yield records.map(csvRecord).join('')
}

const csvRecord = (r: AuditRecord): string =>
  csvLine([
    new Date(r.at).toISOString(),
    r.actor.label,
    r.action,
    r.target.kind,
    r.target.label,
    r.touches,
    r.ip,
    r.requestId,
    r.before === undefined ? '' : JSON.stringify(r.before),
    r.after === undefined ? '' : JSON.stringify(r.after),
    r.id,
  ])
