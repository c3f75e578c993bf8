import { demandOver, memberById, memberTarget, type Member } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { found } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { passkeysOf } from '../passkeys/store.ts'
import { ended, idParams, sessionOfMember, sessions } from '../schema.ts'
import { isAlive, listedSession } from '../sessions.ts'
import type { Setting } from '../setting.ts'
import { deleteSession, deleteSessionsOf, sessionsOf } from '../store.sessions.ts'
import { totpOf } from '../totp/store.ts'
import { tellOf } from './add.ts'
import { keepingBreakGlass } from '../sso/enforce.ts'
import { removeAllFactors } from './remove-all.ts'
import * as schema from './schema.ts'
import { recoveryCodesOf } from './store.ts'

const admin = { auth: ['session', 'key'], permission: 'members.manage', errors: 'problem' } as const

/** The member, as long as the one who acts may decide about her. */
function* commanded(call: Pick<Call, 'actor' | 'now'>, id: string): Work<Member> {
  const member = found(yield* memberById(id), 'member')
  yield* demandOver(call.actor as Parameters<typeof demandOver>[0], member, call.now)
  return member
}

/** What an admin sees of how somebody gets in, and how she puts an end to it. */
export const memberSignInRoutes = (setting: Setting) => [
  route({
    ...admin,
    id: 'members.sessions',
    method: 'GET',
    path: '/api/v1/members/{id}/sessions',
    summary: 'Where a member is signed in',
    params: idParams,
    output: sessions,
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        const { id } = found(yield* memberById(params.id), 'member')
        const open = (yield* sessionsOf(id)).filter((session) => isAlive(session, call.now))
        return { items: open.map((session) => listedSession(session, call.actor.sessionId)) }
      }),
  }),
  route({
    ...admin,
    id: 'members.end-session',
    method: 'DELETE',
    path: '/api/v1/members/{id}/sessions/{session}',
    summary: 'End one session of a member',
    params: sessionOfMember,
    output: null,
    audit: 'session.end-for-member',
    handle: async (call, { params }) => {
      await call.write(function* (record) {
        const member = yield* commanded(call, params.id)
        if ((yield* deleteSession(params.session, member.id)) === 0) found(undefined, 'session')
        yield* record({ target: memberTarget(member), after: { endedSessions: 1 } })
      })
    },
  }),
  route({
    ...admin,
    id: 'members.end-sessions',
    method: 'DELETE',
    path: '/api/v1/members/{id}/sessions',
    summary: 'End all sessions of a member',
    params: idParams,
    output: ended,
    audit: 'session.end-all-for-member',
    handle: (call, { params }) =>
      call.write(function* (record) {
        const member = yield* commanded(call, params.id)
        const count = yield* deleteSessionsOf(member.id)
        yield* record({ target: memberTarget(member), after: { endedSessions: count } })
        return { ended: count }
      }),
  }),
  route({
    ...admin,
    id: 'members.factors',
    method: 'GET',
    path: '/api/v1/members/{id}/factors',
    summary: 'Which second factors a member has',
    params: idParams,
    output: schema.memberFactors,
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        const { id } = found(yield* memberById(params.id), 'member')
        const app = yield* totpOf(id)
        return {
          passkeys: (yield* passkeysOf(id)).length,
          authenticator: app !== undefined && app.confirmed_at !== null,
          recoveryCodesLeft: (yield* recoveryCodesOf(id))?.left ?? 0,
        }
      }),
  }),
  route({
    ...admin,
    id: 'members.reset-factors',
    method: 'DELETE',
    path: '/api/v1/members/{id}/factors',
    summary: 'Remove all second factors of a member who lost them; ends her sessions',
    description:
      'She signs in with her password again, and adds a new factor where the workspace asks for one.',
    params: idParams,
    output: schema.factorsReset,
    audit: 'member.reset-factors',
    recent: true,
    handle: (call, { params }) =>
      call.write(function* (record) {
        const member = yield* commanded(call, params.id)
        const removed = yield* keepingBreakGlass(removeAllFactors(member.id))
        const endedSessions = yield* deleteSessionsOf(member.id)
        yield* record({ target: memberTarget(member), after: { removed, endedSessions } })
        const by = `${call.actor.label} removed them. Your sessions ended; your password is the same as before.`
        yield* tellOf(setting, call, member.id, 'factors-reset', by)
        return { removed, endedSessions }
      }),
  }),
]
