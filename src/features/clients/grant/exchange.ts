import { memberById, memberTarget, type Member } from '#features/access/index.ts'
import { theWorkspace, type Permission } from '#features/workspace/index.ts'
import { appendAudit } from '#kernel/audit.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import { readToken } from '#kernel/tokens.ts'
import { userAgentOf } from '#kernel/user-agent.ts'
import type { Work } from '#kernel/work.ts'
import type { Setting } from '../ports.ts'
import type { CodeRow } from '../tables.ts'
import type { Grant } from './claims.ts'
import type { CodeRefusal } from './code.ts'
import { askingIn, refusalFor, type Asking } from './entitlement.ts'
import { endForReuse } from './family.ts'
import { inTurn } from './in-turn.ts'
import { issueClient, mint, personOf, type Minted, type TokenAnswer } from './issue.ts'
import type { OAuthClient } from './oauth-clients.ts'
import { isVerifier, provesChallenge } from './pkce.ts'
import { codeByHash, markExchanged, markRefused } from './store.ts'

/** RFC 6749, section 4.1.3, RFC 7636, section 4.5, RFC 8707, section 2. */
export interface Exchange {
  readonly client: OAuthClient
  readonly code: string | undefined
  readonly redirectUri: string | undefined
  readonly verifier: string | undefined
  readonly resource: string | undefined
}

type Check = (asked: Exchange, code: CodeRow, now: number) => Problem | undefined

const grantProblem = (detail: string): Problem =>
  new Problem('invalid_grant', detail, { remedy: 'Start the sign-in again.' })

/** RFC 6749, section 4.1.3: a code that one client was given is worth nothing to another (code injection, mix-up). */
const sameClient: Check = (asked, code) =>
  asked.client.id === code.oauth_client
    ? undefined
    : grantProblem('The code was given to another client.')

/** RFC 6749, section 4.1.2. */
const stillLives: Check = (_, code, now) =>
  now < code.expires_at ? undefined : grantProblem('The code has expired.')

/** RFC 6749, section 4.1.3: identical, since it was part of the request. */
const sameRedirect: Check = (asked, code) =>
  asked.redirectUri === code.redirect_uri
    ? undefined
    : grantProblem('The redirect_uri is not the one of the authorization request.')

/** RFC 7636, section 4.6. */
const sameProgram: Check = (asked, code) =>
  provesChallenge(asked.verifier ?? '', code.code_challenge)
    ? undefined
    : grantProblem('The code_verifier does not belong to the code_challenge.')

/** RFC 8707, section 2.2. */
const sameResource: Check = (asked, code) =>
  asked.resource === undefined || asked.resource === code.resource
    ? undefined
    : new Problem('invalid_target', 'The resource is not the one of the authorization request.')

const checks: readonly Check[] = [sameClient, stillLives, sameRedirect, sameProgram, sameResource]

/**
 * Why this is not the exchange that the code was given for; undefined: it is. Pure; that it comes for the first time, and whether
 * it is refused, is seen in the transaction.
 */
export function faultOf(asked: Exchange, code: CodeRow, now: number): Problem | undefined {
  for (const check of checks) {
    const fault = check(asked, code, now)
    if (fault) return fault
  }
  return undefined
}

function hashOf({ code, redirectUri, verifier }: Exchange): string {
  const missing = Object.entries({ code, redirect_uri: redirectUri, code_verifier: verifier }).find(
    ([, value]) => value === undefined,
  )
  if (missing) throw new Problem('invalid_input', `The parameter ${missing[0]} is missing.`)
  if (!isVerifier(verifier ?? ''))
    throw new Problem('invalid_input', 'A code_verifier has 43 to 128 unreserved characters.')
  const read = readToken(code ?? '', 'cod')
  if (!read) throw grantProblem('The code is not one of ours, or not whole.')
  return read.hash
}

type Outcome = { readonly answer: TokenAnswer } | { readonly problem: Problem }

