import {
  activateMember,
  createMember,
  demandAdding,
  demandOver,
  joinGroups,
  memberById,
  memberTarget,
  type Acting,
  type Member,
} from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { hashPassword } from '#kernel/passwords.ts'
import { found, Problem } from '#kernel/problem.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { mailInvitation } from './jobs.ts'
import { issueLink, openLink, useLink } from './links.ts'
import { refuseClosed } from './routes.password.ts'
import { signedIn } from './routes.session.ts'
import { refuseWeak } from './routes.setup.ts'
import * as schema from './schema.ts'
import { byPassword, enter } from './sessions.ts'
import type { Setting } from './setting.ts'
import { credentialOf, setPassword } from './store.credentials.ts'
import { deleteOpenLinks, linkById, openInvitations } from './store.links.ts'
import type { LinkRow } from './tables.ts'

const admin = { auth: ['session', 'key'], permission: 'members.manage', errors: 'problem' } as const

function shown(link: LinkRow, member: Member, now: number): schema.Invitation {
  const { id, email, name, role } = member
  return {
    id: link.id,
    member: { id, email, name, role },
    state: link.expires_at <= now ? 'expired' : 'open',
    createdAt: link.created_at,
    createdBy: link.created_by,
    expiresAt: link.expires_at,
  }
}

/** A new link for a member without a password. It replaces those before; the answer is the only time it is seen. */
function* inviteMember(
  { runtime, ports }: Setting,
  actor: Acting,
  now: number,
  member: Member,
): Work<schema.MadeInvitation> {
  yield* deleteOpenLinks('invitation', member.id)
  const link = yield* issueLink({ ids: runtime.ids, siteUrl: ports.siteUrl }, now, {
    kind: 'invitation',
    memberId: member.id,
    createdBy: actor.label,
  })
  const mailed = ports.mailer !== undefined
  if (mailed) yield* enqueue({ name: mailInvitation, payload: { linkId: link.row.id } })
  return {
    ...shown(link.row, member, now),
    link: { url: link.url, expiresAt: link.row.expires_at, mailed },
  }
}

/** An account that has a password is opened with it; only one without can be opened by an invitation. */
function* refuseOpened(member: Member): Work<void> {
  refuseClosed(member)
  if (yield* credentialOf(member.id))
    throw new Problem('wrong_state', `${member.email} has a password already.`, {
      remedy: 'Make a link that sets a new password instead.',
    })
}

const listInvitations = route({
  ...admin,
  id: 'invitations.list',
  method: 'GET',
  path: '/api/v1/invitations',
  summary: 'Invitations that were not accepted yet, newest first',
  permission: 'members.read',
  query: schema.invitationsQuery,
  output: schema.invitationsPage,
  audit: null,
  handle: (call, { query }) =>
    call.read(function* () {
      const text = query.q?.trim().toLowerCase() ?? ''
      const newest = new Map<string, schema.Invitation>()
      for (const link of yield* openInvitations()) {
        // The mailed link and the one that was shown are one invitation.
        if (link.member_id === null || newest.has(link.member_id)) continue
        const member = yield* memberById(link.member_id)
        if (member && `${member.email} ${member.name}`.toLowerCase().includes(text))
          newest.set(member.id, shown(link, member, call.now))
      }
      const all = [...newest.values()]
      const from = query.cursor === undefined ? undefined : String(decodeCursor(query.cursor)[0])
      const rest = from === undefined ? all : all.filter((item) => item.id < from)
      const { items, next } = pageOf(rest, query.limit, (item) => [item.id])
      return { items: [...items], next, total: all.length }
    }),
})

