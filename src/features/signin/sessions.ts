import { actorFor, memberById, roles, sawMember, type Member } from '#features/access/index.ts'
import { theWorkspace, type Permission } from '#features/workspace/index.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { issueToken, readToken, sameHash } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { sessionCookie } from './cookie.ts'
import { describeClient } from './client.ts'
import type { ListedSession, Session } from './schema.ts'
import { deleteSession, insertSession, sessionById, setSessionSeen } from './store.sessions.ts'
import type { SessionRow } from './tables.ts'

/** A session ends after this long without use, and after `longest` in any case (OWASP ASVS 3.3). */
export const idle = 12 * hour
export const longest = 7 * day
/** How often use is written down. */
const seenEvery = minute

export const isAlive = (s: Pick<SessionRow, 'created_at' | 'last_seen_at'>, now: number): boolean =>
  now - s.last_seen_at < idle && now - s.created_at < longest

export interface StartedSession {
  readonly row: SessionRow
  /** For the cookie; only its hash is stored. */
  readonly token: string
}

export interface From {
  readonly ip: string
  readonly request: Request
}

/** A new session for a member who has just proved who she is. The one that the browser still holds ends with it. */
export function* startSession(
  ids: Ids,
  now: number,
  member: Pick<Member, 'id' | 'lastSeenAt'>,
  from: From,
): Work<StartedSession> {
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
    user_agent: (from.request.headers.get('user-agent') ?? '').slice(0, 300),
  }
  yield* insertSession(row)
  yield* sawMember(member, now)
  return { row, token: issued.token }
}

/** The session whose cookie the request carries, alive or not. */
function* presentedSession(request: Request): Work<SessionRow | undefined> {
  const token = readToken(sessionCookie(request) ?? '', 'ses')
  if (!token) return undefined
  const row = yield* sessionById(token.id)
  return row && sameHash(row.secret_hash, token.hash) ? row : undefined
}

/** Who sits at the browser. What she may do is looked up now, so a changed role counts from the next request on. */
export function createSessionAuthenticator(runtime: Pick<Runtime, 'db' | 'log'>) {
  return async (request: Request, now: number): Promise<Actor<Permission> | undefined> => {
    if (sessionCookie(request) === undefined) return undefined
    const known = await runtime.db.read(function* () {
      const session = yield* presentedSession(request)
      if (!session || !isAlive(session, now)) return undefined
      const member = yield* memberById(session.member_id)
      return member && { session, member }
    })
    if (!known) return undefined
    const { session, member } = known
    if (member.status !== 'active')
      throw new Problem('unauthenticated', `Your account is ${member.status}.`, {
        remedy: 'Ask an owner of the workspace.',
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
      ...actorFor(member),
      sessionId: session.id,
      authenticatedAt: session.authenticated_at,
    }
  }
}

/** What the browser is told about its session. */
export function* sessionView(member: Member, row: SessionRow): Work<Session> {
  const { id, name } = found(yield* theWorkspace(), 'workspace')
  const { key, name: roleName } = roles[member.role]
  return {
    member: { id: member.id, name: member.name, email: member.email },
    workspace: { id, name },
    role: { key, name: roleName },
    permissions: [...actorFor(member).permissions],
    session: {
      id: row.id,
      authenticatedAt: row.authenticated_at,
      endsAt: row.created_at + longest,
    },
  }
}

export const listedSession = (row: SessionRow, current: string | undefined): ListedSession => ({
  id: row.id,
  current: row.id === current,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  endsAt: Math.min(row.created_at + longest, row.last_seen_at + idle),
  ip: row.ip,
  client: describeClient(row.user_agent),
})
