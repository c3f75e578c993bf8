import { memberById, memberTarget } from '#features/access/index.ts'
import { route, type Permission } from '#features/workspace/index.ts'
import { appendAudit } from '#kernel/audit.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import { hashSecret } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { Setting } from '../ports.ts'
import { clientById, endClients } from '../store.clients.ts'
import { inTurn } from './in-turn.ts'
import { tokenByHash } from './store.ts'
import { answered, bodyLimit, revocation } from './wire.ts'

/**
 * RFC 7009. Any token of a client ends all of it (section 2.1 lets the server revoke the whole grant): that is what signing out
 * means. An unknown token is answered like a known one (section 2.2).
 */
export const revokeRoute = (setting: Setting) =>
  route({
    id: 'oauth.revoke',
    method: 'POST',
    path: '/oauth/revoke',
    summary: 'Sign a client out: ends everything that was issued to it',
    auth: ['public'],
    permission: null,
    body: revocation,
    form: true,
    limit: bodyLimit,
    output: null,
    produces: 'application/json',
    errors: 'oauth',
    audit: 'client.sign-out',
    handle: async (call, { body }) => {
      const hash = hashSecret(body.token)
      const { db } = setting.runtime
      // What strangers make up takes nobody's turn.
      if (!(await db.read(() => tokenByHash(hash)))) return answered({})
      const problem = await inTurn(db, () => settle(call, hash, body.client_id))
      if (problem) throw problem
      return answered({})
    },
  })

function* settle(
  call: Call<Permission>,
  hash: string,
  oauthClient: string | undefined,
): Work<Problem | undefined> {
  const token = yield* tokenByHash(hash)
  const client = token && (yield* clientById(token.client_id))
  // An access token that somebody made is none that OAuth gave out: it is ended on its page.
  if (!client || client.flow === 'access_token') return undefined
  // RFC 7009, section 2.1: a token of another client is refused. Who leaves the client out has shown the token, and that is enough.
  if (oauthClient !== undefined && oauthClient !== client.oauth_client)
    return new Problem('unauthorized_client', 'The token was given to another client.')
  const ended = yield* endClients([client.id], { at: call.now, by: '', reason: 'signed_out' })
  if (ended.length === 0) return undefined
  const member = found(yield* memberById(client.member_id ?? ''), 'member')
  yield* appendAudit(
    call.recordOf({
      actor: { ...memberTarget(member), kind: 'client' },
      target: { kind: 'client', id: client.id, label: member.email },
      after: { ended: 'signed_out', address: call.ip },
    }),
  )
  return undefined
}
