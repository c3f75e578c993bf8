import { route, theWorkspace } from '#features/workspace/index.ts'
import type { Db } from '#kernel/db.ts'
import { csvLine, streamDownload, timeCell } from '#kernel/export.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { deleteFile } from './holds/holders.ts'
import type { ComplianceParts } from './parts.ts'
import { download, factsOf, fileTarget, fileThere } from './read.ts'
import * as schema from './schema.ts'
import { fileState } from './show.ts'
import { countFiles, listFiles, type FileRow, type FilesListing } from './store.files.ts'
import { allTypes, setType, typeRow } from './store.types.ts'

const guard = {
  auth: ['session', 'key'],
  permission: 'compliance.read',
  errors: 'problem',
} as const

/** What the page Compliance asks about files. */
export const fileRoutes = ({ runtime: { db } }: ComplianceParts): readonly Route[] => [
  route({
    ...guard,
    id: 'compliance.types',
    method: 'GET',
    path: '/api/v1/compliance/types',
    summary: 'The types of files: how much there is, how long it is kept, how often one is closed',
    output: schema.typeStates,
    audit: null,
    handle: (call) =>
      call.read(function* () {
        const workspace = found(yield* theWorkspace(), 'workspace')
        return { items: [...(yield* typeStates())], workspaceId: workspace.id }
      }),
  }),
  route({
    ...guard,
    id: 'compliance.change-type',
    method: 'PATCH',
    path: '/api/v1/compliance/types/{eventType}',
    summary: 'Change how long files of a type are kept, and how often one is closed',
    permission: 'compliance.delete',
    params: schema.typeParams,
    body: schema.typeChange,
    output: schema.typeState,
    audit: 'compliance.change-type',
    handle: (call, { params: { eventType }, body }) =>
      call.write(function* (record) {
        const row = found(yield* typeRow(eventType), 'type')
        const before = yield* stateOf(eventType)
        if (row.revision !== body.revision)
          throw new Problem('edited_meanwhile', undefined, {
            remedy: 'Look at it as it is now, then change it again.',
            data: { current: before },
          })
        yield* setType(eventType, {
          revision: row.revision + 1,
          ...(body.retentionDays !== undefined && { retention_days: body.retentionDays }),
          ...(body.windowSeconds !== undefined && { window_ms: body.windowSeconds * 1000 }),
        })
        const after = yield* stateOf(eventType)
        yield* record({
          target: { kind: 'compliance_type', id: eventType, label: eventType },
          before: settings(before),
          after: settings(after),
        })
        return after
      }),
  }),
  route({
    ...guard,
    id: 'compliance.files',
    method: 'GET',
    path: '/api/v1/compliance/files',
    summary: 'All files of the compliance log, newest first, deleted ones too',
    query: schema.filesQuery,
    output: schema.filesPage,
    produces: 'text/csv',
    audit: null,
    handle: async (call, { query }) => {
      const filter = { eventType: query.type, state: query.state }
      if (query.format === undefined) {
        const { cursor, limit } = query
        return call.read(function* () {
          const { items, next } = yield* listFiles({ ...filter, cursor, limit })
          return { items: items.map(fileState), next, total: yield* countFiles(filter) }
        })
      }
      return query.format === 'json'
        ? streamDownload('compliance-files.json', 'application/json', jsonOf(db, filter))
        : streamDownload('compliance-files.csv', 'text/csv; charset=utf-8', csvOf(db, filter))
    },
  }),
  route({
    ...guard,
    id: 'compliance.content',
    method: 'GET',
    path: '/api/v1/compliance/files/{id}/content',
    summary: 'Download a file of the compliance log',
    params: schema.idParams,
    query: schema.logFileQuery,
    output: null,
    produces: 'application/x-ndjson',
    audit: null,
    handle: (call, { params, query }) => call.read(() => download(params.id, query.form)),
  }),
  route({
    ...guard,
    id: 'compliance.delete-file',
    method: 'DELETE',
    path: '/api/v1/compliance/files/{id}',
    summary: 'Delete what is in a file; that it was there stays on record',
    permission: 'compliance.delete',
    params: schema.idParams,
    output: null,
    audit: 'compliance.delete-file',
    recent: true,
    handle: async (call, { params }) => {
      await call.write(function* (record) {
        const file = yield* fileThere(params.id)
        yield* deleteFile(file, call.now, call.actor.label)
        yield* record({ target: fileTarget(file), before: factsOf(file) })
      })
      return new Response(null, { status: 204 })
    },
  }),
]

function* typeStates(): Work<readonly schema.TypeState[]> {
  return (yield* allTypes()).map((row) => ({
    eventType: row.event_type as schema.EventType,
    retentionDays: row.retention_days,
    windowSeconds: row.window_ms / 1000,
    files: row.files,
    lines: row.lines,
    bytes: row.bytes,
    closedAt: row.closed_at === 0 ? null : row.closed_at,
    revision: row.revision,
  }))
}

function* stateOf(eventType: string): Work<schema.TypeState> {
  return found(
    (yield* typeStates()).find((one) => one.eventType === eventType),
    'type',
  )
}

const settings = ({ retentionDays, windowSeconds }: schema.TypeState) => ({
  retentionDays,
  windowSeconds,
})

type Filter = Omit<FilesListing, 'cursor' | 'limit'>

/** Files read at once for a download. */
const downloadPage = 500

/** Newest first, however many there are: never more than a page of them is in memory. */
async function* pages(db: Db, filter: Filter): AsyncGenerator<readonly FileRow[], void> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const from: string | undefined = cursor
    const page = await db.read(() => listFiles({ ...filter, cursor: from, limit: downloadPage }))
    if (page.items.length > 0) yield page.items
    cursor = page.next
  }
}

async function* jsonOf(db: Db, filter: Filter): AsyncGenerator<string, void> {
  let separator = '[\n'
  for await (const files of pages(db, filter)) {
    yield separator + files.map((file) => JSON.stringify(fileState(file))).join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

const columns = ['id', 'type', 'start', 'end', 'lines', 'bytes', 'sha256', 'sealed sha256', 'erased lines', 'deleted', 'because'] // prettier-ignore

async function* csvOf(db: Db, filter: Filter): AsyncGenerator<string, void> {
  yield csvLine(columns)
  for await (const files of pages(db, filter)) yield files.map(csvFile).join('')
}

const csvFile = (f: FileRow): string =>
  csvLine([
    f.id,
    f.event_type,
    timeCell(f.start_at),
    timeCell(f.end_at),
    f.lines,
    f.bytes,
    f.sha256,
    f.sealed_sha256,
    f.erased_lines,
    timeCell(f.deleted_at),
    f.deleted_because,
  ])
