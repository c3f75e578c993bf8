import { randomBytes } from 'node:crypto'
import { minute } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { hashSecret, sameHash } from '#kernel/tokens.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { localPath } from './next.ts'
import type { Conversation, TripSecrets } from './provider.ts'
import { attemptById, attemptByState, insertAttempt, useAttempt } from './store.attempts.ts'
import type { AttemptRow, ProviderRow } from './tables.ts'

/** From leaving for the provider to coming back. */
export const attemptFor = 10 * minute
/** How long what came of it can be read. */
export const readableFor = 30 * minute

/** One for each attempt, so that two tabs do not throw each other out. */
const cookieName = (attemptId: string): string => `gh_sso_${attemptId.slice(-16)}`

function cookieOf(request: Request, attemptId: string): string {
  const name = cookieName(attemptId)
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key = '', value = ''] = part.trim().split('=', 2)
    if (key === name) return value
  }
  return ''
}

/** Lax: the provider sends the browser back from another site, by a link as it were. */
const setCookie = (attemptId: string, value: string, secure: boolean): string =>
  `${cookieName(attemptId)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${
    value === '' ? 0 : readableFor / 1000
  }${secure ? '; Secure' : ''}`

export const forgetCookie = (attemptId: string, secure: boolean): string =>
  setCookie(attemptId, '', secure)

interface Ground {
  readonly runtime: Pick<Runtime, 'db' | 'ids' | 'secrets'>
  readonly conversation: Conversation
}

export interface SettingOut {
  readonly redirectTo: string
  readonly cookie: string
}

const secretsContext = (attemptId: string): string => `sso.attempt:${attemptId}`

interface Order {
  readonly kind: AttemptRow['kind']
  readonly next: string | undefined
  readonly sessionId: string | null
  /** Whether the browser speaks https. */
  readonly secure: boolean
}

/**
 * Sends a browser to a provider. `state` is what comes back with it, and its cookie shows that it is the same browser: somebody
 * else's answer, sent to this person as a link, signs her in to nothing (RFC 6819, section 4.4.1.8; RFC 9700, section 4.7).
 * Throws `Failed` where the provider cannot be asked.
 */
export async function setOut(
  ground: Ground,
  now: number,
  provider: ProviderRow,
  order: Order,
): Promise<SettingOut> {
  const { state, ...secrets } = ground.conversation.newSecrets()
  const redirectTo = await ground.conversation.wayOut(
    provider,
    state,
    secrets,
    order.kind === 'confirm',
  )
  const { cookie } = await keep(ground, now, provider, order, { state, secrets, outcome: null })
  return { redirectTo, cookie }
}

/** An attempt that was over before it began, for the page that says why. */
export async function stillborn(
  ground: Ground,
  now: number,
  provider: ProviderRow,
  order: Order & { readonly outcome: string },
): Promise<{ readonly id: string; readonly cookie: string }> {
  const { state } = ground.conversation.newSecrets()
  return keep(ground, now, provider, order, { state, secrets: null, outcome: order.outcome })
}

async function keep(
  { runtime }: Ground,
  now: number,
  provider: ProviderRow,
  { kind, next, sessionId, secure }: Order,
  made: {
    readonly state: string
    readonly secrets: TripSecrets | null
    readonly outcome: string | null
  },
): Promise<{ readonly id: string; readonly cookie: string }> {
  const id = runtime.ids('sso')
  const browser = randomBytes(32).toString('base64url')
  const sealed =
    made.secrets && runtime.secrets.seal(JSON.stringify(made.secrets), secretsContext(id))
  await runtime.db.tx(() =>
    insertAttempt({
      id,
      kind,
      provider_id: provider.id,
      state_hash: hashSecret(made.state),
      browser_hash: hashSecret(browser),
      secrets_sealed: sealed ?? '',
      next: localPath(next),
      session_id: sessionId,
      created_at: now,
      expires_at: now + attemptFor,
      used_at: made.secrets === null ? now : null,
      outcome: made.outcome,
    }),
  )
  return { id, cookie: setCookie(id, browser, secure) }
}

export interface Returned {
  readonly attempt: AttemptRow
  readonly secrets: TripSecrets
}

/** The attempt that a browser comes back from; it cannot come back from it again. Undefined: none that it began. */
export async function returned(
  { runtime }: Pick<Ground, 'runtime'>,
  now: number,
  request: Request,
  state: string,
): Promise<Returned | undefined> {
  const attempt = await runtime.db.read(() => attemptByState(hashSecret(state)))
  if (!attempt || attempt.expires_at <= now || !isFrom(request, attempt)) return undefined
  const secrets = attempt.secrets_sealed
  if (!(await runtime.db.tx(() => useAttempt(attempt.id, now)))) return undefined
  return {
    attempt,
    secrets: JSON.parse(runtime.secrets.open(secrets, secretsContext(attempt.id))) as TripSecrets,
  }
}

const isFrom = (request: Request, attempt: AttemptRow): boolean =>
  sameHash(hashSecret(cookieOf(request, attempt.id)), attempt.browser_hash)

/** An attempt of this browser, for the page that says what came of it. */
export function* ownAttempt(request: Request, id: string, now: number): Work<AttemptRow> {
  const attempt = yield* attemptById(id)
  if (!attempt || attempt.created_at + readableFor <= now || !isFrom(request, attempt))
    throw new Problem('not_found', 'Nothing is known of this sign-in any more.', {
      remedy: 'Start again.',
    })
  return attempt
}
