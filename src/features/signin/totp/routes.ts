import { route, theWorkspace } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import { afterAdding, answerAdded, refuseWhileOwed } from '../second-factor/add.ts'
import { sealedFor } from '../second-factor/prove.ts'
import { removeFactor } from '../second-factor/remove.ts'
import * as schema from '../second-factor/schema.ts'
import type { Setting } from '../setting.ts'
import { beginTotp, deleteTotp, setConfirmed, takeStep, totpOf } from './store.ts'
import { newSecret, stepOf, totpAddress } from './totp.ts'

const own = { permission: null, errors: 'problem', recent: true } as const

const haveOne = (): Problem =>
  new Problem('wrong_state', 'You have an authenticator app already.', {
    remedy: 'Remove it first.',
  })

const begin = ({ runtime }: Setting) =>
  route({
    ...own,
    id: 'authenticator.begin',
    method: 'POST',
    path: '/api/v1/authenticator',
    summary: 'Begin to add an authenticator app: its secret, which a first code then confirms',
    auth: ['half_session', 'session'],
    output: schema.begunAuthenticator,
    status: 201,
    audit: null,
    handle: (call) =>
      runtime.db.tx(function* () {
        yield* refuseWhileOwed(call)
        const { id, label } = call.actor
        const before = yield* totpOf(id)
        if (before && before.confirmed_at !== null) throw haveOne()
        const secret = newSecret()
        yield* beginTotp(id, runtime.secrets.seal(secret, sealedFor(id)), call.now)
        const { name } = found(yield* theWorkspace(), 'workspace')
        return { secret, address: totpAddress(secret, name, label) }
      }),
  })

const confirm = (setting: Setting) =>
  route({
    ...own,
    id: 'authenticator.add',
    method: 'POST',
    path: '/api/v1/authenticator/confirm',
    summary: 'Add the authenticator app, with a first code of it',
    auth: ['half_session', 'session'],
    body: schema.firstCode,
    output: schema.added,
    status: 201,
    audit: 'authenticator.add',
    handle: async (call, { body }) => {
      const { id } = call.actor
      const { secrets } = setting.runtime
      const attempt = setting.codeGuard.attempt(`first code of ${id}`, call.ip)
      const made = await call.write(function* (record) {
        yield* refuseWhileOwed(call)
        const app = yield* totpOf(id)
        if (!app)
          throw new Problem('wrong_state', 'There is no authenticator app to confirm.', {
            remedy: 'Begin again.',
          })
        if (app.confirmed_at !== null) throw haveOne()
        const step = stepOf(secrets.open(app.sealed, sealedFor(id)), body.code, call.now)
        if (step === undefined || !(yield* takeStep(id, step, call.now)))
          throw new Problem('invalid_input', 'This code is wrong.', {
            remedy: 'Look whether the clock of the device is right, and take the next code.',
            errors: [{ field: 'code', message: 'This is not the code of the app at this moment.' }],
          })
        yield* setConfirmed(id, call.now)
        return yield* afterAdding(setting, call, record, {
          what: 'authenticator-added',
          label: 'Authenticator app',
        })
      })
      attempt.succeeded()
      return answerAdded(setting, call, made)
    },
  })

const remove = (setting: Setting) =>
  route({
    ...own,
    id: 'authenticator.remove',
    method: 'DELETE',
    path: '/api/v1/authenticator',
    summary: 'Remove the own authenticator app',
    auth: ['session'],
    output: null,
    audit: 'authenticator.remove',
    handle: async (call) => {
      await call.write((record) =>
        removeFactor(setting, call, record, {
          what: 'authenticator-removed',
          label: 'Authenticator app',
          *remove() {
            const app = yield* totpOf(call.actor.id)
            if (!app || app.confirmed_at === null) found(undefined, 'authenticator app')
            yield* deleteTotp(call.actor.id)
          },
        }),
      )
    },
  })

export const totpRoutes = (setting: Setting) => [begin(setting), confirm(setting), remove(setting)]
