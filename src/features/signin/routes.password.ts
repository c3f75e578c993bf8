import {
  demandOver,
  emailKey,
  memberById,
  memberTarget,
  type Member,
} from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { hashPassword } from '#kernel/passwords.ts'
import { found, Problem } from '#kernel/problem.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { issueLink, openLink, useLink } from './links.ts'
import { mailReset } from './jobs.ts'
import { provePassword, signedIn, stillProved } from './routes.session.ts'
import { refuseWeak } from './routes.setup.ts'
import * as schema from './schema.ts'
import { byPassword, enter } from './sessions.ts'
import type { Setting } from './setting.ts'
import { credentialOf, setPassword } from './store.credentials.ts'
import { deleteOpenLinks } from './store.links.ts'
import { deleteSessionsOf } from './store.sessions.ts'

/** Throws unless the account may be signed in to. */
export function refuseClosed(member: Member): void {
  if (member.status === 'suspended' || member.status === 'archived')
    throw new Problem('wrong_state', `This account is ${member.status}.`, {
      remedy: 'Ask an owner of the workspace.',
    })
}

const showPassword = route({
  id: 'password.state',
  method: 'GET',
  path: '/api/v1/password',
  summary: 'When the own password was last changed',
  auth: ['session'],
  permission: null,
  output: schema.passwordState,
  errors: 'problem',
  audit: null,
  handle: async (call) => ({
    changedAt: (await call.read(() => credentialOf(call.actor.id)))?.changed_at ?? null,
  }),
})

const changePassword = (setting: Setting) =>
  route({
    id: 'password.change',
    method: 'PUT',
    path: '/api/v1/password',
    summary: 'Change the own password; ends all other sessions, and the own clients when wanted',
    auth: ['session'],
    permission: null,
    body: schema.passwordChange,
    output: schema.passwordChanged,
    errors: 'problem',
    audit: 'password.change',
    handle: async (call, { body }) => {
      refuseWeak(body.next, call.actor.label, 'next')
      const before = await provePassword(setting, call, body.current).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'wrong_credentials')
          throw new Problem('wrong_credentials', 'The present password is wrong.', {
            errors: [{ field: 'current', message: 'This is not your present password.' }],
          })
        throw error
      })
      const hash = await hashPassword(body.next)
      return call.write(function* (record) {
        yield* stillProved(call.actor.id, before)
        yield* setPassword(call.actor.id, hash, call.now)
        // Whoever got in with the old password, or holds a link that could undo this, is out.
        const ended = yield* deleteSessionsOf(call.actor.id, call.actor.sessionId)
        yield* deleteOpenLinks('password_reset', call.actor.id)
        const clients = yield* endClients(setting, body.endClients, call.actor, call.now)
        yield* record({
          target: { kind: 'member', id: call.actor.id, label: call.actor.label },
          after: { endedSessions: ended, ...clients },
        })
        return { ended, endedClients: clients.endedClients ?? 0 }
      })
    },
  })

/** What the record says of it; nothing where it was not wanted. */
function* endClients(
  { ports }: Setting,
  wanted: boolean,
  member: { readonly id: string; readonly label: string },
  now: number,
): Work<{ readonly endedClients?: number }> {
  return wanted ? { endedClients: yield* ports.endClients(member.id, now, member.label) } : {}
}

