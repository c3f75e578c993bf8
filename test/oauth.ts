import { createHash, randomBytes } from 'node:crypto'
import type { SurfaceKey } from '#features/workspace/index.ts'
import type { CallOptions, Answer, World } from './world.ts'

/** What an OAuth client does, step by step, so that a test can do one of them wrongly. */
export const issuer = 'https://gatehouse.acme.example'
export const configServer = {
  id: 'gatehouse-codex',
  redirect: 'http://127.0.0.1:49152/callback',
  scope: 'openid codex.policy',
} as const
export const workspaceApp = {
  id: 'app_EMoamEEZ73f0CkXaXp7hrann',
  redirect: 'http://127.0.0.1:1455/auth/callback',
  scope: 'openid profile email offline_access api.connectors.read api.connectors.invoke',
} as const
export interface Program {
  readonly id: string
  readonly redirect: string
  readonly scope: string
}

export const form = (fields: Readonly<Record<string, string>>): CallOptions => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}
export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** The address that the client opens in the browser. An empty value leaves the parameter out. */
export function authorizePath(
  program: Program,
  { challenge }: Pkce,
  other: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: program.id,
    redirect_uri: program.redirect,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'a state',
    scope: program.scope,
    ...other,
  })
  for (const [name, value] of [...query]) if (value === '') query.delete(name)
  return `/oauth/authorize?${query.toString()}`
}

/** The id of the request that the browser was sent to decide. */
export const requestIn = (answer: Answer): string =>
  new URL(answer.headers.get('location') ?? '').pathname.split('/').at(-1) ?? ''

/** Decides as the page does: for the person that it shows. */
export async function decideRequest(
  world: World,
  cookie: string,
  id: string,
  act: 'approve' | 'deny' = 'approve',
): Promise<Answer> {
  const shown = await world.call('GET', '/api/v1/session', { cookie })
  return world.call('POST', `/api/v1/authorizations/${id}/${act}`, {
    cookie,
    body: { member: shown.json.member.id as string },
  })
}

/** Opens the browser and agrees; the query that comes back to the client. */
export async function agree(
  world: World,
  cookie: string,
  program: Program,
  pair: Pkce,
  other: Readonly<Record<string, string>> = {},
): Promise<URLSearchParams> {
  const opened = await world.call('GET', authorizePath(program, pair, other))
  const decided = await decideRequest(world, cookie, requestIn(opened))
  return new URL(decided.json.redirectTo as string).searchParams
}

export const exchangeCode = (
  world: World,
  program: Program,
  pair: Pkce,
  code: string,
  other: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  world.call(
    'POST',
    '/oauth/token',
    form({
      grant_type: 'authorization_code',
      client_id: program.id,
      code,
      redirect_uri: program.redirect,
      code_verifier: pair.verifier,
      ...other,
    }),
  )

/** A whole sign-in in the browser: the answer of the token endpoint. */
export async function signInClient(
  world: World,
  cookie: string,
  program: Program,
): Promise<Answer> {
  const pair = pkce()
  const back = await agree(world, cookie, program, pair)
  return exchangeCode(world, program, pair, back.get('code') ?? '')
}

export const refreshByForm = (world: World, program: Program, token: string): Promise<Answer> =>
  world.call(
    'POST',
    '/oauth/token',
    form({ grant_type: 'refresh_token', client_id: program.id, refresh_token: token }),
  )

/** As the client itself refreshes on the workspace route. */
export const refreshByJson = (world: World, program: Program, token: string): Promise<Answer> =>
  world.call('POST', '/oauth/token', {
    body: {
      client_id: program.id,
      grant_type: 'refresh_token',
      refresh_reason: 'proactive_expiry',
      refresh_token: token,
    },
  })

export const setSurface = (
  world: World,
  key: SurfaceKey,
  on: boolean,
  message = '',
): Promise<Answer> => world.admin('PUT', `/api/v1/surfaces/${key}`, { on, message })

/** What the audit trail says of acts whose name begins so, oldest first. */
export async function acts(world: World, action: string): Promise<readonly Audited[]> {
  const answer = await world.admin('GET', `/api/v1/activity?action=${action}&limit=500`)
  return (answer.json.items as Audited[]).toReversed()
}
export interface Audited {
  readonly action: string
  readonly actor: { readonly kind: string; readonly id: string; readonly label: string }
  readonly target: { readonly kind: string; readonly id: string; readonly label: string }
  readonly before?: unknown
  readonly after?: unknown
}
