import type * as OpenId from 'openid-client'
import { NotReached } from './way-out.ts'

/** Why a round trip came to nothing, for the person who made it. */
export interface Trouble {
  /** Stable, for whoever reads logs. */
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** A round trip that came to nothing. */
export class Failed extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble, cause?: unknown) {
    super(trouble.message, { cause })
    this.name = 'Failed'
    this.trouble = trouble
  }
}

/** What a provider writes is shown as text, in one line and not at any length. */
const most = 300
const said = (text: unknown): string =>
  typeof text === 'string'
    ? text
        .replaceAll(/[\p{C}\s]+/gu, ' ')
        .trim()
        .slice(0, most)
    : ''

/** The name and code of an error of openid-client, whatever it is wrapped in. */
function* causes(error: unknown): Generator<Error & { readonly code?: unknown }> {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) yield at
}

/** Errors of RFC 6749, section 4.1.2.1 and 5.2, and of OpenID Connect Core, section 3.1.2.6, that somebody can do something about. */
const remedies: Readonly<Record<string, string>> = {
  access_denied: 'Start again and agree, or ask the provider’s administrator whether you may use Gatehouse.',
  invalid_client: 'An owner has to enter the client id and secret again, as the provider shows them.',
  unauthorized_client: 'The provider’s administrator has to allow this client the authorization code flow.',
  invalid_grant: 'Start again. If it stays so, the address to return to is not the one that the provider knows.',
  invalid_scope: 'An owner has to ask for other scopes.',
  login_required: 'Start again and sign in at the provider.',
  temporarily_unavailable: 'Try again in a while.',
  server_error: 'Try again in a while, then ask the provider’s administrator.',
} // prettier-ignore

/** What is told of an error of a round trip. Anything that is none of them is a mistake of ours and is thrown on. */
export function troubleOf(error: unknown, provider: string, openid: typeof OpenId): Trouble {
  if (error instanceof Failed) return error.trouble
  for (const cause of causes(error)) {
    if (cause instanceof NotReached)
      return {
        code: `provider_${cause.failure.kind}`,
        message: `${provider} could not be reached: ${cause.failure.message}`,
        remedy: cause.failure.remedy,
      }
    if (
      cause instanceof openid.AuthorizationResponseError ||
      cause instanceof openid.ResponseBodyError
    ) {
      const why = said(cause.error_description)
      return {
        code: 'provider_refused',
        message: `${provider} says: ${said(cause.error)}${why === '' ? '' : ` (${why})`}.`,
        remedy: remedies[cause.error] ?? 'Start again; then ask the provider’s administrator.',
      }
    }
  }
  const inner = [...causes(error)].at(-1)
  if (error instanceof openid.ClientError || error instanceof TypeError)
    return {
      code: 'provider_answer',
      message: `${provider} answered with something that must not be trusted: ${said(inner?.message)}.`,
      remedy: 'Start again. If it stays so, an owner has to compare the issuer and client with what the provider shows.',
    } // prettier-ignore
  throw error
}
