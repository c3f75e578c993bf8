import { route } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import { managedSelf, memberTarget, renameMember } from './members.ts'
import { sentences } from './roles/routes.ts'
import { refuseOwned } from './owned.ts'
import * as schema from './schema.ts'
import type { Setting } from './setting.ts'
import { groupsOfMembers, memberById } from './store.members.ts'

const auth = ['session', 'key'] as const
export const meRoutes = ({ ports }: Setting): readonly Route[] => [
  route({
    id: 'me.get',
    method: 'GET',
    path: '/api/v1/me',
    summary: 'Who the caller is and what she may do now',
    auth,
    permission: null,
    output: schema.me,
    errors: 'problem',
    audit: null,
    handle: async (call) => {
      const { actor } = call
      const base = { id: actor.id, label: actor.label, permissions: sentences(actor.permissions) }
      if (actor.kind === 'key') return { ...base, kind: 'key' as const, member: null }
      const member = await call.read(function* () {
        const found = yield* memberById(actor.id)
        if (!found) return null
        return { ...found, groups: [...((yield* groupsOfMembers([found.id])).get(found.id) ?? [])] }
      })
      return { ...base, kind: 'member' as const, member }
    },
  }),
  route({
    id: 'me.rename',
    method: 'PATCH',
    path: '/api/v1/me',
    summary: 'Change the own name',
    auth: ['session'],
    permission: null,
    body: schema.memberChange,
    output: schema.member,
    errors: 'problem',
    audit: 'member.rename',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const self = yield* managedSelf(call.actor, body.version)
        yield* refuseOwned(ports, self, 'edit')
        const { before, after } = yield* renameMember(call.now, self, body.name)
        yield* record({ target: memberTarget(after), before: before.name, after: after.name })
        return after
      }),
  }),
]
