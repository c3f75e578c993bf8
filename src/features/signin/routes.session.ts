import { emailKey, memberByEmail, memberById, memberTarget } from '#features/access/index.ts'
import type { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { hashPassword, verifyPassword } from '#kernel/passwords.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { passkeysOf } from './passkeys/store.ts'
import { totpOf } from './totp/store.ts'
import { cookieFor, expiredCookie, isSecure } from './cookie.ts'
import * as schema from './schema.ts'
import { byPassword, enter, listedSession, longest, sessionView } from './sessions.ts'
import { proveFactor, type Proven } from './second-factor/prove.ts'
import { confirmation, confirmations, everywhere, everywhereEnded } from './second-factor/schema.ts'
import type { Setting } from './setting.ts'
import { credentialOf, replaceHash } from './store.credentials.ts'
import {
  deleteSession,
  deleteSessionsOf,
  sessionById,
  sessionsOf,
  setAuthenticated,
} from './store.sessions.ts'

const own = { auth: ['session'], permission: null, errors: 'problem' } as const

/** The answer to everything that signs somebody in: the cookie, and what the browser needs to go on. */
export function signedIn(
  { ports }: Setting,
  request: Request,
  made: { readonly token: string; readonly view: schema.Session },
  status = 200,
): Response {
  const cookie = cookieFor(made.token, longest, isSecure(request, ports.siteUrl))
  return Response.json(schema.session.parse(made.view), {
    status,
    headers: { 'set-cookie': cookie, 'cache-control': 'no-store' },
  })
}

export const wrongCredentials = (): Problem =>
  new Problem('wrong_credentials', undefined, {
    remedy: 'Check both, or replace a forgotten password.',
  })

/**
 * Proves the password of the one who is signed in; counts as an attempt like any other. The hash it was compared with, for
 * the transaction that follows to see whether it is still the one.
 */
export async function provePassword(
  { guard }: Setting,
  call: Call,
  password: string,
): Promise<string> {
  const credential = await call.read(() => credentialOf(call.actor.id))
  const attempt = guard.attempt(emailKey(call.actor.label), call.ip)
  const { ok } = await verifyPassword(password, credential?.password_hash ?? null)
  if (!ok || !credential)
    throw new Problem('wrong_credentials', 'The password is wrong.', {
      errors: [{ field: 'password', message: 'This is not your password.' }],
    })
  attempt.succeeded()
  return credential.password_hash
}

/** The password may have been changed, or the account closed, while its hash was being computed. */
export function* stillProved(memberId: string, hash: string): Work<void> {
  const credential = yield* credentialOf(memberId)
  if (credential?.password_hash !== hash) throw wrongCredentials()
}

const signIn = (setting: Setting) =>
  route({
    id: 'session.start',
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Sign in with e-mail address and password',
    description:
      'Sets the session cookie. After five wrong passwords for one account from one address within 15 minutes: 429.',
    auth: ['public'],
    permission: null,
    body: schema.credentials,
    output: schema.session,
    errors: 'problem',
    audit: 'session.start',
    handle: async (call, { body }) => {
      const attempt = setting.guard.attempt(emailKey(body.email), call.ip)
      const { member, credential } = await call.read(function* () {
        const member = yield* memberByEmail(body.email)
        return { member, credential: member && (yield* credentialOf(member.id)) }
      })
      // Without an account the same work is done, so the delay does not tell who has one.
      const verdict = await verifyPassword(body.password, credential?.password_hash ?? null)
      if (!verdict.ok || !member || !credential) {
        call.log.info({ ip: call.ip, member: member?.id }, 'a sign-in was refused')
        throw wrongCredentials()
      }
      attempt.succeeded()
      const fresh = verdict.outdated ? await hashPassword(body.password) : undefined
      const made = await call.write(function* (record) {
        yield* stillProved(member.id, credential.password_hash)
        const present = found(yield* memberById(member.id), 'member')
        if (present.status !== 'active')
          throw new Problem('forbidden', `Your account is ${present.status}.`, {
            remedy: 'Ask an owner of the workspace.',
          })
        if (fresh !== undefined) yield* replaceHash(member.id, credential.password_hash, fresh)
        const target = memberTarget(present)
        yield* record({ actor: { ...target, kind: 'session' }, target })
        return yield* enter(setting, call, present, byPassword)
      })
      return signedIn(setting, call.request, made)
    },
  })

const signOut = (setting: Setting) =>
  route({
    ...own,
    auth: ['half_session', 'session'],
    id: 'session.end',
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'Sign out',
    output: null,
    audit: 'session.end',
    handle: async (call) => {
      await call.write(function* (record) {
        yield* deleteSession(call.actor.sessionId ?? '', call.actor.id)
        yield* record({ target: { kind: 'member', id: call.actor.id, label: call.actor.label } })
      })
      const cookie = expiredCookie(isSecure(call.request, setting.ports.siteUrl))
      return new Response(null, { status: 204, headers: { 'set-cookie': cookie } })
    },
  })

const showSession = route({
  ...own,
  id: 'session.get',
  method: 'GET',
  path: '/api/v1/session',
  summary: 'Who is signed in, and what she may do now',
  output: schema.session,
  audit: null,
  handle: (call) =>
    call.read(function* () {
      const member = found(yield* memberById(call.actor.id), 'member')
      const row = found(yield* sessionById(call.actor.sessionId ?? ''), 'session')
      return yield* sessionView(member, row, call.now)
    }),
})

/** Proves by whatever she chose that it is still her; the work belongs into the transaction that it opens. */
async function proveAgain(
  setting: Setting,
  call: Call,
  given: z.output<typeof confirmation>,
): Promise<Pick<Proven, 'take' | 'succeeded'>> {
  if (given.password === undefined) return proveFactor(setting, call, given)
  const hash = await provePassword(setting, call, given.password)
  // The attempt was given back when the password was right.
  return { take: () => stillProved(call.actor.id, hash), succeeded: () => undefined }
}

const reauthenticate = (setting: Setting) =>
  route({
    ...own,
    id: 'session.reauthenticate',
    method: 'POST',
    path: '/api/v1/session/reauthenticate',
    summary: 'Confirm that it is still you, before an act that asks for it',
    description: 'With the password, a code of the authenticator app, or a passkey.',
    body: confirmation,
    output: schema.reauthenticated,
    audit: 'session.reauthenticate',
    handle: async (call, { body }) => {
      const proven = await proveAgain(setting, call, body)
      await call.write(function* (record) {
        yield* proven.take()
        yield* setAuthenticated(call.actor.sessionId ?? '', call.now)
        yield* record({ target: { kind: 'member', id: call.actor.id, label: call.actor.label } })
      })
      proven.succeeded()
      return { authenticatedAt: call.now }
    },
  })

const listConfirmations = ({ party, sso }: Setting) =>
  route({
    ...own,
    id: 'session.confirmations',
    method: 'GET',
    path: '/api/v1/session/confirmations',
    summary: 'The ways in which you can confirm that it is still you',
    output: confirmations,
    audit: null,
    handle: (call) =>
      call.read(function* () {
        const { id } = call.actor
        const passkeys = yield* passkeysOf(id)
        const app = yield* totpOf(id)
        return {
          password: (yield* credentialOf(id)) !== undefined,
          passkey: party !== undefined && passkeys.some((p) => p.cloned_at === null),
          code: app !== undefined && app.confirmed_at !== null,
          providers: [...(yield* sso.confirmingAt(id))],
        }
      }),
  })

const listSessions = route({
  ...own,
  id: 'sessions.list',
  method: 'GET',
  path: '/api/v1/sessions',
  summary: 'The own sessions, the most recently used one first',
  output: schema.sessions,
  audit: null,
  handle: async (call) => ({
    items: (await call.read(() => sessionsOf(call.actor.id)))
      .map((row) => listedSession(row, call.actor.sessionId))
      .filter((item) => item.endsAt > call.now),
  }),
})

const endSession = route({
  ...own,
  id: 'sessions.end',
  method: 'DELETE',
  path: '/api/v1/sessions/{id}',
  summary: 'End one of the own sessions',
  params: schema.idParams,
  output: null,
  audit: 'session.revoke',
  handle: async (call, { params }) => {
    await call.write(function* (record) {
      if ((yield* deleteSession(params.id, call.actor.id)) === 0) found(undefined, 'session')
      yield* record({ target: { kind: 'session', id: params.id, label: call.actor.label } })
    })
  },
})

const endOthers = route({
  ...own,
  id: 'sessions.end-others',
  method: 'DELETE',
  path: '/api/v1/sessions',
  summary: 'End all own sessions but this one',
  output: schema.ended,
  audit: 'session.revoke-others',
  handle: (call) =>
    call.write(function* (record) {
      const ended = yield* deleteSessionsOf(call.actor.id, call.actor.sessionId)
      yield* record({
        target: { kind: 'member', id: call.actor.id, label: call.actor.label },
        after: { ended },
      })
      return { ended }
    }),
})

const endEverywhere = (setting: Setting) =>
  route({
    ...own,
    id: 'sessions.end-everywhere',
    method: 'POST',
    path: '/api/v1/sessions/end-everywhere',
    summary: 'Sign out everywhere, here too; the own clients as well when wanted',
    body: everywhere,
    output: everywhereEnded,
    audit: 'session.end-everywhere',
    handle: async (call, { body }) => {
      const { id, label } = call.actor
      const over = await call.write(function* (record) {
        const ended = yield* deleteSessionsOf(id)
        const endedClients = body.clients ? yield* setting.ports.endClients(id, call.now, label) : 0
        yield* record({ target: { kind: 'member', id, label }, after: { ended, endedClients } })
        return { ended, endedClients }
      })
      const cookie = expiredCookie(isSecure(call.request, setting.ports.siteUrl))
      return Response.json(everywhereEnded.parse(over), {
        headers: { 'set-cookie': cookie, 'cache-control': 'no-store' },
      })
    },
  })

export const sessionRoutes = (setting: Setting) => [
  signIn(setting),
  signOut(setting),
  showSession,
  reauthenticate(setting),
  listSessions,
  endSession,
  endOthers,
  endEverywhere(setting),
  listConfirmations(setting),
]
