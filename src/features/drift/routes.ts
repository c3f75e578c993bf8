import { versionNames } from '#features/policies/index.ts'
import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { notify } from '#kernel/work.ts'
import { driftChannel } from './channel.ts'
import * as schema from './schema.ts'
import { clientPage, showClient, showFinding, versionIdsOf } from './show.ts'
import {
  acknowledge,
  countFindings,
  findingById,
  findingsPage,
  openFindings,
} from './store.findings.ts'
import { clientById, clientsPage, countClients, setState } from './store.ts'

/** The most rows that one download holds. */
const exportLimit = 50_000

const readers = {
  auth: ['session', 'key'],
  permission: 'drift.read',
  errors: 'problem',
  audit: null,
} as const

export const driftRoutes: readonly Route[] = [
  route({
    ...readers,
    id: 'drift.clients',
    method: 'GET',
    path: '/api/v1/drift/clients',
    summary:
      'Clients that report, last active first, and whether they run with what they were served',
    description:
      'What is reported is the client’s own word. A download holds at most 50,000 rows; filter for more.',
    query: schema.clientQuery,
    output: schema.clientPage,
    produces: 'text/csv',
    handle: async (call, { query }) => {
      const { q, cursor, limit: size, format, ...rest } = query
      const filter = { ...rest, text: q }
      const limit = format === undefined ? size : exportLimit
      const after = cursor === undefined ? undefined : decodeCursor(cursor)
      const { rows, total } = await call.read(function* () {
        return {
          rows: yield* clientsPage(filter, after, limit),
          total: yield* countClients(filter),
        }
      })
      const { items, next } = pageOf(rows, limit, (row) => [row.active_at, row.id])
      const shown = items.map(showClient)
      if (format === 'json') return jsonResponse('drift', shown)
      if (format === 'csv') return csvResponse('drift', clientColumns, shown.map(clientCells))
      return { items: shown, next, total }
    },
  }),
  route({
    ...readers,
    id: 'drift.client',
    method: 'GET',
    path: '/api/v1/drift/clients/{id}',
    summary: 'One client: what it was served, what it reports, and where the two disagree',
    params: schema.clientParams,
    output: schema.driftClientPage,
    handle: (call, { params }) => call.read(() => clientPage(params.id, call.now)),
  }),
  route({
    ...readers,
    id: 'drift.findings',
    method: 'GET',
    path: '/api/v1/drift/findings',
    summary: 'Everything that disagreed, newest first',
    description: 'A download holds at most 50,000 rows; filter for more.',
    query: schema.findingQuery,
    output: schema.findingPage,
    produces: 'text/csv',
    handle: async (call, { query: { q, cursor, limit: size, format, ...rest } }) => {
      const filter = { ...rest, text: q }
      const limit = format === undefined ? size : exportLimit
      const after = cursor === undefined ? undefined : decodeCursor(cursor)
      const { page, names, total } = await call.read(function* () {
        const page = pageOf(yield* findingsPage(filter, after, limit), limit, (row) => [
          row.opened_at,
          row.id,
        ])
        const ids = new Set(page.items.flatMap(versionIdsOf))
        return {
          page,
          names: yield* versionNames([...ids]),
          total: yield* countFindings(filter),
        }
      })
      const shown = page.items.map((row) => showFinding(row, names))
      if (format === 'json') return jsonResponse('drift-findings', shown)
      if (format === 'csv')
        return csvResponse('drift-findings', findingColumns, shown.map(findingCells))
      return { items: shown, next: page.next, total }
    },
  }),
  route({
    id: 'drift.acknowledge',
    method: 'POST',
    path: '/api/v1/drift/findings/{id}/acknowledge',
    summary: 'Say that a disagreement is known, and why it may stay',
    description:
      'It stays open and is no longer counted or told. A client that reports something else than this, or again after it has closed, disagrees anew.',
    auth: ['session', 'key'],
    permission: 'alerts.manage',
    errors: 'problem',
    params: schema.findingParams,
    body: schema.acknowledgement,
    output: schema.acknowledged,
    audit: 'drift.acknowledge',
    handle: (call, { params: { id }, body: { reason } }) =>
      call.write(function* (record) {
        const before = found(yield* findingById(id), 'finding')
        const by = { at: call.now, by: call.actor.label, reason }
        if (!(yield* acknowledge(id, by)))
          throw new Problem('wrong_state', 'It has closed, or somebody has acknowledged it.', {
            remedy: 'Reload the page to see the present state.',
          })
        const left = yield* openFindings([before.client_id])
        const client = yield* clientById(before.client_id)
        if (client && left.every((f) => f.acknowledged_at !== null))
          yield* setState(client.id, 'acknowledged')
        yield* record({
          target: {
            kind: 'drift',
            id,
            label: `${before.client}: ${schema.checkWords[before.key].toLowerCase()}`,
          },
          after: { reported: before.reported, allowed: before.allowed, reason },
        })
        yield* notify(driftChannel)
        // Whose client it is may be seen by others only.
        return { id, acknowledged: by }
      }),
  }),
]

const clientColumns = [
  'id',
  'principal',
  'kind',
  'host',
  'state',
  'open',
  'active',
  'served',
  'served_at',
  'last_fetch',
  'reported_program',
  'reported_version',
]
const clientCells = (c: schema.DriftClient) => [
  c.id,
  c.principal.label,
  c.kind,
  c.host,
  c.state,
  c.open,
  timeCell(c.activeAt),
  c.served?.name ?? '',
  timeCell(c.served?.at),
  timeCell(c.lastFetchAt),
  c.program,
  c.version,
]

const findingColumns = [
  'id',
  'client',
  'what',
  'allowed',
  'reported',
  'since',
  'opened',
  'last_seen',
  'closed',
  'closed_because',
  'acknowledged_by',
  'reason',
]
const findingCells = (f: schema.Finding) => [
  f.id,
  f.client,
  f.key,
  f.allowed,
  f.reported,
  timeCell(f.since),
  timeCell(f.openedAt),
  timeCell(f.seenAt),
  timeCell(f.closedAt),
  f.closedBecause,
  f.acknowledged?.by,
  f.acknowledged?.reason,
]
