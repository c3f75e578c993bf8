import { randomBytes } from 'node:crypto'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import { hashSecret } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { isSecure } from '../cookie.ts'
import { memberById, memberTarget } from '#features/access/index.ts'
import { signedIn } from '../routes.session.ts'
import { idParams, session } from '../schema.ts'
import { afterAdding, answerAdded, refuseWhileOwed } from '../second-factor/add.ts'
import { removeFactor } from '../second-factor/remove.ts'
import * as schema from '../second-factor/schema.ts'
import { enter } from '../sessions.ts'
import type { Setting } from '../setting.ts'
import type { PasskeyRow } from '../tables.ts'
import { browserCookie, browserOf } from './browser.ts'
import { keepChallenge, toThisSession } from './challenges.ts'
import {
  challengeIn,
  enrolmentOptions,
  readEnrolment,
  requestOptions,
  type Known,
} from './party.ts'
import { partyIn, provePasskey, wrongPasskey } from './prove.ts'
import { keepingBreakGlass } from '../sso/enforce.ts'
import * as store from './store.ts'

const own = { permission: null, errors: 'problem' } as const

const known = (passkey: PasskeyRow): Known => ({
  credentialId: passkey.credential_id,
  transports: JSON.parse(passkey.transports) as string[],
})

export const shownPasskey = (passkey: PasskeyRow): schema.Passkey => ({
  id: passkey.id,
  name: passkey.name,
  createdAt: passkey.created_at,
  lastUsedAt: passkey.last_used_at,
  synced: passkey.synced === 1,
  clonedAt: passkey.cloned_at,
})

const toEnrol = (sessionId: string | undefined) =>
  ({ purpose: 'enrol', bound_to: sessionId ?? '' }) as const

const askToSignIn = (setting: Setting) =>
  route({
    ...own,
    id: 'passkeys.ask-to-sign-in',
    method: 'POST',
    path: '/api/v1/session/passkey/challenge',
    summary: 'A challenge for signing in with a passkey; nobody has to say who she is',
    description: 'Bound to this browser by a cookie, answered once, for five minutes.',
    auth: ['public'],
    output: schema.challenge,
    audit: null,
    handle: async (call) => {
      const party = partyIn(setting)
      const wait = setting.challenges.take(addressKey(call.ip))
      if (wait > 0)
        throw new Problem('rate_limited', 'Too many sign-ins were begun from here.', {
          remedy: 'Sign in with your password, or wait a while.',
          retryAfter: Math.ceil(wait / 1000),
        })
      const options = await requestOptions(party)
      // The browser keeps its mark, so that two open sign-in pages do not spoil each other.
      const browser = browserOf(call.request) ?? randomBytes(32).toString('base64url')
      const bound = { purpose: 'sign_in', bound_to: hashSecret(browser) } as const
      await setting.runtime.db.tx(() => keepChallenge(options.challenge, bound, call.now))
      const secure = isSecure(call.request, setting.ports.siteUrl)
      return Response.json(schema.challenge.parse({ options }), {
        headers: { 'set-cookie': browserCookie(browser, secure), 'cache-control': 'no-store' },
      })
    },
  })

const signIn = (setting: Setting) =>
  route({
    ...own,
    id: 'passkeys.sign-in',
    method: 'POST',
    path: '/api/v1/session/passkey',
    summary: 'Sign in with a passkey alone',
    description:
      'A passkey that checked who holds it is two factors: the device, and a PIN or a finger.',
    auth: ['public'],
    body: schema.passkeySignIn,
    output: session,
    audit: 'session.start',
    handle: async (call, { body }) => {
      const attempt = setting.guard.attempt(`passkey ${body.passkey.id}`, call.ip)
      const bound = {
        purpose: 'sign_in',
        bound_to: hashSecret(browserOf(call.request) ?? ''),
      } as const
      const memberId = await provePasskey(setting, call, body.passkey, bound)
      attempt.succeeded()
      const made = await call.write(function* (record) {
        const member = yield* memberById(memberId)
        if (!member) throw wrongPasskey()
        if (member.status !== 'active')
          throw new Problem('forbidden', `Your account is ${member.status}.`, {
            remedy: 'Ask an owner of the workspace.',
          })
        const target = memberTarget(member)
        yield* record({
          actor: { ...target, kind: 'session' },
          target,
          after: { method: 'passkey' },
        })
        return yield* enter(setting, call, member, { method: 'passkey', secondFactor: true })
      })
      return signedIn(setting, call.request, made)
    },
  })

const askToProve = (setting: Setting) =>
  route({
    ...own,
    id: 'passkeys.ask-to-prove',
    method: 'POST',
    path: '/api/v1/session/passkey/proof',
    summary:
      'A challenge for one of the own passkeys: as second factor, or to confirm that it is you',
    auth: ['half_session', 'session'],
    output: schema.challenge,
    audit: null,
    handle: async (call) => {
      const party = partyIn(setting)
      const mine = (await call.read(() => store.passkeysOf(call.actor.id))).filter(
        (passkey) => passkey.cloned_at === null,
      )
      if (mine.length === 0)
        throw new Problem('wrong_state', 'You have no passkey here.', {
          remedy: 'Use another way.',
        })
      const options = await requestOptions(party, mine.map(known))
      await setting.runtime.db.tx(() =>
        keepChallenge(options.challenge, toThisSession(call), call.now),
      )
      return { options: { ...options } }
    },
  })

