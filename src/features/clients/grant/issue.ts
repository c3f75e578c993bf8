import type { Member } from '#features/access/index.ts'
import type { Workspace } from '#features/workspace/schema.ts'
import { hashSecret, issueToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Setting } from '../ports.ts'
import type { Flow } from '../schema.ts'
import { insertClient } from '../store.clients.ts'
import type { TokenRow } from '../tables.ts'
import { accessClaims, idClaims, type Grant, type Person, type SignedIn } from './claims.ts'
import { insertTokens } from './store.ts'

/** RFC 6749, section 5.1. */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  readonly refresh_token: string
  readonly scope: string
  readonly id_token?: string
}

/** Tokens that exist nowhere yet: signed outside of the transaction, because a transaction awaits nothing but the database. */
export interface Minted {
  readonly clientId: string
  readonly refreshId: string
  readonly answer: TokenAnswer
  readonly rows: readonly Omit<TokenRow, 'seq'>[]
}

/** Makes an access and a refresh token, and an id token where one belongs to the answer. */
export async function mint(
  setting: Setting,
  grant: Grant,
  person: Person,
  signedIn: SignedIn | null,
  now: number,
): Promise<Minted> {
  const { keys, runtime } = setting
  const issuer = runtime.publicUrl
  const ids = { access: runtime.ids('cat'), refresh: runtime.ids('crt') }
  const expiresAt = now + lifetimes.access
  const access =
    grant.route === 'workspace'
      ? await keys.sign(
          accessClaims({ issuer, grant, person, id: ids.access, now, expiresAt }),
          'at+jwt',
          now,
        )
      : issueToken('cat', ids.access).token
  const refresh = issueToken('crt', ids.refresh)
  const withId =
    grant.route === 'workspace' || (signedIn !== null && grant.scope.split(' ').includes('openid'))
  const idToken = withId
    ? await keys.sign(idClaims({ issuer, grant, person, signedIn, now }), 'JWT', now)
    : undefined
  const row = {
    client_id: grant.clientId,
    created_at: now,
    used_at: null,
    successor: null,
    successor_id: null,
  }
  return {
    clientId: grant.clientId,
    refreshId: ids.refresh,
    answer: {
      access_token: access,
      token_type: 'Bearer',
      expires_in: lifetimes.access / 1000,
      refresh_token: refresh.token,
      scope: grant.scope,
      ...(idToken === undefined ? {} : { id_token: idToken }),
    },
    rows: [
      { ...row, id: ids.access, kind: 'access', hash: hashSecret(access), expires_at: expiresAt },
      {
        ...row,
        id: ids.refresh,
        kind: 'refresh',
        hash: refresh.hash,
        expires_at: now + lifetimes.refresh,
      },
    ],
  }
}

export interface Start {
  readonly memberId: string
  readonly flow: Flow
  readonly ip: string
  readonly userAgent: string
  readonly now: number
}

/** Writes a new client with its first tokens, in the transaction of the sign-in. */
export function* issueClient(grant: Grant, minted: Minted, start: Start): Work<void> {
  yield* insertClient({
    id: grant.clientId,
    member_id: start.memberId,
    account_id: null,
    route: grant.route,
    flow: start.flow,
    oauth_client: grant.oauthClient,
    scope: grant.scope,
    resource: grant.resource,
    created_at: start.now,
    created_ip: start.ip,
    created_agent: start.userAgent,
    ended_at: null,
    ended_by: '',
    end_reason: null,
  })
  yield* insertTokens(minted.rows)
}

export const personOf = (member: Member, workspace: Workspace): Person => ({
  memberId: member.id,
  email: member.email,
  name: member.name,
  role: member.role,
  workspaceId: workspace.id,
  workspace: workspace.name,
})
