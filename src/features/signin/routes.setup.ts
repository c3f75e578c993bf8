import { memberById, memberTarget } from '#features/access/index.ts'
import { route, theWorkspace } from '#features/workspace/index.ts'
import { hashPassword, passwordComplaint } from '#kernel/passwords.ts'
import { Problem } from '#kernel/problem.ts'
import { foundWorkspace, isSetupNeeded } from './firstrun.ts'
import { openLink, useLink } from './links.ts'
import { signedIn } from './routes.session.ts'
import * as schema from './schema.ts'
import { byPassword, enter } from './sessions.ts'
import type { Setting } from './setting.ts'

const open = { auth: ['public'], permission: null, errors: 'problem' } as const

/** Throws `invalid_input` at the field with what is wrong with a new password. */
export function refuseWeak(password: string, email: string, field = 'password'): void {
  const complaint = passwordComplaint(password, email)
  if (complaint !== undefined)
    throw new Problem('invalid_input', complaint, { errors: [{ field, message: complaint }] })
}

export const setupRoutes = (setting: Setting) => [
  route({
    ...open,
    id: 'setup.state',
    method: 'GET',
    path: '/api/v1/setup',
    summary: 'Whether the first run is still to come',
    output: schema.start,
    audit: null,
    handle: (call) =>
      call.read(function* () {
        return {
          needed: yield* isSetupNeeded(),
          mail: setting.ports.mailer !== undefined,
          workspace: (yield* theWorkspace())?.name ?? null,
        }
      }),
  }),
  route({
    ...open,
    id: 'setup.complete',
    method: 'POST',
    path: '/api/v1/setup',
    summary: 'Make the workspace and its first owner, with the link that the server printed',
    body: schema.setup,
    output: schema.session,
    status: 201,
    audit: 'workspace.setup',
    handle: async (call, { body }) => {
      // Looked at first, so that nobody without the link can make the server hash passwords.
      await call.read(() => openLink(body.token, call.now, 'setup'))
      refuseWeak(body.password, body.email)
      const passwordHash = await hashPassword(body.password)
      const made = await call.write(function* (record) {
        if (!(yield* isSetupNeeded()))
          throw new Problem('already_set_up', 'Somebody else was faster.', {
            remedy: 'Sign in instead.',
          })
        yield* useLink(body.token, call.now, 'setup')
        const owner = yield* foundWorkspace(setting.runtime.ids, call.now, {
          ...body,
          passwordHash,
        })
        const target = memberTarget(owner)
        yield* record({
          actor: { ...target, kind: 'session' },
          target,
          after: { workspace: body.workspaceName, owner: owner.email },
        })
        return yield* enter(setting, call, owner, byPassword)
      })
      return signedIn(setting, call.request, made, 201)
    },
  }),
  route({
    ...open,
    id: 'links.look',
    method: 'POST',
    path: '/api/v1/links/look',
    summary: 'What a one-time link is for; does not use it',
    description: 'The token travels in the body: addresses end up in logs.',
    body: schema.link,
    output: schema.linkFacts,
    audit: null,
    handle: (call, { body }) =>
      call.read(function* () {
        const link = yield* openLink(body.token, call.now)
        const member = link.member_id === null ? undefined : yield* memberById(link.member_id)
        return {
          kind: link.kind,
          expiresAt: link.expires_at,
          workspace: (yield* theWorkspace())?.name ?? null,
          email: member?.email ?? null,
          name: member?.name ?? null,
        }
      }),
  }),
]