const invite = (setting: Setting) =>
  route({
    ...admin,
    id: 'invitations.create',
    method: 'POST',
    path: '/api/v1/invitations',
    summary: 'Invite somebody: makes the member and a one-time link',
    description: 'The link is in this answer only. It is mailed as well when mail is configured.',
    body: schema.newInvitation,
    output: schema.madeInvitation,
    status: 201,
    audit: 'invitation.create',
    recent: true,
    handle: (call, { body }) =>
      call.write(function* (record) {
        yield* demandAdding(call.actor, body.role)
        const { ids } = setting.runtime
        const member = yield* createMember(ids, call.now, { ...body, status: 'invited' })
        yield* joinGroups(call.actor, call.now, member.id, body.groupIds)
        const made = yield* inviteMember(setting, call.actor, call.now, member)
        yield* record({
          target: memberTarget(member),
          after: { role: body.role, groupIds: body.groupIds, expiresAt: made.expiresAt },
        })
        return made
      }),
  })

const inviteAgain = (setting: Setting) =>
  route({
    ...admin,
    id: 'invitations.for-member',
    method: 'POST',
    path: '/api/v1/invitations/for-member',
    summary:
      'A new invitation link for a member who has no password yet; links before stop opening',
    body: schema.memberInvitation,
    output: schema.madeInvitation,
    status: 201,
    audit: 'invitation.renew',
    recent: true,
    handle: (call, { body }) =>
      call.write(function* (record) {
        const member = found(yield* memberById(body.memberId), 'member')
        yield* demandOver(call.actor, member, call.now)
        yield* refuseOpened(member)
        const made = yield* inviteMember(setting, call.actor, call.now, member)
        yield* record({ target: memberTarget(member), after: { expiresAt: made.expiresAt } })
        return made
      }),
  })

const withdraw = route({
  ...admin,
  id: 'invitations.withdraw',
  method: 'DELETE',
  path: '/api/v1/invitations/{id}',
  summary: 'Withdraw an invitation: its links open nothing any more; the member stays listed',
  params: schema.idParams,
  output: null,
  audit: 'invitation.withdraw',
  handle: async (call, { params }) => {
    await call.write(function* (record) {
      const link = found(yield* linkById(params.id), 'invitation')
      const member = found(yield* memberById(link.member_id ?? ''), 'member')
      if (link.kind !== 'invitation') found(undefined, 'invitation')
      yield* demandOver(call.actor, member, call.now)
      if ((yield* deleteOpenLinks('invitation', member.id)) === 0)
        throw new Problem('wrong_state', 'This invitation was accepted already.', {
          remedy: 'Suspend or archive the member instead.',
        })
      yield* record({ target: memberTarget(member) })
    })
  },
})

const accept = (setting: Setting) =>
  route({
    id: 'invitations.accept',
    method: 'POST',
    path: '/api/v1/invitations/accept',
    summary: 'Accept an invitation: choose name and password; signs in',
    auth: ['public'],
    permission: null,
    body: schema.acceptance,
    output: schema.session,
    status: 201,
    errors: 'problem',
    audit: 'invitation.accept',
    handle: async (call, { body }) => {
      const email = await call.read(function* () {
        const link = yield* openLink(body.token, call.now, 'invitation')
        return found(yield* memberById(link.member_id ?? ''), 'member').email
      })
      refuseWeak(body.password, email)
      const hash = await hashPassword(body.password)
      const made = await call.write(function* (record) {
        const link = yield* useLink(body.token, call.now, 'invitation')
        const before = found(yield* memberById(link.member_id ?? ''), 'member')
        yield* refuseOpened(before)
        const member =
          before.status === 'invited'
            ? yield* activateMember(call.now, before.id, body.name)
            : before
        yield* setPassword(member.id, hash, call.now)
        yield* deleteOpenLinks('invitation', member.id)
        const target = memberTarget(member)
        yield* record({
          actor: { ...target, kind: 'session' },
          target,
          after: { name: member.name, invitedBy: link.created_by },
        })
        return yield* enter(setting, call, member, byPassword)
      })
      return signedIn(setting, call.request, made, 201)
    },
  })

export const invitationRoutes = (setting: Setting) => [
  listInvitations,
  invite(setting),
  inviteAgain(setting),
  withdraw,
  accept(setting),
]
