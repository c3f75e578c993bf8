import type { Flow, Route } from '../schema.ts'

/** A program that may ask for sign-ins. There is no registration: the list is closed, and all of them are public clients. */
export interface OAuthClient {
  readonly id: string
  /** As the page of consent names it. */
  readonly name: string
  readonly route: Route
  /** How a sign-in that starts at `/oauth/authorize` is called. */
  readonly flow: Flow
  /** The path of its redirect address; scheme, host and port are those of any loopback address (RFC 8252, section 7.3). */
  readonly redirectPath: string
  readonly scopes: readonly string[]
  /** Scopes that are not in the list: refused, or left out (RFC 6749, section 3.3 allows both). */
  readonly otherScopes: 'refused' | 'left out'
  /** The path below the public address that its access tokens are for (RFC 8707). */
  readonly resourcePath: string
}

/** What an admin puts in `[config_server.oauth]`: the name is ours. */
export const configServerClient: OAuthClient = {
  id: 'gatehouse-codex',
  name: 'Codex',
  route: 'config_server',
  flow: 'code',
  redirectPath: '/callback',
  scopes: ['openid', 'codex.policy'],
  otherScopes: 'refused',
  resourcePath: '/member',
}

/** The id is compiled into the vendor's client (0.169); a newer one may ask for scopes that we do not know. */
export const workspaceClient: OAuthClient = {
  id: 'app_EMoamEEZ73f0CkXaXp7hrann',
  name: 'Codex',
  route: 'workspace',
  flow: 'browser',
  redirectPath: '/auth/callback',
  scopes: [
    'openid',
    'profile',
    'email',
    'offline_access',
    'api.connectors.read',
    'api.connectors.invoke',
  ],
  otherScopes: 'left out',
  resourcePath: '/backend-api',
}

export const oauthClients: readonly OAuthClient[] = [configServerClient, workspaceClient]

export const oauthClientOf = (id: string | undefined): OAuthClient | undefined =>
  oauthClients.find((client) => client.id === id)

/** The redirect address that the exchange of a device code names; nobody is ever sent there. */
export const deviceRedirect = (publicUrl: string): string => `${publicUrl}/deviceauth/callback`

export const resourceOf = (client: OAuthClient, publicUrl: string): string =>
  publicUrl + client.resourcePath

/** Exact text, not a parsed address: what two parsers could read differently is not on the list (RFC 9700, section 4.1). */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::([1-9]\d{0,4}))?(\/[a-z/]*)$/

/**
 * Whether the answer may go there: `http`, a loopback host, any port (RFC 8252, sections 7.3 and 8.3), exactly the path of the
 * client, and nothing else: no user, no query, no fragment.
 */
export function isRedirectOf(client: OAuthClient, address: string): boolean {
  const [, , port = '80', path] = loopback.exec(address) ?? []
  return path === client.redirectPath && Number(port) <= 65_535
}

/** `127.0.0.1:1455`, for the person. */
export const redirectHost = (address: string): string => new URL(address).host

/** The scopes that are given, in our order; undefined: it asks for one that is refused. None asked for: all of them. */
export function scopeFor(client: OAuthClient, asked: string | undefined): string | undefined {
  const words = (asked ?? '').split(' ').filter((word) => word !== '')
  if (words.length === 0) return client.scopes.join(' ')
  const given = client.scopes.filter((scope) => words.includes(scope))
  const refused = client.otherScopes === 'refused' && words.some((w) => !client.scopes.includes(w))
  return refused || given.length === 0 ? undefined : given.join(' ')
}
