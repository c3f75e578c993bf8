import { memberById, memberTarget, type Member } from '#features/access/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Record } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { signedIn } from '../routes.session.ts'
import { enter, type Entered } from '../sessions.ts'
import type { Setting } from '../setting.ts'
import { sessionById } from '../store.sessions.ts'
import { codesAtOnce, hashOfCode, newCode } from './codes.ts'
import * as schema from './schema.ts'
import { recoveryCodesOf, replaceRecoveryCodes, withFactor } from './store.ts'
import { tell, type Telling } from './tell.ts'

/** A half session may add the first factor, and not one beside those that it still owes. */
export function* refuseWhileOwed({ actor }: Pick<Call, 'actor'>): Work<void> {
  if (actor.kind === 'half_session' && (yield* withFactor([actor.id])).has(actor.id))
    throw new Problem('second_factor_required', 'First give the second factor that you have.', {
      remedy: 'Give it on /sign-in/second-factor.',
    })
}

/** New recovery codes in place of all before; this is the only time they are seen. */
export function* makeRecoveryCodes(memberId: string, now: number): Work<string[]> {
  const codes = Array.from({ length: codesAtOnce }, () => newCode())
  yield* replaceRecoveryCodes(
    memberId,
    codes.map((code) => hashOfCode(code) ?? ''),
    now,
  )
  return codes
}

/** Tells the member by mail, where there is mail. */
export function* tellOf(
  { ports }: Pick<Setting, 'ports'>,
  { now }: Pick<Call, 'now'>,
  memberId: string,
  what: Telling,
  detail: string,
): Work<void> {
  if (ports.mailer) yield* tell({ memberId, what, detail, at: now })
}

/** The member who calls, as long as her account is open. */
export function* caller({ actor }: Pick<Call, 'actor'>): Work<Member> {
  const member = found(yield* memberById(actor.id), 'member')
  if (member.status !== 'active')
    throw new Problem('forbidden', `Your account is ${member.status}.`, {
      remedy: 'Ask an owner of the workspace.',
    })
  return member
}

/** A new session in place of the present one, in which the second factor was given. */
export function* raise(setting: Setting, call: Call, member: Member): Work<Entered> {
  const before = found(yield* sessionById(call.actor.sessionId ?? ''), 'session')
  return yield* enter(setting, call, member, { method: before.method, secondFactor: true })
}

interface AddedFactor {
  readonly what: Telling
  /** A name for the audit trail and the mail: never a secret. */
  readonly label: string
}

/** What follows a factor that was just added, in its transaction: the record, codes with the first one, a session with a new id. */
export function* afterAdding(
  setting: Setting,
  call: Call,
  record: Record,
  { what, label }: AddedFactor,
): Work<Entered & { readonly codes: string[] | null }> {
  const member = yield* caller(call)
  const target = memberTarget(member)
  const codes =
    (yield* recoveryCodesOf(member.id)) === null
      ? yield* makeRecoveryCodes(member.id, call.now)
      : null
  yield* record({
    actor: { ...target, kind: 'session' },
    target,
    after: { factor: label, ...(codes ? { recoveryCodes: codes.length } : {}) },
  })
  yield* tellOf(setting, call, member.id, what, `It is called “${label}”.`)
  return { codes, ...(yield* raise(setting, call, member)) }
}

/** The answer to it: the cookie of the new session, and the codes. */
export function answerAdded(
  setting: Setting,
  call: Call,
  { codes, token, view }: Entered & { readonly codes: string[] | null },
): Response {
  const { headers } = signedIn(setting, call.request, { token, view })
  const body = schema.added.parse({ codes, session: view })
  headers.delete('content-length')
  return Response.json(body, { status: 201, headers })
}
