import { route } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import { previewImport, runImport } from './import.ts'
import { maxImportBytes, readImport } from './import.csv.ts'
import * as schema from './schema.ts'
import type { Setting } from './setting.ts'

const auth = ['session', 'key'] as const

export function importRoutes({ runtime }: Setting): readonly Route[] {
  return [
    route({
      id: 'members.import-preview',
      method: 'POST',
      path: '/api/v1/members/import/preview',
      summary: 'What a CSV file of members would do, and what is wrong with it',
      description:
        'Columns: email, and optionally name, role, groups (several with `;` between them). At most 20,000 rows and 5 MiB.',
      auth,
      permission: 'members.manage',
      query: schema.importQuery.omit({ preview: true }),
      text: 'text/csv',
      limit: maxImportBytes,
      output: schema.importPreview,
      errors: 'problem',
      audit: null,
      handle: (call, { query, body }) => {
        const file = readImport(asText(body))
        return call.read(() => previewImport(call.actor, file, query.createGroups === 'true'))
      },
    }),
    route({
      id: 'members.import',
      method: 'POST',
      path: '/api/v1/members/import',
      summary: 'Import a CSV file of members: all of it or nothing',
      description:
        'Adds members and memberships and changes names and roles; it never removes anything.',
      auth,
      permission: 'members.manage',
      query: schema.importQuery,
      text: 'text/csv',
      limit: maxImportBytes,
      output: schema.importResult,
      errors: 'problem',
      audit: 'member.import',
      recent: true,
      handle: (call, { query, body }) => {
        const file = readImport(asText(body))
        return call.write(function* (record) {
          const done = yield* runImport(runtime.ids, call.actor, call.now, {
            file,
            createGroups: query.createGroups === 'true',
            expectedHash: query.preview,
          })
          const { roles, hash, newGroups, ...counts } = done
          const label = `${done.created} added, ${done.updated} changed`
          const after = { ...counts, newGroups, roles: roles.slice(0, 200) }
          yield* record({ target: { kind: 'import', id: hash, label }, after })
          return { ...counts, newGroups: newGroups.length }
        })
      },
    }),
  ]
}

/** A route with `text` gets the body as a string (kernel/server). */
const asText = (body: unknown): string => (typeof body === 'string' ? body : '')
