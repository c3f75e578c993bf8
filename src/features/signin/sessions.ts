import {
  actorOf,
  memberById,
  rightsOf,
  roles,
  sawMember,
  type Member,
} from '#features/access/index.ts'
import { theWorkspace, type Permission } from '#features/workspace/index.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { issueToken, readToken, sameHash } from '#kernel/tokens.ts'
import { userAgentOf } from '#kernel/user-agent.ts'
import type { Work } from '#kernel/work.ts'
import { sessionCookie } from './cookie.ts'
import { describeClient } from './client.ts'
import { placeOf } from './place.ts'
import type { ListedSession, Session, SessionMethod } from './schema.ts'
import { secondFactorRule, withFactor } from './second-factor/store.ts'
import type { Setting } from './setting.ts'
import { deleteSession, insertSession, sessionById, setSessionSeen } from './store.sessions.ts'
import type { SessionRow } from './tables.ts'

/** A session ends after this long without use, and after `longest` in any case (OWASP ASVS 3.3). */
export const idle = 12 * hour
export const longest = 7 * day
/** How often use is written down. */
const seenEvery = minute

/** How long a half session waits for its second factor; then the first one is asked for again. */
export const halfFor = 15 * minute

type Times = Pick<SessionRow, 'created_at' | 'last_seen_at' | 'owes'>

const endOf = (s: Times): number =>
  Math.min(s.created_at + (s.owes === 1 ? halfFor : longest), s.last_seen_at + idle)

export const isAlive = (session: Times, now: number): boolean => now < endOf(session)

export interface StartedSession {
  readonly row: SessionRow
  /** For the cookie; only its hash is stored. */
  readonly token: string
}

export interface From {
  readonly ip: string
  readonly request: Request
}

export interface ProvedBy {
  readonly method: SessionMethod
  /** A second factor was given as well, or the method is both: a passkey that checked who holds it, a provider that vouches. */
  readonly secondFactor: boolean
}

/** The usual way in. Whoever opens a link that was mailed or handed to her sets a password with it. */
export const byPassword: ProvedBy = { method: 'password', secondFactor: false }

/**
 * A new session for a member who has just proved who she is: a half one where the second factor is still missing. The one
 * that the browser still holds ends with it, so that an id known from before opens nothing (session fixation). Throws
 * `single_sign_on_required` where this way in is closed.
 */
export function* startSession(
  { runtime: { ids }, sso }: Pick<Setting, 'runtime' | 'sso'>,
  now: number,
  member: Pick<Member, 'id' | 'lastSeenAt'>,
  from: From,
  by: ProvedBy,
): Work<StartedSession> {
  if (by.method !== 'sso') yield* sso.refuseOtherWays(member.id)
  const before = yield* presentedSession(from.request)
  if (before) yield* deleteSession(before.id, before.member_id)
  const id = ids('ses')
  const issued = issueToken('ses', id)
  const row: SessionRow = {
    id,
    member_id: member.id,
    secret_hash: issued.hash,
    created_at: now,
    last_seen_at: now,
    authenticated_at: now,
    ip: from.ip,
    user_agent: userAgentOf(from.request),
    method: by.method,
    second_factor: by.secondFactor ? 1 : 0,
    owes: !by.secondFactor && (yield* asksForMore(member.id)) ? 1 : 0,
  }
  yield* insertSession(row)
  if (row.owes === 0) yield* sawMember(member, now)
  return { row, token: issued.token }
}

/** A second factor that she has and could leave out would be none; where the workspace asks for one, everybody gives it. */
function* asksForMore(memberId: string): Work<boolean> {
  return (yield* secondFactorRule()).required || (yield* withFactor([memberId])).has(memberId)
}

/** The session whose cookie the request carries, alive or not. */
function* presentedSession(request: Request): Work<SessionRow | undefined> {
  const token = readToken(sessionCookie(request) ?? '', 'ses')
  if (!token) return undefined
  const row = yield* sessionById(token.id)
  return row && sameHash(row.secret_hash, token.hash) ? row : undefined
}

interface Known {
  readonly session: SessionRow
  readonly member: Member
  /** What she may do at this moment. */
  readonly actor: Actor<Permission>
}

