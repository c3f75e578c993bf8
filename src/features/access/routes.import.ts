import { route } from '#features/workspace/index.ts'
import { valueOf, type Pool } from '#kernel/pool.ts'
import type { Route } from '#kernel/route.ts'
import { previewImport, runImport } from './import.ts'
import { maxImportBytes, readImport, type ParsedImport } from './import.csv.ts'
import * as schema from './schema.ts'
import type { Setting } from './setting.ts'

const auth = ['session', 'key'] as const

export function importRoutes({ runtime, ports }: Setting): readonly Route[] {
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
      handle: async (call, { query, body }) => {
        const file = await readApart(runtime.pool, body)
        return call.read(() =>
          previewImport(ports, call.actor, call.now, file, query.createGroups === 'true'),
        )
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
      handle: async (call, { query, body }) => {
        const file = await readApart(runtime.pool, body)
        return call.write(function* (record) {
          const done = yield* runImport(ports, runtime.ids, call.actor, call.now, {
            file,
            createGroups: query.createGroups === 'true',
            expectedHash: query.preview,
          })
          const { roles, hash, newGroups, ...counts } = done
          const label = `${done.created} added, ${done.updated} changed`
          const after = { ...counts, newGroups, roles: roles.slice(0, 200) }
          yield* record({
            target: { kind: 'import', id: hash, label },
            after,
            touches: done.touches,
          })
          return { ...counts, newGroups: newGroups.length }
        })
      },
    }),
  ]
}

/** Files below this size are read at once; reading 20,000 rows takes about 300 ms, and nobody should wait for that. */
const large = 64 * 1024

/** A route with `text` gets the body as a string (kernel/server). */
async function readApart(pool: Pool, body: unknown): Promise<ParsedImport> {
  const text = typeof body === 'string' ? body : ''
  if (text.length < large) return readImport(text)
  const task = new URL('./import.csv.ts', import.meta.url)
  return valueOf(await pool.run<typeof readImport>(task, 'readImport', text))
}
