import type { EventType } from './schema.ts'

export { eventTypes, type EventType } from './schema.ts'

const aMinute = 60_000

/** Until somebody chooses: a file a minute at most, and as long as the trail of what was done is usually asked for. */
export const typeDefaults: Readonly<
  Record<EventType, { readonly windowMs: number; readonly retentionDays: number }>
> = {
  CODEX_LOG: { windowMs: aMinute, retentionDays: 90 },
  AUTH_LOG: { windowMs: aMinute, retentionDays: 400 },
  AUDIT_LOG: { windowMs: aMinute, retentionDays: 400 },
}

/** Acts about getting in: sign-ins, their secrets and tokens, refusals. The first word of the action decides. */
const authWords: ReadonlySet<string> = new Set([
  'access',
  'access-token',
  'authenticator',
  'authorization',
  'client',
  'device',
  'key',
  'passkey',
  'password',
  'password-reset',
  'recovery-codes',
  'second-factor',
  'session',
  'signing-key',
  'sso',
])

/** Secrets of what has other acts as well. */
const authActs: ReadonlySet<string> = new Set([
  'collection.set-secret',
  'directory.end-token',
  'directory.rotate-token',
  'directory.use-token',
  'enrolment.end-key',
  'enrolment.rotate',
  'enrolment.use-key',
  'member.reset-factors',
  'webhook.rotate',
])

/** Whether an act of the audit trail is about getting in. Everything else that is recorded is administration. */
export const isAuthAct = (action: string): boolean =>
  authWords.has(action.split('.', 1)[0] ?? '') || authActs.has(action)
