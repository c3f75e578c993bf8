import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import type { DeliveryParts } from './ports.ts'
import { refusedText } from './refusal.ts'
import * as schema from './schema.ts'
import { showDetail, showEnrolment, showFetch } from './show.ts'
import { baseUrlFor, snippetsFor } from './snippets.ts'
import { countEnrolments, enrolmentRow, enrolmentsPage, keysOf } from './store.ts'
import {
  countFetches,
  fetchesPage,
  fetchSummaries,
  lastUseOfKeys,
  summaryOf,
} from './store.fetches.ts'

const readers = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'enrolments.read',
  audit: null,
} as const

/** The most rows that one download holds. */
const exportLimit = 50_000

/** An enrolment with its keys and what is known about its fetches. */
export function* enrolmentDetail(
  parts: DeliveryParts,
  id: string,
  now: number,
): Work<schema.EnrolmentDetail> {
  const row = found(yield* enrolmentRow(id), 'enrolment')
  const summary = summaryOf(yield* fetchSummaries([id], now), id)
  const shown = showEnrolment(row, summary, groupNames(parts))
  return showDetail(shown, yield* keysOf(id), yield* lastUseOfKeys(id), parts.publicUrl, now)
}

export const groupNames = (parts: DeliveryParts) => (id: string) =>
  parts.directory.current().groups.get(id)?.name

/** What shows enrolments; changing them is routes.change.ts. */
export const readingRoutes = (parts: DeliveryParts) => [
  route({
    ...readers,
    id: 'enrolments.list',
    method: 'GET',
    path: '/api/v1/enrolments',
    summary: 'Enrolments, in the order of their names',
    query: schema.enrolmentQuery,
    output: schema.enrolmentPage,
    handle: (call, { query }) => listEnrolments(parts, call, query),
  }),
  route({
    ...readers,
    id: 'enrolments.get',
    method: 'GET',
    path: '/api/v1/enrolments/{id}',
    summary: 'One enrolment with its keys',
    params: schema.enrolmentId,
    output: schema.enrolmentDetail,
    handle: (call, { params }) => call.read(() => enrolmentDetail(parts, params.id, call.now)),
  }),
  route({
    ...readers,
    id: 'enrolments.snippets',
    method: 'GET',
    path: '/api/v1/enrolments/{id}/snippets',
    summary: 'What machines are set up with, with a placeholder for the key',
    params: schema.enrolmentId,
    output: schema.snippets,
    handle: async (call, { params }) => {
      const row = found(await call.read(() => enrolmentRow(params.id)), 'enrolment')
      return snippetsFor({
        baseUrl: baseUrlFor(parts.publicUrl),
        enrolment: row,
        localCa: parts.localCa(),
      })
    },
  }),
  route({
    ...readers,
    id: 'enrolments.fetches',
    method: 'GET',
    path: '/api/v1/enrolments/{id}/fetches',
    summary: 'What was fetched with an enrolment, summed up by day, key, answer and version',
    params: schema.enrolmentId,
    query: schema.fetchQuery,
    output: schema.fetchPage,
    handle: (call, { params, query }) => listFetches(call, params.id, query),
  }),
  route({
    ...readers,
    id: 'enrolments.revocation',
    method: 'GET',
    path: '/api/v1/enrolments/{id}/revocation',
    summary: 'What revoking would do, as far as can be known',
    params: schema.enrolmentId,
    output: schema.revocationPreview,
    handle: async (call, { params }) => {
      const summary = await call.read(function* () {
        found(yield* enrolmentRow(params.id), 'enrolment')
        return summaryOf(yield* fetchSummaries([params.id], call.now), params.id)
      })
      return {
        addresses24h: summary.addresses24h,
        fetches24h: summary.fetches24h,
        lastFetchedAt: summary.lastFetchedAt,
        ...revocationText,
      }
    },
  }),
]

const revocationText = {
  meaning:
    'Machines cannot be told apart by their fetches. Counted are the network addresses of the last 24 hours: machines behind one address count once, and a machine that moved between two networks counts twice.',
  effect: `Each machine refuses to start the client as soon as its cache is older than one hour: ${refusedText}. Clients that are running keep what they have loaded.`,
  undo: 'A revoked enrolment does not come back. Make a new one and put its lines on the machines.',
}

type Reader = Parameters<typeof listFetches>[0]

async function listEnrolments(
  parts: DeliveryParts,
  call: Reader,
  query: (typeof schema.enrolmentQuery)['_output'],
) {
  const filter = {
    ...(query.q === undefined ? {} : { text: query.q }),
    ...(query.state === undefined ? {} : { state: query.state }),
    ...(query.group === undefined ? {} : { group: query.group }),
  }
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  const limit = query.format === undefined ? query.limit : exportLimit
  const { rows, total, summaries } = await call.read(function* () {
    const rows = yield* enrolmentsPage(filter, after, limit)
    const ids = rows.map((row) => row.id)
    return {
      rows,
      total: yield* countEnrolments(filter),
      summaries: yield* fetchSummaries(ids, call.now),
    }
  })
  const { items, next } = pageOf(rows, limit, (row) => [row.name_key, row.id])
  const shown = items.map((row) =>
    showEnrolment(row, summaryOf(summaries, row.id), groupNames(parts)),
  )
  if (query.format === 'json') return jsonResponse('enrolments', shown)
  if (query.format === 'csv')
    return csvResponse(
      'enrolments',
      ['id', 'name', 'group', 'state', 'created', 'revoked', 'last fetched', 'addresses 24 h'],
      shown.map((e) => [
        e.id,
        e.name,
        e.group?.name ?? '',
        e.state,
        timeCell(e.createdAt),
        timeCell(e.revokedAt),
        timeCell(e.lastFetchedAt),
        e.addresses24h,
      ]),
    )
  return { items: shown, next, total }
}

async function listFetches(
  call: { readonly now: number; read<T>(work: () => Work<T>): Promise<T> },
  enrolmentId: string,
  query: (typeof schema.fetchQuery)['_output'],
) {
  const filter = { enrolmentId, ...(query.q === undefined ? {} : { text: query.q }) }
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  const limit = query.format === undefined ? query.limit : exportLimit
  const { rows, total, keys } = await call.read(function* () {
    found(yield* enrolmentRow(enrolmentId), 'enrolment')
    return {
      rows: yield* fetchesPage(filter, after, limit),
      total: yield* countFetches(filter),
      keys: yield* keysOf(enrolmentId),
    }
  })
  const { items, next } = pageOf(rows, limit, (row) => [row.last_at, row.id])
  const prefixOf = new Map(keys.map((key) => [key.id, key.prefix]))
  const shown = items.map((row) => showFetch(row, prefixOf))
  if (query.format === 'json') return jsonResponse('fetches', shown)
  if (query.format === 'csv')
    return csvResponse(
      'fetches',
      ['day', 'key', 'status', 'served', 'count', 'first', 'last'],
      shown.map((f) => [
        timeCell(f.day).slice(0, 10),
        f.keyPrefix,
        f.status,
        f.served,
        f.count,
        timeCell(f.firstAt),
        timeCell(f.lastAt),
      ]),
    )
  return { items: shown, next, total }
}
