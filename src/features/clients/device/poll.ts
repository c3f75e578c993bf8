import { randomBytes } from 'node:crypto'
import { minute } from '#kernel/clock.ts'
import { readToken, sameHash } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { createCode, type CodeRefusal } from '../grant/code.ts'
import { refusalFor, type Asking } from '../grant/entitlement.ts'
import { deviceRedirect, oauthClientOf, resourceOf, scopeFor } from '../grant/oauth-clients.ts'
import { challengeOf } from '../grant/pkce.ts'
import type { Setting } from '../ports.ts'
import type { DeviceRow } from '../tables.ts'
import { withdrawnText } from '../withdraw.ts'
import { codeById, deleteCode, deviceById, setDeviceCode } from './store.ts'
import { readUserCode } from './user-code.ts'

/** What the client sends again and again. */
export interface Asked {
  readonly deviceAuthId: string
  readonly userCode: string
}

/** What it then exchanges at the token address. The PKCE pair is ours: so the client has it. */
export interface Answered {
  readonly authorization_code: string
  readonly code_challenge: string
  readonly code_verifier: string
}

/** Longer than its time, for who decides in the last moment: the client has started to count later than we. */
const grace = minute

const deniedText = 'The sign-in was denied in the browser. If that was a mistake, start it again.'

/** The device that is asked for, once it is decided; undefined: go on waiting. */
export function* decidedDevice(asked: Asked, now: number): Work<DeviceRow | undefined> {
  const read = readToken(asked.deviceAuthId, 'dev')
  if (!read) return undefined
  const device = yield* deviceById(read.id)
  if (!device || !sameHash(device.hash, read.hash)) return undefined
  if (device.user_code !== readUserCode(asked.userCode)) return undefined
  return device.decision === null || device.expires_at + grace <= now ? undefined : device
}

/**
 * The code for a device that was decided. The answer may have been lost, so each poll gives a new one, and the one before is
 * no longer good, until one was exchanged. A denial is a code as well: the text reaches the terminal at its exchange and
 * nowhere else (codex 0.169 does not show what a poll answers).
 */
export function* answerPoll(
  { runtime, ports }: Pick<Setting, 'runtime' | 'ports'>,
  asked: Asked,
  now: number,
): Work<Answered | undefined> {
  const device = yield* decidedDevice(asked, now)
  const client = oauthClientOf(device?.oauth_client)
  if (!device || !client || device.member_id === null) return undefined
  const before = device.code_id === null ? undefined : yield* codeById(device.code_id)
  if (device.code_id !== null) {
    if (before && before.used_at !== null) return undefined
    yield* deleteCode(device.code_id)
  }
  const verifier = randomBytes(32).toString('base64url')
  const challenge = challengeOf(verifier)
  const code = yield* createCode(runtime, {
    oauthClient: client.id,
    flow: 'device',
    memberId: device.member_id,
    redirectUri: deviceRedirect(runtime.publicUrl),
    codeChallenge: challenge,
    scope: scopeFor(client, undefined) ?? '',
    resource: resourceOf(client, runtime.publicUrl),
    nonce: null,
    authenticatedAt: device.authenticated_at ?? device.created_at,
    refusal: yield* refusalOf(device, device.member_id, { now, siteUrl: ports.siteUrl }),
    refusedAt: before?.refused_at ?? null,
    now,
  })
  yield* setDeviceCode(device.id, readToken(code, 'cod')?.id ?? '')
  return { authorization_code: code, code_challenge: challenge, code_verifier: verifier }
}

/** What is turned off says more than a denial that came after it. */
function* refusalOf(device: DeviceRow, memberId: string, asking: Asking): Work<CodeRefusal | null> {
  const refusal = yield* refusalFor(memberId, 'device', asking)
  if (refusal) return { reason: refusal.code, text: refusal.text }
  if (device.decision === 'denied') return { reason: 'denied', text: deniedText }
  return device.decision === 'withdrawn' ? { reason: 'withdrawn', text: withdrawnText } : null
}
