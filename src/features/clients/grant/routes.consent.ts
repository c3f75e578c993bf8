import { route, theWorkspace } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { deciderOf, refuseOther } from '../decider.ts'
import { mailConsent } from '../mails.ts'
import type { Setting } from '../ports.ts'
import * as schema from '../schema.ts'
import type { AuthorizationRow } from '../tables.ts'
import { answerAddress } from './authorize.ts'
import { createCode } from './code.ts'
import { askingIn, refusalFor, type Refusal } from './entitlement.ts'
import { oauthClientOf, redirectHost } from './oauth-clients.ts'
import { authorizationById, markDecided } from './store.ts'

const own = {
  auth: ['session'],
  permission: null,
  errors: 'problem',
  params: schema.authorizationId,
} as const

const again = { remedy: 'Start the sign-in again from the program.' }

/** The request as long as it can be decided. */
function* open(id: string, now: number): Work<AuthorizationRow> {
  const row = found(yield* authorizationById(id), 'sign-in request')
  if (row.decided_at !== null)
    throw new Problem('link_used', 'This sign-in was decided already.', again)
  if (row.expires_at <= now)
    throw new Problem('link_expired', 'This sign-in has waited too long.', again)
  return row
}

/** Of several at once, one decides. `shown`: whom the page showed. */
function* decide(
  id: string,
  { actor, now }: Pick<Call, 'actor' | 'now'>,
  shown: string,
): Work<AuthorizationRow> {
  const row = yield* open(id, now)
  refuseOther(actor, shown)
  if (!(yield* markDecided(id, now)))
    throw new Problem('link_used', 'This sign-in was decided already.', again)
  return row
}

const targetOf = (row: AuthorizationRow) => ({
  kind: 'authorization',
  id: row.id,
  label: oauthClientOf(row.oauth_client)?.name ?? row.oauth_client,
})

const seenOf = (row: AuthorizationRow) => ({
  client: row.oauth_client,
  flow: row.flow,
  redirect: redirectHost(row.redirect_uri),
})

const look = (setting: Setting) =>
  route({
    ...own,
    id: 'authorizations.get',
    method: 'GET',
    path: '/api/v1/authorizations/{id}',
    summary: 'What a program asks the signed-in member for',
    output: schema.authorization,
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        const row = yield* open(params.id, call.now)
        const client = found(oauthClientOf(row.oauth_client), 'program')
        const refusal = yield* refusalFor(call.actor.id, row.flow, askingIn(setting, call))
        const policy = yield* setting.ports.policyOf(call.actor.id)
        return {
          id: row.id,
          member: yield* deciderOf(call.actor.id),
          client: client.name,
          redirectHost: redirectHost(row.redirect_uri),
          workspace: found(yield* theWorkspace(), 'workspace').name,
          route: client.route,
          flow: row.flow,
          ip: row.ip,
          browser: row.user_agent,
          requestedAt: row.created_at,
          expiresAt: row.expires_at,
          policy: policy && { id: policy.id, name: policy.name, version: policy.version },
          refusal: refusal?.text ?? null,
        }
      }),
  })

const approve = (setting: Setting) =>
  route({
    ...own,
    id: 'authorizations.approve',
    method: 'POST',
    path: '/api/v1/authorizations/{id}/approve',
    summary: 'Let the program sign in as the member',
    description:
      'The sign-in to these pages must be recent. Where Codex is turned off for the member, the program is told so instead.',
    body: schema.decision,
    output: schema.decided,
    audit: 'authorization.approve',
    recent: true,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const row = yield* decide(params.id, call, body.member)
        const refusal = yield* refusalFor(call.actor.id, row.flow, askingIn(setting, call))
        yield* record({
          target: targetOf(row),
          after: { ...seenOf(row), ...(refusal ? { refused: refusal.code } : {}) },
        })
        if (refusal) return { redirectTo: backTo(setting, row, refused(row, refusal)) }
        const code = yield* createCode(setting.runtime, codeOrder(call, row))
        if (setting.ports.mailer)
          yield* enqueue({
            name: mailConsent,
            payload: { authorizationId: row.id, memberId: call.actor.id },
          })
        return { redirectTo: backTo(setting, row, { code }) }
      }),
  })

const deny = (setting: Setting) =>
  route({
    ...own,
    id: 'authorizations.deny',
    method: 'POST',
    path: '/api/v1/authorizations/{id}/deny',
    summary: 'Do not let the program sign in',
    body: schema.decision,
    output: schema.decided,
    audit: 'authorization.deny',
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const row = yield* decide(params.id, call, body.member)
        yield* record({ target: targetOf(row), after: seenOf(row) })
        return {
          redirectTo: backTo(setting, row, {
            error: 'access_denied',
            error_description: 'You declined the sign-in.',
          }),
        }
      }),
  })

const codeOrder = (call: Call, row: AuthorizationRow) => ({
  oauthClient: row.oauth_client,
  flow: row.flow,
  memberId: call.actor.id,
  redirectUri: row.redirect_uri,
  codeChallenge: row.code_challenge,
  scope: row.scope,
  resource: row.resource,
  nonce: row.nonce,
  authenticatedAt: call.actor.authenticatedAt ?? call.now,
  refusal: null,
  refusedAt: null,
  now: call.now,
})

/**
 * RFC 6749, section 4.1.2.1. In the browser flow the client has a page of its own for one description (0.169). The
 * text keeps all its letters, more than that section allows: it may be the administrator's, and the person reads it.
 */
const refused = (row: AuthorizationRow, refusal: Refusal) => ({
  error: 'access_denied',
  error_description:
    row.flow === 'browser' && refusal.entitlement ? 'missing_codex_entitlement' : refusal.text,
})

const backTo = (
  { runtime }: Setting,
  row: AuthorizationRow,
  answer: Readonly<Record<string, string>>,
): string =>
  answerAddress(
    { redirectUri: row.redirect_uri, state: row.state, issuer: runtime.publicUrl },
    answer,
  )

export const consentRoutes = (setting: Setting) => [look(setting), approve(setting), deny(setting)]
