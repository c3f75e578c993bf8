import { route, type Permission } from '#features/workspace/index.ts'
import { contentTypeOf } from '#kernel/body.ts'
import { formType } from '#kernel/form.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Setting } from '../ports.ts'
import { exchange } from './exchange.ts'
import type { TokenAnswer } from './issue.ts'
import { oauthClientOf, type OAuthClient } from './oauth-clients.ts'
import { refresh } from './refresh.ts'
import { answered, bodyLimit, tokenAnswer, tokenRequest, type TokenRequest } from './wire.ts'

/** RFC 6749, section 3.2. */
export const tokenRoute = (setting: Setting) =>
  route({
    id: 'oauth.token',
    method: 'POST',
    path: '/oauth/token',
    summary: 'Exchange an authorization code, or a refresh token, for tokens',
    description:
      'Public clients with PKCE. A refresh token is used once; sent again within 60 seconds it gives the same answer, later it ends the sign-in.',
    auth: ['public'],
    permission: null,
    body: tokenRequest,
    form: true,
    limit: bodyLimit,
    output: tokenAnswer,
    errors: 'oauth',
    audit: 'client.sign-in',
    handle: async (call, { body }) => {
      try {
        return answered(await grantFor(setting, call, body))
      } catch (error) {
        const told = inClientsWords(call.request, body, error)
        if (told) return told
        throw error
      }
    },
  })

function grantFor(
  setting: Setting,
  call: Call<Permission>,
  body: TokenRequest,
): Promise<TokenAnswer> {
  const grantType = body.grant_type || undefined
  if (grantType === undefined)
    throw new Problem('invalid_input', 'The parameter grant_type is missing.')
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token')
    // The client asks for an API key by token exchange as well, and goes on without one (0.169).
    throw new Problem('unsupported_grant_type', 'Served are authorization_code and refresh_token.')
  const client = knownClient(body.client_id)
  if (grantType === 'refresh_token')
    return refresh(setting, call, {
      client,
      token: body.refresh_token || undefined,
      scope: body.scope,
      resource: body.resource || undefined,
    })
  return exchange(setting, call, {
    client,
    code: body.code || undefined,
    redirectUri: body.redirect_uri || undefined,
    verifier: body.code_verifier || undefined,
    resource: body.resource || undefined,
  })
}

/** RFC 6749, section 3.2.1: a public client names itself, so that a code is not taken for another one. */
function knownClient(id: string | undefined): OAuthClient {
  const client = oauthClientOf(id)
  if (!client)
    throw new Problem('invalid_client', 'There is no such client_id.', {
      remedy: 'Take the configuration from the setup page again.',
    })
  return client
}

/**
 * The client's own refresh comes as JSON and knows one code for "sign in again" (0.169). Anything else it would take for a
 * failure that passes, so only what is final is said in its words.
 */
function inClientsWords(
  request: Request,
  body: TokenRequest,
  error: unknown,
): Response | undefined {
  if (contentTypeOf(request) === formType || body.grant_type !== 'refresh_token') return undefined
  if (!(error instanceof Problem) || error.code !== 'invalid_grant') return undefined
  return answered({ error: { code: 'refresh_token_invalidated', message: error.message } }, 401)
}
