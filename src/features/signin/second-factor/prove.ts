import type { z } from 'zod'
import { minute } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { toThisSession } from '../passkeys/challenges.ts'
import { provePasskey } from '../passkeys/prove.ts'
import type { Setting } from '../setting.ts'
import { countFailure, takeStep, totpOf } from '../totp/store.ts'
import { stepOf } from '../totp/totp.ts'
import { hashOfCode } from './codes.ts'
import type { secondFactor } from './schema.ts'
import { recoveryCodesOf, useRecoveryCode } from './store.ts'
import { tell } from './tell.ts'

/** Wrong codes in a row after which an app's codes are refused altogether (NIST SP 800-63B, section 5.2.2: at most 100). */
const mostFailures = 100
/** Wrong codes in a row after which she is told: whoever tries them knows her password. */
const worthTelling = 10

export interface Proven {
  readonly way: 'passkey' | 'code' | 'recovery code'
  /** In the transaction that it opens. Throws when somebody has used the same code in the meantime. */
  readonly take: () => Work<void>
  /** Call after that transaction: the attempt counts for nothing. */
  readonly succeeded: () => void
}

/** Proves the second factor of the one who calls. Throws `wrong_credentials` or `rate_limited`. */
export async function proveFactor(
  setting: Setting,
  call: Call,
  given: z.output<typeof secondFactor>,
): Promise<Proven> {
  if (given.passkey !== undefined) {
    const attempt = setting.guard.attempt(`passkey of ${call.actor.id}`, call.ip)
    await provePasskey(setting, call, given.passkey, toThisSession(call), call.actor.id)
    // It was taken when it was proved.
    return { way: 'passkey', *take() {}, succeeded: attempt.succeeded }
  }
  if (given.code !== undefined) return proveCode(setting, call, given.code)
  return proveRecoveryCode(setting, call, given.recoveryCode ?? '')
}

/** The secret is sealed for this member: copied to somebody else's row it does not open. */
export const sealedFor = (memberId: string): string => `totp:${memberId}`

export async function proveCode(setting: Setting, call: Call, code: string): Promise<Proven> {
  const { runtime, codeGuard } = setting
  const memberId = call.actor.id
  const attempt = codeGuard.attempt(memberId, call.ip)
  const app = await call.read(() => totpOf(memberId))
  if (!app || app.confirmed_at === null) throw wrongCode('This code is wrong.')
  if (app.failures >= mostFailures)
    throw new Problem('rate_limited', 'Too many wrong codes in a row.', {
      remedy: 'Use a passkey or a recovery code, or ask an owner to remove your second factors.',
      retryAfter: 15 * (minute / 1000),
    })
  const step = stepOf(runtime.secrets.open(app.sealed, sealedFor(memberId)), code, call.now)
  if (step === undefined) {
    await runtime.db.tx(() => failed(setting, memberId, call.now))
    throw wrongCode('This code is wrong.')
  }
  const used = wrongCode('This code was used already. Wait for the next one.')
  if (step <= app.last_step) throw used
  return {
    way: 'code',
    *take() {
      if (!(yield* takeStep(memberId, step, call.now))) throw used
    },
    succeeded: attempt.succeeded,
  }
}

function* failed({ ports }: Setting, memberId: string, now: number): Work<void> {
  const failures = yield* countFailure(memberId)
  if (failures === worthTelling && ports.mailer)
    yield* tell({
      memberId,
      what: 'codes-guessed',
      detail: `${failures} wrong codes came in a row, each after your password. Replace the password.`,
      at: now,
    })
}

async function proveRecoveryCode(setting: Setting, call: Call, typed: string): Promise<Proven> {
  const memberId = call.actor.id
  const attempt = setting.codeGuard.attempt(memberId, call.ip)
  const hash = hashOfCode(typed)
  const wrong = wrongCode('This recovery code is wrong, or was used already.', 'recoveryCode')
  if (hash === undefined) throw wrong
  return Promise.resolve({
    way: 'recovery code',
    *take() {
      if (!(yield* useRecoveryCode(memberId, hash, call.now))) throw wrong
      if (!setting.ports.mailer) return
      const left = (yield* recoveryCodesOf(memberId))?.left ?? 0
      yield* tell({
        memberId,
        what: 'code-used',
        detail: `${left} recovery codes are left. New ones can be made on the account page.`,
        at: call.now,
      })
    },
    succeeded: attempt.succeeded,
  })
}

const wrongCode = (detail: string, field = 'code'): Problem =>
  new Problem('wrong_credentials', detail, { errors: [{ field, message: detail }] })
