import { hour } from '#kernel/clock.ts'
import type { SurfaceKey } from '#features/workspace/index.ts'
import { lifetimes } from '../lifetimes.ts'
import type { RefusalCause, RefusalPlace } from '../schema.ts'

/**
 * The words of the client (Codex 0.169), as it prints them. The conformance suite brings the real program to each place and
 * expects exactly these.
 */
export const clientSays = {
  noDeviceCodes:
    'device code login is not enabled for this Codex server. Use the browser login or verify the server URL.',
  deviceExchange: (text: string) =>
    `device code exchange failed: token endpoint returned status 403 Forbidden: ${text}`,
  /** Its own page for `missing_codex_entitlement`. */
  noEntitlement:
    'Codex is not enabled for your workspace. Contact your workspace administrator to request access to Codex.',
  browserCallback: (text: string) => `Sign-in failed: ${text}`,
  browserExchange: (text: string) =>
    `Token exchange failed: token endpoint returned status 403 Forbidden: ${text}`,
  /** Whatever went wrong while signing in to the configuration server. */
  gatewayFailed: 'Gateway sign-in failed; check the gateway configuration and credential store.',
  gatewaySignIn: "Sign in to the configuration server to load your organization's settings",
  refreshRevoked:
    'Your access token could not be refreshed because your refresh token was revoked. Please log out and sign in again.',
  bundle: 'Failed to load cloud config bundle (workspace-managed policies).',
} as const

/** What Gatehouse says, for each cause: the administrator's own text or the one that stands for it. */
export interface OurTexts {
  readonly surface: Readonly<Record<SurfaceKey, string>>
  /** Codex is off with a text of the administrator: else the client has a page of its own. */
  readonly ownText: boolean
  readonly suspended: string
}

const atOnce = 'At once.'
const nextStart =
  'At the next start without a valid cache, at most one hour later. Running ones keep what they loaded.'
const renewal = `When its access token has to be renewed, at most ${lifetimes.access / hour} hours later.`

/** Every place at which a person can be refused, and what she reads there. */
export function refusals({ surface, ownText, suspended }: OurTexts): readonly RefusalPlace[] {
  return [
    noCode('codex_local'),
    deviceExchange('codex_local', surface.codex_local),
    ownText
      ? browserCallback('codex_local', surface.codex_local)
      : {
          ...browserCallback('codex_local', ''),
          answer: 'access_denied, missing_codex_entitlement',
          reads: clientSays.noEntitlement,
          ours: false,
        },
    browserExchange('codex_local', surface.codex_local),
    consent('codex_local', surface.codex_local),
    gateway('codex_local'),
    ...refreshes('codex_local'),
    bundle('codex_local'),
    noCode('device_code'),
    deviceExchange('device_code', surface.device_code),
    noCode('workspace_sign_in'),
    deviceExchange('workspace_sign_in', surface.workspace_sign_in),
    browserCallback('workspace_sign_in', surface.workspace_sign_in),
    browserExchange('workspace_sign_in', surface.workspace_sign_in),
    consent('workspace_sign_in', surface.workspace_sign_in, 'workspace'),
    consent('config_server_sign_in', surface.config_server_sign_in, 'config_server'),
    gateway('config_server_sign_in'),
    newToken(surface.access_tokens),
    tokenBundle,
    byRole(surface.role_administration),
    deviceExchange('member_suspended', suspended),
    browserExchange('member_suspended', suspended),
    gateway('member_suspended'),
    ...refreshes('member_suspended'),
    bundle('member_suspended'),
    ...refreshes('signed_out_by_admin'),
  ]
}

/** The places that are no client: pages of Gatehouse. */
const newToken = (text: string): RefusalPlace => ({
  id: 'access_tokens.create',
  cause: 'access_tokens',
  route: null,
  place: 'Makes or rotates an access token',
  answer: '403, with our text',
  reads: text,
  ours: true,
  takesEffect: atOnce,
})

