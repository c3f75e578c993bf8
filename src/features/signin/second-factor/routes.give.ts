import { memberById, memberTarget } from '#features/access/index.ts'
import { route, theWorkspace } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import { passkeysOf } from '../passkeys/store.ts'
import { signedIn } from '../routes.session.ts'
import { halfFor } from '../sessions.ts'
import type { Setting } from '../setting.ts'
import { sessionById } from '../store.sessions.ts'
import { totpOf } from '../totp/store.ts'
import { caller, raise } from './add.ts'
import { proveFactor } from './prove.ts'
import { session } from '../schema.ts'
import * as schema from './schema.ts'
import { recoveryCodesOf, withFactor } from './store.ts'

const own = {
  auth: ['half_session', 'session'],
  permission: null,
  errors: 'problem',
} as const

const nothingOwed = (): Problem =>
  new Problem('wrong_state', 'This session owes no second factor.', { remedy: 'Go on.' })

const show = ({ party }: Setting) =>
  route({
    ...own,
    id: 'second-factor.owed',
    method: 'GET',
    path: '/api/v1/session/second-factor',
    summary: 'Which second factor this session waits for',
    output: schema.owed,
    audit: null,
    handle: (call) =>
      call.read(function* () {
        const { id, sessionId, kind } = call.actor
        if (kind !== 'half_session') throw nothingOwed()
        const member = found(yield* memberById(id), 'member')
        const half = found(yield* sessionById(sessionId ?? ''), 'session')
        const enrol = !(yield* withFactor([id])).has(id)
        const usable = (yield* passkeysOf(id)).some((passkey) => passkey.cloned_at === null)
        const app = yield* totpOf(id)
        return {
          member: { email: member.email, name: member.name },
          workspace: found(yield* theWorkspace(), 'workspace').name,
          enrol,
          passkey: party !== undefined && (enrol || usable),
          code: enrol || (app !== undefined && app.confirmed_at !== null),
          recoveryCode: !enrol && ((yield* recoveryCodesOf(id))?.left ?? 0) > 0,
          endsAt: half.created_at + halfFor,
        }
      }),
  })

const give = (setting: Setting) =>
  route({
    ...own,
    id: 'second-factor.give',
    method: 'POST',
    path: '/api/v1/session/second-factor',
    summary: 'Give the second factor: a code, a recovery code or a passkey',
    description: 'The session becomes whole and gets a new id. After five wrong codes: 429.',
    body: schema.secondFactor,
    output: session,
    audit: 'session.second-factor',
    handle: async (call, { body }) => {
      if (call.actor.kind !== 'half_session') throw nothingOwed()
      const proven = await proveFactor(setting, call, body)
      const made = await call.write(function* (record) {
        yield* proven.take()
        const member = yield* caller(call)
        const target = memberTarget(member)
        yield* record({
          actor: { ...target, kind: 'session' },
          target,
          after: { way: proven.way },
        })
        return yield* raise(setting, call, member)
      })
      proven.succeeded()
      return signedIn(setting, call.request, made)
    },
  })

export const giveRoutes = (setting: Setting) => [show(setting), give(setting)]
