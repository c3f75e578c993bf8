import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import * as schema from '../schema.ts'
import { admins, collectionTarget } from './admins.ts'
import { deleteSecret, insertSecret, secretsOf } from './store.ts'

/** Headers that belong to the connection and not to a page (RFC 9110, section 7.6.1), or that fetching sets itself. */
const ownHeaders = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'if-modified-since',
  'if-none-match',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What a sealed secret belongs to: it opens nowhere else (kernel/secrets). */
const contextOf = (collectionId: string, origin: string, name: string): string =>
  `watch:${collectionId}:${origin}:${name}`

/** Secret headers of a collection by the origin they belong to. */
export type SecretHeaders = ReadonlyMap<string, Readonly<Record<string, string>>>

/** Opens the secrets of a collection. Throws where the key is another one now. */
export function* secretHeaders({ secrets }: Runtime, collectionId: string): Work<SecretHeaders> {
  const byOrigin = new Map<string, Record<string, string>>()
  for (const { origin, name, sealed } of yield* secretsOf(collectionId)) {
    const headers = byOrigin.get(origin) ?? {}
    headers[name] = secrets.open(sealed, contextOf(collectionId, origin, name))
    byOrigin.set(origin, headers)
  }
  return byOrigin
}

const stored = z.object({ items: z.array(schema.collectionSecret) })

export const secretRoutes = ({ runtime }: WatchParts): readonly Route[] => [
  route({
    ...admins,
    id: 'watch.set-secret',
    method: 'PUT',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/secrets',
    summary: 'Store a header that is sent to one origin, or take it away',
    description:
      'The value is sealed and never answered back. It is sent to its origin alone, never across a redirect to another one.',
    params: schema.collectionParams,
    body: schema.secretChange,
    output: stored,
    audit: 'collection.set-secret',
    handle: (call, { params, body }) => {
      const { origin } = new URL(body.origin)
      const name = body.name.toLowerCase()
      if (ownHeaders.has(name))
        throw new Problem('invalid_input', `The header ${name} is set by fetching itself.`, {
          errors: [{ field: 'name', message: 'Choose another header, such as authorization.' }],
        })
      return call.write(function* (record) {
        const row = yield* collectionAt(params)
        const replaced = yield* deleteSecret(row.id, origin, name)
        if (body.value === null) found(replaced === 0 ? undefined : true, 'secret')
        else
          yield* insertSecret({
            collection_id: row.id,
            origin,
            name,
            sealed: runtime.secrets.seal(body.value, contextOf(row.id, origin, name)),
            set_at: call.now,
            set_by: call.actor.label,
          })
        yield* record({
          target: collectionTarget(row),
          ...(replaced === 0 ? {} : { before: { origin, name } }),
          ...(body.value === null ? {} : { after: { origin, name } }),
        })
        return {
          items: (yield* secretsOf(row.id)).map((s) => ({
            name: s.name,
            origin: s.origin,
            setAt: s.set_at,
            setBy: s.set_by,
          })),
        }
      })
    },
  }),
]