/**
 * The token itself stays known (whoami answers): a client whose token is unknown counts as signed out and starts without a
 * policy (0.169), and turning something off must open nothing.
 */
const tokenBundle: RefusalPlace = {
  id: 'access_tokens.bundle',
  cause: 'access_tokens',
  route: 'workspace',
  place: 'Starts the client with an access token',
  answer: '403',
  reads: clientSays.bundle,
  ours: false,
  takesEffect: nextStart,
}

const byRole = (text: string): RefusalPlace => ({
  id: 'role_administration.page',
  cause: 'role_administration',
  route: null,
  place: 'Administrates with nothing but a custom role',
  answer: '403, with our text',
  reads: text,
  ours: true,
  takesEffect: atOnce,
})

const noCode = (cause: RefusalCause): RefusalPlace => ({
  id: `${cause}.usercode`,
  cause,
  route: 'workspace',
  place: 'Asks for a device code',
  answer: '404',
  reads: clientSays.noDeviceCodes,
  ours: false,
  takesEffect: atOnce,
})

const deviceExchange = (cause: RefusalCause, text: string): RefusalPlace => ({
  id: `${cause}.device-exchange`,
  cause,
  route: 'workspace',
  place: 'Was about to finish a sign-in with a device code',
  answer: '403 to the code, with our text',
  reads: clientSays.deviceExchange(text),
  ours: true,
  takesEffect: atOnce,
})

const browserCallback = (cause: RefusalCause, text: string): RefusalPlace => ({
  id: `${cause}.browser-callback`,
  cause,
  route: 'workspace',
  place: 'Signs in with the browser, from an IDE or another program',
  answer: 'access_denied, with our text',
  reads: clientSays.browserCallback(text),
  ours: true,
  takesEffect: atOnce,
})

const browserExchange = (cause: RefusalCause, text: string): RefusalPlace => ({
  id: `${cause}.browser-exchange`,
  cause,
  route: 'workspace',
  place: 'Was about to finish a sign-in with the browser',
  answer: '403 to the code, with our text',
  reads: clientSays.browserExchange(text),
  ours: true,
  takesEffect: atOnce,
})

/** Our own page: the only place of that route where our text is seen. */
const consent = (
  cause: RefusalCause,
  text: string,
  route: RefusalPlace['route'] = null,
): RefusalPlace => ({
  id: `${cause}.consent`,
  cause,
  route,
  place: 'Is asked on our page whether the client may sign in',
  answer: 'our page',
  reads: text,
  ours: true,
  takesEffect: atOnce,
})

const gateway = (cause: RefusalCause): RefusalPlace => ({
  id: `${cause}.gateway`,
  cause,
  route: 'config_server',
  place: 'Waits at the terminal for “codex login”',
  answer: 'access_denied, or 403 to the code',
  reads: clientSays.gatewayFailed,
  ours: false,
  takesEffect: atOnce,
})

function refreshes(cause: RefusalCause): readonly RefusalPlace[] {
  const ended = cause === 'signed_out_by_admin'
  const common = {
    cause,
    place: ended
      ? 'Starts the client after its sign-in was ended'
      : 'Starts the client when its sign-in has to be renewed',
    ours: false,
    takesEffect: ended ? nextStart : renewal,
  }
  return [
    {
      ...common,
      id: `${cause}.refresh`,
      route: 'workspace',
      answer: '401, refresh_token_invalidated',
      reads: clientSays.refreshRevoked,
    },
    {
      ...common,
      id: `${cause}.gateway-refresh`,
      route: 'config_server',
      answer: '400, invalid_grant',
      reads: clientSays.gatewaySignIn,
    },
  ]
}

const bundle = (cause: RefusalCause): RefusalPlace => ({
  id: `${cause}.bundle`,
  cause,
  route: null,
  place: 'Starts the client',
  answer: '403',
  reads: clientSays.bundle,
  ours: false,
  takesEffect: nextStart,
})
