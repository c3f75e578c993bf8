import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import type { Setting } from '../ports.ts'
import { jwks } from '../schema.ts'
import { oauthClients } from './oauth-clients.ts'

/** These change only with a release, the keys a day before they are used (`keyRotation.ahead`). */
const cached = { 'cache-control': 'public, max-age=300' } as const

const open = { auth: ['public'], permission: null, errors: 'client', audit: null } as const

const metadata = z.record(z.string(), z.unknown())

/**
 * RFC 8414, section 2, and OpenID Connect Discovery, section 3: one document at both addresses, since a program that knows only
 * the first gets an id token as well and would expect RS256. Only what is served is named.
 */
export const serverMetadata = (issuer: string): Readonly<Record<string, unknown>> => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  revocation_endpoint: `${issuer}/oauth/revoke`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  scopes_supported: [...new Set(oauthClients.flatMap((client) => client.scopes))],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_methods_supported: ['none'],
  revocation_endpoint_auth_methods_supported: ['none'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'auth_time', 'nonce', 'email', 'name'],
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
})

export const discoveryRoutes = (setting: Setting) => [
  route({
    ...open,
    id: 'oauth.server-metadata',
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    summary: 'What this authorization server serves (RFC 8414)',
    output: metadata,
    handle: () => Response.json(serverMetadata(setting.runtime.publicUrl), { headers: cached }),
  }),
  route({
    ...open,
    id: 'oauth.provider-metadata',
    method: 'GET',
    path: '/.well-known/openid-configuration',
    summary: 'The same for OpenID Connect',
    output: metadata,
    handle: () => Response.json(serverMetadata(setting.runtime.publicUrl), { headers: cached }),
  }),
  route({
    ...open,
    id: 'oauth.jwks',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys of the tokens that clients get (RFC 7517)',
    output: jwks,
    handle: async () => Response.json(await setting.keys.published(), { headers: cached }),
  }),
]
