import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import { passkeysOf } from '../passkeys/store.ts'
import { shownPasskey } from '../passkeys/routes.ts'
import type { Setting } from '../setting.ts'
import { totpOf } from '../totp/store.ts'
import { makeRecoveryCodes, tellOf } from './add.ts'
import * as schema from './schema.ts'
import { recoveryCodesOf, secondFactorRule, withFactor } from './store.ts'

const own = { auth: ['session'], permission: null, errors: 'problem' } as const

export const ownFactorRoutes = (setting: Setting) => [
  route({
    ...own,
    id: 'factors.own',
    method: 'GET',
    path: '/api/v1/factors',
    summary: 'The own passkeys, authenticator app and recovery codes',
    output: schema.factors,
    audit: null,
    handle: (call) =>
      call.read(function* () {
        const { id } = call.actor
        const app = yield* totpOf(id)
        return {
          passkeys: (yield* passkeysOf(id)).map(shownPasskey),
          passkeysWork: setting.party !== undefined,
          authenticator:
            app && app.confirmed_at !== null
              ? { addedAt: app.confirmed_at, lastUsedAt: app.last_used_at }
              : null,
          recoveryCodes: yield* recoveryCodesOf(id),
          required: (yield* secondFactorRule()).required,
        }
      }),
  }),
  route({
    ...own,
    id: 'recovery-codes.make',
    method: 'POST',
    path: '/api/v1/recovery-codes',
    summary: 'New recovery codes; those before open nothing any more',
    output: schema.recoveryCodes,
    status: 201,
    audit: 'recovery-codes.make',
    recent: true,
    handle: (call) =>
      call.write(function* (record) {
        const { id, label } = call.actor
        if (!(yield* withFactor([id])).has(id))
          throw new Problem('wrong_state', 'You have no second factor that could get lost.', {
            remedy: 'Add a passkey or an authenticator app first: recovery codes come with it.',
          })
        const codes = yield* makeRecoveryCodes(id, call.now)
        yield* record({
          target: { kind: 'member', id, label },
          after: { recoveryCodes: codes.length },
        })
        yield* tellOf(setting, call, id, 'codes-made', 'The codes before open nothing any more.')
        return { codes }
      }),
  }),
]
