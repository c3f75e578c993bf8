import { memberById, type Member } from '#features/access/index.ts'
import { theWorkspace, type Permission } from '#features/workspace/index.ts'
import type { Workspace } from '#features/workspace/schema.ts'
import { second } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import { readToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Setting } from '../ports.ts'
import { clientById } from '../store.clients.ts'
import type { ClientRow, TokenRow } from '../tables.ts'
import { askingIn, refusalFor } from './entitlement.ts'
import { endForReuse } from './family.ts'
import { mint, personOf, type Minted, type TokenAnswer } from './issue.ts'
import type { OAuthClient } from './oauth-clients.ts'
import { inTurn } from './in-turn.ts'
import { insertTokens, markRefreshed, tokenByHash, tokenById } from './store.ts'

/** RFC 6749, section 6. */
export interface Refresh {
  readonly client: OAuthClient
  readonly token: string | undefined
  readonly scope: string | undefined
  readonly resource: string | undefined
}

const refused = (detail: string): Problem =>
  new Problem('invalid_grant', detail, { remedy: 'Sign in again.' })

/** What belongs to a refresh token, all of one moment. */
interface Found {
  readonly token: TokenRow
  readonly client: ClientRow
  readonly member: Member
  readonly workspace: Workspace
}

function* find(hash: string): Work<Found | undefined> {
  const token = yield* tokenByHash(hash)
  if (token?.kind !== 'refresh') return undefined
  const client = yield* clientById(token.client_id)
  const member = client && (yield* memberById(client.member_id ?? ''))
  const workspace = yield* theWorkspace()
  return client && member && workspace ? { token, client, member, workspace } : undefined
}

type Check = (asked: Refresh, found: Found) => Problem | undefined

/** RFC 6749, section 6: bound to the client that it was issued to. */
const sameClient: Check = (asked, { client }) =>
  asked.client.id === client.oauth_client
    ? undefined
    : refused('The refresh token was given to another client.')

const notEnded: Check = (_, { client }) =>
  client.ended_at === null ? undefined : refused('This sign-in has ended. Sign in again.')

/** RFC 6749, section 6: no more than was agreed to. It is always given whole. */
const sameScope: Check = (asked, { client }) => {
  const agreed = client.scope.split(' ')
  const more = (asked.scope ?? '').split(' ').some((word) => word !== '' && !agreed.includes(word))
  return more && asked.client.otherScopes === 'refused'
    ? new Problem('invalid_scope', `The sign-in was agreed to for: ${client.scope}.`)
    : undefined
}

/** RFC 8707, section 2.2. */
const sameResource: Check = (asked, { client }) =>
  asked.resource === undefined || asked.resource === client.resource
    ? undefined
    : new Problem('invalid_target', 'The resource is not the one of the sign-in.')

const checks: readonly Check[] = [sameClient, notEnded, sameScope, sameResource]

/** What a refresh token that comes now means. Pure. */
export type Standing = 'good' | 'again' | 'stolen' | 'expired'

/**
 * Parallel processes and lost answers send an old token again: for a minute, and until its successor was used, they get the
 * same successor. After that nobody honest has it any more.
 */
export function standingOf(
  token: Pick<TokenRow, 'used_at' | 'successor' | 'expires_at'>,
  successor: Pick<TokenRow, 'used_at'> | undefined,
  now: number,
): Standing {
  if (token.used_at === null) return now < token.expires_at ? 'good' : 'expired'
  const young = now - token.used_at < lifetimes.refreshGrace
  const unused = successor?.used_at === null && token.successor !== null
  return young && unused ? 'again' : 'stolen'
}

type Outcome = { readonly answer: TokenAnswer } | { readonly problem: Problem }

/** Rotates a refresh token. Not in the audit trail: it happens several times a day on every machine. */
export async function refresh(
  setting: Setting,
  call: Call<Permission>,
  asked: Refresh,
): Promise<TokenAnswer> {
  if (asked.token === undefined)
    throw new Problem('invalid_input', 'The parameter refresh_token is missing.')
  const read = readToken(asked.token, 'crt')
  if (!read) throw refused('The refresh token is not one of ours, or not whole.')
  const { db } = setting.runtime
  const seen = await db.read(() => find(read.hash))
  if (!seen) throw refused('There is no such refresh token. Sign in again.')
  const fresh = seen.token.used_at === null && seen.client.ended_at === null
  if (fresh) refuseLoop(setting, seen.client.id)
  const minted = fresh
    ? await mint(
        setting,
        {
          clientId: seen.client.id,
          route: seen.client.route,
          oauthClient: seen.client.oauth_client,
          scope: seen.client.scope,
          resource: seen.client.resource,
        },
        personOf(seen.member, seen.workspace),
        null,
        call.now,
      )
    : undefined
  const outcome = await inTurn(db, () => settle(setting, call, asked, { hash: read.hash, minted }))
  if ('problem' in outcome) throw outcome.problem
  return outcome.answer
}

/** Three a day are usual. The token stays good: what is told to come again later does not sign in anew. */
function refuseLoop({ limits }: Setting, clientId: string): void {
  const wait = limits.refreshesByClient.take(clientId)
  if (wait > 0)
    throw new Problem('rate_limited', 'This client was refreshed too often.', {
      retryAfter: Math.ceil(wait / second),
    })
}

interface Prepared {
  readonly hash: string
  readonly minted: Minted | undefined
}

/** A refusal is returned and not thrown: the end of a stolen family has to stay. */
function* settle(
  setting: Setting,
  call: Call<Permission>,
  asked: Refresh,
  { hash, minted }: Prepared,
): Work<Outcome> {
  const found = yield* find(hash)
  if (!found) return { problem: refused('There is no such refresh token. Sign in again.') }
  const { token, client } = found
  for (const check of checks) {
    const problem = check(asked, found)
    if (problem) return { problem }
  }
  const successor = token.successor_id === null ? undefined : yield* tokenById(token.successor_id)
  const standing = standingOf(token, successor, call.now)
  if (standing === 'stolen') {
    yield* endForReuse(setting, call, client.id, 'reused_token')
    return { problem: refused('The refresh token was used already. Sign in again.') }
  }
  if (standing === 'expired')
    return { problem: refused('The refresh token has expired. Sign in again.') }
  const refusal = yield* refusalFor(client.member_id ?? '', 'refresh', askingIn(setting, call))
  // The token stays good for the day on which she may again.
  if (refusal) return { problem: refused(refusal.text) }
  const { secrets } = setting.runtime
  if (standing === 'again')
    return {
      answer: JSON.parse(secrets.open(token.successor ?? '', contextOf(token.id))) as TokenAnswer,
    }
  if (!minted) return { problem: refused('There is no such refresh token. Sign in again.') }
  yield* insertTokens(minted.rows)
  yield* markRefreshed(token, {
    // Not when it came: it may have waited for the database until the client gave up, whose minute begins only now.
    at: setting.runtime.clock(),
    successor: secrets.seal(JSON.stringify(minted.answer), contextOf(token.id)),
    successorId: minted.refreshId,
  })
  return { answer: minted.answer }
}

const contextOf = (tokenId: string): string => `clients.successor:${tokenId}`
