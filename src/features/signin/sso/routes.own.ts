import { demandOver, memberById, memberTarget } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { z } from 'zod'
import { isSecure } from '../cookie.ts'
import { withPasskey } from '../second-factor/store.ts'
import { withPassword } from '../store.credentials.ts'
import { setOut } from './attempt.ts'
import type { Ground } from './ground.ts'
import { refuseMany } from './routes.flow.ts'
import * as schema from './schema.ts'
import { endSessionsFrom } from './store.attempts.ts'
import { deleteLink, linkById, linksOf } from './store.links.ts'
import { allProviders, providerById } from './store.providers.ts'
import type { LinkRow } from './tables.ts'
import { Failed } from './trouble.ts'

/** What went wrong on the way to a provider, for a page that asked by script. */
export async function asProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    const { code, message, remedy } = error.trouble
    throw new Problem('single_sign_on_failed', message, { remedy, data: { why: code } })
  }
}

function* linkedSignIns(memberId: string): Work<z.infer<typeof schema.linkedSignIns>> {
  const providers = yield* allProviders()
  const links = yield* linksOf(memberId)
  const byId = new Map(providers.map((row) => [row.id, row]))
  return {
    items: links.map((link) => ({
      id: link.id,
      provider: {
        id: link.provider_id,
        name: byId.get(link.provider_id)?.name ?? link.issuer,
        on: byId.get(link.provider_id)?.is_on === 1,
      },
      subject: link.subject,
      email: link.email,
      createdAt: link.created_at,
      createdBy: link.created_by,
      lastUsedAt: link.last_used_at,
    })),
    offered: providers
      .filter((row) => row.is_on === 1 && links.every((link) => link.provider_id !== row.id))
      .map(({ id, name }) => ({ id, name })),
  }
}

const ownLinks = route({
  id: 'sso-links.list',
  method: 'GET',
  path: '/api/v1/sso/links',
  summary: 'The providers that open the own account',
  auth: ['session'],
  permission: null,
  output: schema.linkedSignIns,
  errors: 'problem',
  audit: null,
  handle: (call) => call.read(() => linkedSignIns(call.actor.id)),
})

const beginLink = (ground: Ground) =>
  route({
    id: 'sso-links.begin',
    method: 'POST',
    path: '/api/v1/sso/links',
    summary: 'Begin to link the own account to a sign-in at a provider',
    auth: ['session'],
    permission: null,
    body: schema.linkOrder,
    output: schema.wayOut,
    errors: 'problem',
    audit: null,
    recent: true,
    handle: async (call, { body }) => {
      refuseMany(ground, call.ip)
      const provider = found(await call.read(() => providerById(body.providerId)), 'provider')
      if (provider.is_on !== 1)
        throw new Problem('wrong_state', `${provider.name} is off.`, {
          remedy: 'Ask an owner to turn it on.',
        })
      const { redirectTo, cookie } = await asProblem(() =>
        setOut(ground, call.now, provider, {
          kind: 'link',
          next: '/account',
          sessionId: call.actor.sessionId ?? null,
          secure: isSecure(call.request, ground.ports.siteUrl),
        }),
      )
      return Response.json(
        { redirectTo },
        {
          headers: { 'set-cookie': cookie, 'cache-control': 'no-store' },
        },
      )
    },
  })

/** The link opens nothing any more, and what it had opened ends. */
function* unlink(link: LinkRow): Work<number> {
  yield* deleteLink(link.id)
  return yield* endSessionsFrom(link.provider_id, link.member_id)
}

const endOwnLink = route({
  id: 'sso-links.end',
  method: 'DELETE',
  path: '/api/v1/sso/links/{id}',
  summary: 'End a link of the own account; sessions that came through it end',
  auth: ['session'],
  permission: null,
  params: schema.idParams,
  output: null,
  errors: 'problem',
  audit: 'sso.unlink',
  recent: true,
  handle: async (call, { params }) => {
    await call.write(function* (record) {
      const link = yield* linkById(params.id)
      if (link?.member_id !== call.actor.id) found(undefined, 'linked sign-in')
      const row = found(link, 'linked sign-in')
      const own = [call.actor.id]
      const others = (yield* linksOf(call.actor.id)).length > 1
      if (!others && !(yield* withPassword(own)).size && !(yield* withPasskey(own)).size)
        throw new Problem('wrong_state', 'It is the only way in to your account.', {
          remedy: 'Add a passkey or set a password first.',
        })
      const endedSessions = yield* unlink(row)
      yield* record({
        target: { kind: 'member', id: call.actor.id, label: call.actor.label },
        before: { issuer: row.issuer, subject: row.subject },
        after: { endedSessions },
      })
    })
  },
})

const membersLinks = route({
  id: 'members.sso-links',
  method: 'GET',
  path: '/api/v1/members/{id}/sso-links',
  summary: 'The providers that open a member’s account',
  auth: ['session', 'key'],
  permission: 'members.manage',
  params: schema.idParams,
  output: schema.linkedSignIns,
  errors: 'problem',
  audit: null,
  handle: (call, { params }) =>
    call.read(function* () {
      const member = found(yield* memberById(params.id), 'member')
      return { ...(yield* linkedSignIns(member.id)), offered: [] }
    }),
})

const linkParams = z.object({ id: z.string().max(100), linkId: z.string().max(100) })

const endMembersLink = route({
  id: 'members.end-sso-link',
  method: 'DELETE',
  path: '/api/v1/members/{id}/sso-links/{linkId}',
  summary: 'End a link of a member’s account, for a person who has left or changed at the provider',
  auth: ['session', 'key'],
  permission: 'members.manage',
  params: linkParams,
  output: null,
  errors: 'problem',
  audit: 'sso.unlink',
  recent: true,
  handle: async (call, { params }) => {
    await call.write(function* (record) {
      const member = found(yield* memberById(params.id), 'member')
      yield* demandOver(call.actor, member, call.now)
      const link = yield* linkById(params.linkId)
      const row = found(link?.member_id === member.id ? link : undefined, 'linked sign-in')
      const endedSessions = yield* unlink(row)
      yield* record({
        target: memberTarget(member),
        before: { issuer: row.issuer, subject: row.subject },
        after: { endedSessions },
      })
    })
  },
})

export const ownRoutes = (ground: Ground) => [
  ownLinks,
  beginLink(ground),
  endOwnLink,
  membersLinks,
  endMembersLink,
]
