import {
  memberById,
  noPermissionText,
  rightsOf,
  type NeededForCodex,
} from '#features/access/index.ts'
import { surfaceText, surfaces, theWorkspace, type SurfaceKey } from '#features/workspace/index.ts'
import type { Work } from '#kernel/work.ts'
import type { Flow } from '../schema.ts'

/** Why a member's client is not let in, and what she reads about it. */
export interface Refusal {
  readonly code: 'surface_off' | 'member_suspended' | 'no_permission_for_codex'
  readonly surface: SurfaceKey | null
  readonly text: string
  /**
   * Codex is off and no admin wrote a text: on its browser callback the client has a page of its own for that, which it shows
   * for the description `missing_codex_entitlement`.
   */
  readonly entitlement: boolean
}

export const inactiveText = (workspace: string): string =>
  `Your account in ${workspace} is not active. Ask your administrator.`

/** When it is asked, and where a person asks for what she may not. */
export interface Asking {
  readonly now: number
  /** The address that people open in their browser, without a trailing slash. */
  readonly siteUrl: string
}

export const askingIn = (
  { ports }: { readonly ports: { readonly siteUrl: string } },
  { now }: { readonly now: number },
): Asking => ({ now, siteUrl: ports.siteUrl })

/**
 * The one question before anything is given to a client: may this member use it, in this way? `refresh` is a client that has
 * signed in already, by whatever way: turning off the way turns off new sign-ins. What is turned off for everybody is said
 * before what a role does not include: no role would help.
 */
export function* refusalFor(
  memberId: string,
  flow: Flow | 'refresh',
  asking: Asking,
): Work<Refusal | null> {
  const member = yield* memberById(memberId)
  if (member?.status !== 'active') {
    const workspace = yield* theWorkspace()
    return {
      code: 'member_suspended',
      surface: null,
      text: inactiveText(workspace?.name ?? 'Gatehouse'),
      entitlement: false,
    }
  }
  return (yield* surfaceRefusal(flow)) ?? (yield* roleRefusal(memberId, flow, asking))
}

function* roleRefusal(
  memberId: string,
  flow: Flow | 'refresh',
  { now, siteUrl }: Asking,
): Work<Refusal | null> {
  const held = yield* rightsOf(memberId, now)
  const needed: readonly NeededForCodex[] =
    flow === 'device' ? ['codex.local.use', 'codex.device_code.use'] : ['codex.local.use']
  const missing = needed.find((permission) => !held.has(permission))
  if (!missing) return null
  return {
    code: 'no_permission_for_codex',
    surface: null,
    text: `${noPermissionText[missing]} Or ask here: ${siteUrl}/requests/new?permission=${missing}`,
    entitlement: false,
  }
}

const neededFor: Readonly<Record<Flow | 'refresh', readonly SurfaceKey[]>> = {
  refresh: ['codex_local'],
  code: ['codex_local', 'config_server_sign_in'],
  browser: ['codex_local', 'workspace_sign_in'],
  device: ['codex_local', 'workspace_sign_in', 'device_code'],
  access_token: ['codex_local', 'access_tokens'],
}

/** The same before it is known who asks: only what is turned off for everybody. */
export function* surfaceRefusal(flow: Flow | 'refresh'): Work<Refusal | null> {
  const off = (yield* surfaces()).find(({ key, on }) => !on && neededFor[flow].includes(key))
  if (!off) return null
  return {
    code: 'surface_off',
    surface: off.key,
    text: surfaceText(off),
    entitlement: off.key === 'codex_local' && off.message === '',
  }
}
