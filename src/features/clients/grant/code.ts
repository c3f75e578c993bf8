import type { Runtime } from '#kernel/runtime.ts'
import { issueToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Flow } from '../schema.ts'
import type { RefusalReason } from '../tables.ts'
import { insertCode } from './store.ts'

export interface CodeRefusal {
  readonly reason: RefusalReason
  readonly text: string
}

export interface CodeOrder {
  readonly oauthClient: string
  readonly flow: Flow
  readonly memberId: string
  readonly redirectUri: string
  readonly codeChallenge: string
  readonly scope: string
  readonly resource: string | null
  readonly nonce: string | null
  readonly authenticatedAt: number
  /** The exchange is refused with this; null: it is not. */
  readonly refusal: CodeRefusal | null
  /** When that was recorded, for a code that takes the place of another; null: not yet. */
  readonly refusedAt: number | null
  readonly now: number
}

/** A new authorization code (RFC 6749, section 4.1.2): 256 random bits, one minute, one use. Only its hash is kept. */
export function* createCode(runtime: Pick<Runtime, 'ids'>, order: CodeOrder): Work<string> {
  const id = runtime.ids('cod')
  const issued = issueToken('cod', id)
  yield* insertCode({
    id,
    hash: issued.hash,
    oauth_client: order.oauthClient,
    flow: order.flow,
    member_id: order.memberId,
    redirect_uri: order.redirectUri,
    code_challenge: order.codeChallenge,
    scope: order.scope,
    resource: order.resource,
    nonce: order.nonce,
    authenticated_at: order.authenticatedAt,
    refusal: order.refusal?.text ?? null,
    refusal_reason: order.refusal?.reason ?? null,
    refused_at: order.refusedAt,
    created_at: order.now,
    expires_at: order.now + lifetimes.code,
    used_at: null,
    client_id: null,
  })
  return issued.token
}
