import { route, surfaceByKey, surfaceText } from '#features/workspace/index.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { Setting } from '../ports.ts'
import { listTokens } from './list.ts'
import { makeToken, revokeToken, rotateToken } from './make.ts'
import * as schema from './schema.ts'
import { runnerSnippets } from './snippets.ts'
import { listedToken, type ListedToken } from './store.ts'

/** Who lost the permission can still see what she has and end it; what she made goes on until then. */
const own = { auth: ['session'], permission: null, errors: 'problem' } as const
const making = {
  auth: ['session'],
  permission: 'codex.access_tokens.create',
  errors: 'problem',
  recent: true,
  status: 201,
} as const

/** One of the caller's; others are as if they were not there. */
function* mine(call: Call, id: string): Work<ListedToken> {
  const row = yield* listedToken(id, call.now)
  return found(row?.member_id === call.actor.id ? row : undefined, 'access token')
}

export const ownTokenRoutes = (setting: Setting): readonly Route[] => [
  route({
    ...own,
    id: 'own-tokens.list',
    method: 'GET',
    path: '/api/v1/me/access-tokens',
    summary: 'The own access tokens, the newest first',
    query: schema.ownTokenQuery,
    output: schema.accessTokenPage,
    audit: null,
    handle: (call, { query }) => listTokens(call, { ...query, member: call.actor.id }),
  }),
  route({
    ...own,
    auth: ['session', 'key'],
    id: 'access-tokens.terms',
    method: 'GET',
    path: '/api/v1/access-token-terms',
    summary: 'Whether access tokens can be made, for how long, and how runners take them',
    output: schema.tokenTerms,
    audit: null,
    handle: async (call) => {
      const surface = await call.read(() => surfaceByKey('access_tokens'))
      return {
        on: surface.on,
        message: surface.on ? '' : surfaceText(surface),
        maxDays: surface.maxDays,
        mayMake: call.actor.permissions.has('codex.access_tokens.create'),
        snippets: runnerSnippets({
          publicUrl: setting.runtime.publicUrl,
          localCa: setting.ports.localCa(),
        }),
      }
    },
  }),
  route({
    ...making,
    id: 'own-tokens.create',
    method: 'POST',
    path: '/api/v1/me/access-tokens',
    summary: 'Make an access token for the own scripts and runners; it is shown this once',
    description:
      'The client gets the policy of the member with it. Whether a client starts with it also depends on the permission to use Codex.',
    body: schema.newToken,
    output: schema.issuedToken,
    audit: 'access-token.create',
    handle: (call, { body }) =>
      call.write((record) =>
        makeToken(setting, call, record, { kind: 'member', id: call.actor.id }, body),
      ),
  }),
  route({
    ...making,
    id: 'own-tokens.rotate',
    method: 'POST',
    path: '/api/v1/me/access-tokens/{id}/rotate',
    summary: 'Make a second token in place of an own one, which goes on for a while',
    params: schema.tokenId,
    body: schema.rotation,
    output: schema.issuedToken,
    audit: 'access-token.rotate',
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        return yield* rotateToken(setting, call, record, yield* mine(call, params.id), body)
      }),
  }),
  route({
    ...own,
    id: 'own-tokens.revoke',
    method: 'DELETE',
    path: '/api/v1/me/access-tokens/{id}',
    summary: 'End one of the own access tokens for good',
    params: schema.tokenId,
    output: null,
    audit: 'access-token.revoke',
    handle: (call, { params }) =>
      call.write(function* (record) {
        yield* revokeToken(call, record, yield* mine(call, params.id))
      }),
  }),
]