/** Whose session the cookie names, as long as it lives. Throws for an account that is closed. */
async function knownBy(
  { db }: Pick<Runtime, 'db'>,
  request: Request,
  now: number,
): Promise<Known | undefined> {
  if (sessionCookie(request) === undefined) return undefined
  const known = await db.read(function* () {
    const session = yield* presentedSession(request)
    if (!session || !isAlive(session, now)) return undefined
    const member = yield* memberById(session.member_id)
    return member && { session, member, actor: yield* actorOf(member, now) }
  })
  if (known && known.member.status !== 'active')
    throw new Problem('unauthenticated', `Your account is ${known.member.status}.`, {
      remedy: 'Ask an owner of the workspace.',
    })
  return known
}

/** Who sits at the browser. What she may do is looked up now, so a changed role counts from the next request on. */
export function createSessionAuthenticator(runtime: Pick<Runtime, 'db' | 'log'>) {
  return async (request: Request, now: number): Promise<Actor<Permission> | undefined> => {
    const known = await knownBy(runtime, request, now)
    if (!known) return undefined
    const { session, member, actor } = known
    if (session.owes === 1)
      throw new Problem('second_factor_required', 'Your second factor is still missing.', {
        remedy: 'Give it, or add one, on /sign-in/second-factor.',
      })
    if (now - session.last_seen_at >= seenEvery)
      await runtime.db
        .tx(function* () {
          yield* setSessionSeen(session.id, now)
          yield* sawMember(member, now)
        })
        // A full disk must not keep an admin from looking.
        .catch((error: unknown) => {
          runtime.log.warn({ err: error }, 'the use of a session could not be written down')
        })
    return {
      ...actor,
      sessionId: session.id,
      authenticatedAt: session.authenticated_at,
    }
  }
}

/** Who still owes a second factor: she may nothing but give it. Undefined for a whole session. */
export function createHalfSessionAuthenticator(runtime: Pick<Runtime, 'db'>) {
  return async (request: Request, now: number): Promise<Actor<Permission> | undefined> => {
    const known = await knownBy(runtime, request, now)
    if (known?.session.owes !== 1) return undefined
    const { session, member } = known
    return {
      kind: 'half_session',
      id: member.id,
      label: member.email,
      permissions: new Set(),
      sessionId: session.id,
      authenticatedAt: session.authenticated_at,
    }
  }
}

/** What the browser is told about its session. */
export function* sessionView(member: Member, row: SessionRow, now: number): Work<Session> {
  const { id, name } = found(yield* theWorkspace(), 'workspace')
  const { key, name: roleName } = roles[member.role]
  return {
    member: { id: member.id, name: member.name, email: member.email },
    workspace: { id, name },
    role: { key, name: roleName },
    permissions: row.owes === 1 ? [] : [...(yield* rightsOf(member.id, now))],
    session: {
      id: row.id,
      authenticatedAt: row.authenticated_at,
      endsAt: row.created_at + (row.owes === 1 ? halfFor : longest),
      method: row.method,
      secondFactor: secondFactorOf(row),
    },
  }
}

const secondFactorOf = (row: SessionRow): Session['session']['secondFactor'] =>
  row.owes === 1 ? 'owed' : row.second_factor === 1 ? 'given' : 'none'

export interface Entered {
  /** For the cookie; only its hash is stored. */
  readonly token: string
  readonly view: Session
}

/** Starts a session, and says what the browser is told of it. */
export function* enter(
  setting: Pick<Setting, 'runtime' | 'sso'>,
  from: From & { readonly now: number },
  member: Member,
  by: ProvedBy,
): Work<Entered> {
  const { row, token } = yield* startSession(setting, from.now, member, from, by)
  return { token, view: yield* sessionView(member, row, from.now) }
}

export const listedSession = (row: SessionRow, current: string | undefined): ListedSession => ({
  id: row.id,
  current: row.id === current,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  endsAt: endOf(row),
  ip: row.ip,
  place: placeOf(row.ip),
  client: describeClient(row.user_agent),
  method: row.method,
  secondFactor: secondFactorOf(row),
})