/** Exchanges a code for tokens: one transaction with the audit record, and the code is used up. */
export async function exchange(
  setting: Setting,
  call: Call<Permission>,
  asked: Exchange,
): Promise<TokenAnswer> {
  const hash = hashOf(asked)
  const { db } = setting.runtime
  const seen = await db.read(function* () {
    const code = yield* codeByHash(hash)
    const member = code && (yield* memberById(code.member_id))
    const workspace = yield* theWorkspace()
    return code && member && workspace ? { code, member, workspace } : undefined
  })
  if (!seen) throw grantProblem('There is no such code.')
  const grant = grantOf(setting, asked.client, seen.code)
  // What is going to be refused is not worth a signature.
  const minted =
    seen.code.used_at === null && seen.code.refusal === null && !faultOf(asked, seen.code, call.now)
      ? await mint(
          setting,
          grant,
          personOf(seen.member, seen.workspace),
          { nonce: seen.code.nonce, authenticatedAt: seen.code.authenticated_at },
          call.now,
        )
      : undefined
  const outcome = await inTurn(db, () => settle(setting, call, asked, { hash, grant, minted }))
  if ('problem' in outcome) throw outcome.problem
  return outcome.answer
}

const grantOf = ({ runtime }: Setting, client: OAuthClient, code: CodeRow): Grant => ({
  clientId: runtime.ids('cli'),
  route: client.route,
  oauthClient: client.id,
  scope: code.scope,
  resource: code.resource,
})

interface Prepared {
  readonly hash: string
  readonly grant: Grant
  readonly minted: Minted | undefined
}

/** A refusal is returned and not thrown: what it writes has to stay. */
function* settle(
  setting: Setting,
  call: Call<Permission>,
  asked: Exchange,
  { hash, grant, minted }: Prepared,
): Work<Outcome> {
  const code = yield* codeByHash(hash)
  if (!code) return { problem: grantProblem('There is no such code.') }
  if (code.used_at !== null) {
    // RFC 6749, section 4.1.2: two have the code, so what was given for it is not to be trusted.
    if (code.client_id !== null) yield* endForReuse(setting, call, code.client_id, 'reused_code')
    return { problem: grantProblem('The code was used already.') }
  }
  const fault = faultOf(asked, code, call.now)
  if (fault) return { problem: fault }
  const member = yield* memberById(code.member_id)
  if (!member) return { problem: grantProblem('There is no such code.') }
  const refusal = yield* refusalOf(code, askingIn(setting, call))
  if (refusal) {
    yield* recordRefusal(call, grant, code, member, refusal)
    return { problem: new Problem('access_denied', refusal.text) }
  }
  if (!minted) return { problem: grantProblem('There is no such code.') }
  yield* issueClient(grant, minted, {
    memberId: member.id,
    flow: code.flow,
    ip: call.ip,
    userAgent: userAgentOf(call.request),
    now: call.now,
  })
  yield* markExchanged(code.id, grant.clientId, call.now)
  yield* recordSignIn(call, grant, code, member)
  return { answer: minted.answer }
}

/**
 * Why a whole and right code gives nothing: this text is all that the person at the terminal gets to read. What is turned off says
 * more than what was decided before.
 */
function* refusalOf(code: CodeRow, asking: Asking): Work<CodeRefusal | null> {
  const refusal = yield* refusalFor(code.member_id, code.flow, asking)
  if (refusal) return { reason: refusal.code, text: refusal.text }
  if (code.refusal === null) return null
  return { reason: code.refusal_reason ?? 'denied', text: code.refusal }
}

/** Once for each sign-in: a program may come again and again with the same code. */
function* recordRefusal(
  call: Call<Permission>,
  grant: Grant,
  code: CodeRow,
  member: Member,
  { reason }: CodeRefusal,
): Work<void> {
  if (code.refused_at !== null) return
  yield* markRefused(code.id, call.now)
  const target = memberTarget(member)
  yield* appendAudit({
    ...call.recordOf({
      actor: { ...target, kind: 'client' },
      target,
      after: { reason, route: grant.route, flow: code.flow },
    }),
    action: 'client.refuse',
  })
}

function* recordSignIn(
  call: Call<Permission>,
  grant: Grant,
  code: CodeRow,
  member: Member,
): Work<void> {
  const target = memberTarget(member)
  yield* appendAudit({
    ...call.recordOf({
      actor: { ...target, kind: 'client' },
      target: { kind: 'client', id: grant.clientId, label: member.email },
      after: {
        route: grant.route,
        flow: code.flow,
        address: call.ip,
        program: userAgentOf(call.request),
        scope: grant.scope,
      },
    }),
    action: 'client.sign-in',
  })
}
