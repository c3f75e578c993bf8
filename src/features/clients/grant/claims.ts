import type { JWTPayload } from 'jose'
import { lifetimes } from '../lifetimes.ts'
import type { Route } from '../schema.ts'

/** What was agreed to, and by which client it is held. */
export interface Grant {
  readonly clientId: string
  readonly route: Route
  readonly oauthClient: string
  readonly scope: string
  readonly resource: string | null
}

/** What an id token says of the sign-in itself; a refreshed one leaves it out (OpenID Connect Core, section 12.2). */
export interface SignedIn {
  readonly nonce: string | null
  readonly authenticatedAt: number
}

/** Whom the tokens are about. */
export interface Person {
  readonly memberId: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly workspaceId: string
  readonly workspace: string
}

interface Given {
  readonly issuer: string
  readonly grant: Grant
  readonly person: Person
  readonly now: number
}

/** NumericDate (RFC 7519, section 2). */
const seconds = (ms: number): number => Math.floor(ms / 1000)

/**
 * RFC 9068, with what the client (0.169) reads: it looks at `exp` to refresh ahead of time, and takes account and person from
 * its own namespaces. We ourselves look a token up by its hash and never read it.
 */
export function accessClaims(
  given: Given & { readonly id: string; readonly expiresAt: number },
): JWTPayload {
  const { issuer, grant, person, now } = given
  return {
    iss: issuer,
    sub: person.memberId,
    aud: grant.resource ?? issuer,
    client_id: grant.oauthClient,
    scope: grant.scope,
    jti: given.id,
    iat: seconds(now),
    exp: seconds(given.expiresAt),
    ...vendorClaims(person),
  }
}

/**
 * OpenID Connect Core, section 2. On the workspace route the client reads plan, account and person from it, and puts it into
 * the address of its own success page: small and short-lived.
 */
export function idClaims(given: Given & { readonly signedIn: SignedIn | null }): JWTPayload {
  const { issuer, grant, person, signedIn, now } = given
  return {
    iss: issuer,
    sub: person.memberId,
    aud: grant.oauthClient,
    iat: seconds(now),
    exp: seconds(now + lifetimes.idToken),
    ...(signedIn === null ? {} : { auth_time: seconds(signedIn.authenticatedAt) }),
    ...(signedIn?.nonce == null ? {} : { nonce: signedIn.nonce }),
    ...(grant.route === 'workspace'
      ? { email: person.email, name: person.name, ...vendorClaims(person) }
      : {}),
  }
}

/** The client fetches no policy for another plan than these, and keeps none without the id of the person. */
const vendorClaims = (person: Person): JWTPayload => ({
  'https://api.openai.com/profile': { email: person.email },
  'https://api.openai.com/auth': {
    chatgpt_plan_type: 'enterprise',
    chatgpt_account_id: person.workspaceId,
    chatgpt_user_id: person.memberId,
    user_id: person.memberId,
    organizations: [
      {
        id: person.workspaceId,
        is_default: true,
        role: person.role,
        title: person.workspace,
      },
    ],
  },
})