const askToEnrol = (setting: Setting) =>
  route({
    ...own,
    id: 'passkeys.ask-to-enrol',
    method: 'POST',
    path: '/api/v1/passkeys/challenge',
    summary: 'A challenge for a new passkey',
    auth: ['half_session', 'session'],
    output: schema.challenge,
    audit: null,
    recent: true,
    handle: async (call) => {
      const party = partyIn(setting)
      const { member, mine } = await call.read(function* () {
        yield* refuseWhileOwed(call)
        const member = found(yield* memberById(call.actor.id), 'member')
        return { member, mine: yield* store.passkeysOf(member.id) }
      })
      const person = { handle: member.id, email: member.email, name: member.name }
      const options = await enrolmentOptions(party, person, mine.map(known))
      await setting.runtime.db.tx(() =>
        keepChallenge(options.challenge, toEnrol(call.actor.sessionId), call.now),
      )
      return { options: { ...options } }
    },
  })

const add = (setting: Setting) =>
  route({
    ...own,
    id: 'passkeys.add',
    method: 'POST',
    path: '/api/v1/passkeys',
    summary: 'Add a passkey, with the answer to a challenge for a new one',
    auth: ['half_session', 'session'],
    body: schema.newPasskey,
    output: schema.added,
    status: 201,
    audit: 'passkey.add',
    recent: true,
    handle: async (call, { body }) => {
      const party = partyIn(setting)
      const challenge = challengeIn(body.passkey.response.clientDataJSON)
      const wanted = { hash: hashSecret(challenge), ...toEnrol(call.actor.sessionId) }
      const taken = await setting.runtime.db.tx(() => store.takeChallenge(wanted, call.now))
      const read = await readEnrolment(party, body.passkey, challenge)
      if (!taken || 'refused' in read) {
        const why = 'refused' in read ? read.refused : 'no such challenge'
        call.log.info({ ip: call.ip, member: call.actor.id, why }, 'a new passkey was refused')
        throw new Problem('invalid_input', 'This passkey could not be added.', {
          remedy:
            'Try again. It may have taken longer than five minutes, or the device checks nobody.',
        })
      }
      const name = body.name === '' ? (read.synced ? 'Synced passkey' : 'Passkey') : body.name
      const made = await call.write(function* (record) {
        yield* refuseWhileOwed(call)
        yield* refuseTooMany(call.actor.id)
        yield* store.insertPasskey({
          id: setting.runtime.ids('pky'),
          member_id: call.actor.id,
          credential_id: read.credentialId,
          public_key: read.publicKey,
          sign_count: read.signCount,
          transports: JSON.stringify(read.transports),
          synced: read.synced ? 1 : 0,
          name,
          created_at: call.now,
          last_used_at: null,
          cloned_at: null,
        })
        return yield* afterAdding(setting, call, record, { what: 'passkey-added', label: name })
      })
      return answerAdded(setting, call, made)
    },
  })

const mostPasskeys = 25

function* refuseTooMany(memberId: string): Work<void> {
  if ((yield* store.passkeysOf(memberId)).length >= mostPasskeys)
    throw new Problem('wrong_state', `You have ${mostPasskeys} passkeys.`, {
      remedy: 'Remove one that you do not use any more.',
    })
}

const rename = route({
  ...own,
  id: 'passkeys.rename',
  method: 'PATCH',
  path: '/api/v1/passkeys/{id}',
  summary: 'Rename one of the own passkeys',
  auth: ['session'],
  params: idParams,
  body: schema.passkeyName,
  output: null,
  audit: 'passkey.rename',
  handle: async (call, { params, body }) => {
    await call.write(function* (record) {
      const { id, label } = call.actor
      const before = (yield* store.passkeysOf(id)).find((passkey) => passkey.id === params.id)
      const { name } = found(before, 'passkey')
      yield* store.renamePasskey(params.id, id, body.name)
      yield* record({
        target: { kind: 'member', id, label },
        before: { passkey: name },
        after: { passkey: body.name },
      })
    })
  },
})

const remove = (setting: Setting) =>
  route({
    ...own,
    id: 'passkeys.remove',
    method: 'DELETE',
    path: '/api/v1/passkeys/{id}',
    summary: 'Remove one of the own passkeys; it opens nothing any more',
    auth: ['session'],
    params: idParams,
    output: null,
    audit: 'passkey.remove',
    recent: true,
    handle: async (call, { params }) => {
      await call.write(function* (record) {
        const mine = yield* store.passkeysOf(call.actor.id)
        const passkey = found(
          mine.find((p) => p.id === params.id),
          'passkey',
        )
        yield* removeFactor(setting, call, record, {
          what: 'passkey-removed',
          label: passkey.name,
          *remove() {
            yield* keepingBreakGlass(store.deletePasskey(passkey.id, call.actor.id))
          },
        })
      })
    },
  })

export const passkeyRoutes = (setting: Setting) => [
  askToSignIn(setting),
  signIn(setting),
  askToProve(setting),
  askToEnrol(setting),
  add(setting),
  rename,
  remove(setting),
]