const askForReset = ({ runtime, ports, resets }: Setting) =>
  route({
    id: 'password-reset.ask',
    method: 'POST',
    path: '/api/v1/password-reset',
    summary: 'Ask for a link by mail that sets a new password',
    description: 'Answers the same whether the address has an account or not.',
    auth: ['public'],
    permission: null,
    body: schema.resetRequest,
    output: schema.resetRequested,
    status: 202,
    errors: 'problem',
    audit: null,
    handle: async (call, { body }) => {
      if (!ports.mailer)
        throw new Problem('mail_not_configured', undefined, {
          remedy: 'Ask an owner of the workspace for a link that sets a new password.',
        })
      const wait = resets.byAddress.take(addressKey(call.ip))
      if (wait > 0)
        throw new Problem('rate_limited', 'Too many requests for new passwords from here.', {
          remedy: 'Wait for the mail; look in the spam folder as well.',
          retryAfter: Math.ceil(wait / 1000),
        })
      const key = emailKey(body.email)
      // Over the limit the answer is the same: it must not tell that somebody else was asking for this account.
      if (resets.byAccount.take(key) === 0)
        await runtime.db.tx(() =>
          enqueue({ name: mailReset, payload: { email: key }, dedupeKey: key }),
        )
      return {
        detail: 'If the address belongs to an account here, a link is on its way to it by mail.',
      }
    },
  })

const completeReset = (setting: Setting) =>
  route({
    id: 'password-reset.complete',
    method: 'POST',
    path: '/api/v1/password-reset/complete',
    summary:
      'Set a new password with a one-time link; ends all sessions, and clients, and starts one',
    auth: ['public'],
    permission: null,
    body: schema.reset,
    output: schema.session,
    errors: 'problem',
    audit: 'password.reset',
    handle: async (call, { body }) => {
      const email = await call.read(function* () {
        const link = yield* openLink(body.token, call.now, 'password_reset')
        const member = found(yield* memberById(link.member_id ?? ''), 'member')
        refuseClosed(member)
        return member.email
      })
      refuseWeak(body.password, email)
      const hash = await hashPassword(body.password)
      const made = await call.write(function* (record) {
        const link = yield* useLink(body.token, call.now, 'password_reset')
        const member = found(yield* memberById(link.member_id ?? ''), 'member')
        refuseClosed(member)
        yield* setPassword(member.id, hash, call.now)
        yield* deleteOpenLinks('password_reset', member.id)
        const ended = yield* deleteSessionsOf(member.id)
        const clients = yield* endClients(setting, body.endClients, memberTarget(member), call.now)
        const target = memberTarget(member)
        yield* record({
          actor: { ...target, kind: 'session' },
          target,
          after: { linkMadeBy: link.created_by, endedSessions: ended, ...clients },
        })
        return yield* enter(setting, call, member, byPassword)
      })
      return signedIn(setting, call.request, made)
    },
  })

/** For an admin, when there is no mail. Setting somebody's password is as good as being her, so never for a stronger one. */
const makeResetLink = ({ runtime, ports }: Setting) =>
  route({
    id: 'password-reset.link',
    method: 'POST',
    path: '/api/v1/password-reset/links',
    summary: 'Make a link that sets a member’s password, to hand over in person',
    auth: ['session'],
    permission: 'members.manage',
    body: schema.resetLinkRequest,
    output: schema.madeLink,
    status: 201,
    errors: 'problem',
    audit: 'password-reset.link',
    recent: true,
    handle: (call, { body }) =>
      call.write(function* (record) {
        const member = found(yield* memberById(body.memberId), 'member')
        yield* demandOver(call.actor, member, call.now)
        refuseClosed(member)
        if (member.status === 'invited')
          throw new Problem('wrong_state', 'She has not accepted her invitation yet.', {
            remedy: 'Make a new invitation link instead.',
          })
        yield* deleteOpenLinks('password_reset', member.id)
        const link = yield* issueLink({ ids: runtime.ids, siteUrl: ports.siteUrl }, call.now, {
          kind: 'password_reset',
          memberId: member.id,
          createdBy: call.actor.label,
        })
        yield* record({
          target: memberTarget(member),
          after: { expiresAt: link.row.expires_at },
        })
        return { url: link.url, expiresAt: link.row.expires_at, mailed: false }
      }),
  })

export const passwordRoutes = (setting: Setting) => [
  showPassword,
  changePassword(setting),
  askForReset(setting),
  completeReset(setting),
  makeResetLink(setting),
]
