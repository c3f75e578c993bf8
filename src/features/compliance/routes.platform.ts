import { route, theWorkspace } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { downloadToken, readDownloadToken } from './download.ts'
import { deleteFile } from './holds/holders.ts'
import type { ComplianceParts } from './parts.ts'
import { download, factsOf, fileTarget, fileThere } from './read.ts'
import * as schema from './schema.ts'
import { shownFile } from './show.ts'
import { filesInOrder, type FileRow } from './store.files.ts'

const guard = { auth: ['key'], permission: 'compliance.read', errors: 'platform' } as const

/** The addresses that programs made for the vendor's compliance API know. Only the base address and the key are others. */
export function platformRoutes({ runtime }: ComplianceParts): readonly Route[] {
  const { secrets } = runtime
  return [
    route({
      ...guard,
      id: 'compliance.logs',
      method: 'GET',
      path: '/v1/compliance/workspaces/{workspace}/logs',
      summary: 'List files of the compliance log, oldest first',
      description:
        'Ask again with `after` = `last_end_time` while `has_more`. A file never changes after it is listed.',
      params: schema.logParams,
      query: schema.logsQuery,
      output: schema.logs,
      audit: null,
      handle: (call, { params, query }) =>
        call.read(function* () {
          yield* theWorkspaceNamed(params.workspace)
          const wanted = {
            eventType: query.event_type,
            after: query.after === undefined ? undefined : Date.parse(query.after),
            before: query.before === undefined ? undefined : Date.parse(query.before),
            deleted: query.include === 'deleted',
          }
          const rows = yield* filesInOrder(wanted, query.limit + 1)
          const data = rows.slice(0, query.limit).map(shownFile)
          return {
            object: 'list',
            data,
            has_more: rows.length > query.limit,
            last_end_time: data.at(-1)?.end_time ?? null,
          }
        }),
    }),
    route({
      ...guard,
      id: 'compliance.log',
      method: 'GET',
      path: '/v1/compliance/workspaces/{workspace}/logs/{file}',
      summary: 'Download a file: redirects to an address that works for five minutes',
      params: schema.logFileParams,
      query: schema.logFileQuery,
      output: null,
      produces: 'application/x-ndjson',
      audit: null,
      handle: async (call, { params, query }) => {
        const file = await call.read(() => fileNamed(params))
        const token = downloadToken(secrets, file.id, query.form, call.now)
        return new Response(null, {
          status: 302,
          headers: {
            location: `/v1/compliance/downloads/${token}`,
            'cache-control': 'no-store',
          },
        })
      },
    }),
    route({
      id: 'compliance.download',
      method: 'GET',
      path: '/v1/compliance/downloads/{token}',
      summary: 'The file that an address made a moment ago leads to',
      auth: ['public'],
      permission: null,
      errors: 'platform',
      params: schema.downloadParams,
      output: null,
      produces: 'application/x-ndjson',
      audit: null,
      handle: async (call, { params }) => {
        const { fileId, form } = readDownloadToken(secrets, params.token, call.now)
        return call.read(() => download(fileId, form))
      },
    }),
    route({
      ...guard,
      id: 'compliance.delete-log',
      method: 'DELETE',
      path: '/v1/compliance/workspaces/{workspace}/logs/{file}',
      summary: 'Delete what is in a file; that it was there stays on record',
      permission: 'compliance.delete',
      params: schema.logFileParams,
      output: null,
      audit: 'compliance.delete-file',
      handle: async (call, { params }) => {
        await call.write(function* (record) {
          const file = yield* fileNamed(params)
          yield* deleteFile(file, call.now, call.actor.label)
          yield* record({ target: fileTarget(file), before: factsOf(file) })
        })
        return new Response(null, { status: 204 })
      },
    }),
    ...(['codex_tasks', 'codex_environments'] as const).map((what) =>
      route({
        ...guard,
        id: `compliance.${what.replace('_', '-')}`,
        method: 'GET',
        path: `/v1/compliance/workspaces/{workspace}/${what}`,
        summary: `Always empty: ${what.replace('codex_', '')} are of the vendor’s cloud`,
        params: schema.logParams,
        output: schema.nothingHere,
        audit: null,
        handle: (call, { params }) =>
          call.read(function* () {
            yield* theWorkspaceNamed(params.workspace)
            return { object: 'list', data: [], has_more: false }
          }),
      }),
    ),
  ]
}

function* theWorkspaceNamed(id: string): Work<void> {
  const workspace = yield* theWorkspace()
  if (workspace?.id !== id)
    throw new Problem('not_found', 'There is no such workspace.', {
      remedy: 'Its id stands on the page Compliance.',
    })
}

function* fileNamed(params: { readonly workspace: string; readonly file: string }): Work<FileRow> {
  yield* theWorkspaceNamed(params.workspace)
  return yield* fileThere(params.file)
}
