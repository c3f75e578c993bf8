import {
  allMembers,
  demandOver,
  markBreakGlass,
  memberById,
  memberTarget,
  type Acting,
} from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import { run, type Work } from '#kernel/work.ts'
import { q as sessions } from '../tables.ts'
import { demanded, keepBreakGlass, refuseWithoutBreakGlass, rulesNow } from './enforce.ts'
import { providerTarget } from './ground.ts'
import * as schema from './schema.ts'
import { sessionsByProviders } from './store.attempts.ts'
import { providerById, setProviderEnforced, setWorkspaceEnforces } from './store.providers.ts'
import type { ProviderRow } from './tables.ts'

const manage = {
  auth: ['session', 'key'],
  permission: 'signin.manage',
  errors: 'problem',
  recent: true,
} as const

/** Nobody is told to sign in through what was never seen to work, and nobody locks everybody out. */
function* refuseUnproved(provider: ProviderRow | undefined): Work<void> {
  if (provider?.is_on !== 1)
    throw new Problem('wrong_state', 'There is no provider that is on.', {
      remedy: 'Turn the provider on first.',
    })
  if (provider.proved_at === null)
    throw new Problem(
      'wrong_state',
      `Nobody has come back from ${provider.name} since it was changed.`,
      {
        remedy: 'Test the provider, or sign in through it, then do this again.',
      },
    )
  yield* refuseWithoutBreakGlass()
}

/** Whom the rule concerns that was just set. Sessions that began another way end, or the rule would begin in a week. */
function* followRule(
  actor: Acting & { readonly sessionId?: string },
): Work<{ readonly concerns: number; readonly endedSessions: number }> {
  const rules = yield* rulesNow()
  const concerned = (yield* allMembers()).filter(
    (member) => member.status === 'active' && demanded(rules, member) !== undefined,
  )
  const through = yield* sessionsByProviders()
  const own = concerned.some(({ id }) => id === actor.id)
  if (own && !through.has(actor.sessionId ?? ''))
    throw new Problem('wrong_state', 'This would end the session that you are in.', {
      remedy: 'Sign in through the provider first, or let a break-glass owner do this.',
    })
  let endedSessions = 0
  for (let from = 0; from < concerned.length; from += 1000)
    endedSessions += yield* run(
      sessions
        .deleteFrom('sessions')
        .where('method', '!=', 'sso')
        .where(
          'member_id',
          'in',
          concerned.slice(from, from + 1000).map((member) => member.id),
        ),
    )
  return { concerns: concerned.length, endedSessions }
}

const none = { concerns: 0, endedSessions: 0 }

const enforce = route({
  ...manage,
  id: 'sso.enforce',
  method: 'PUT',
  path: '/api/v1/sso/enforced',
  summary: 'Let everybody but break-glass owners sign in through a provider only',
  description: 'Sessions that began another way end.',
  body: schema.enforcement,
  output: schema.enforcedNow,
  audit: 'sso.enforce',
  handle: (call, { body }) =>
    call.write(function* (record) {
      const before = yield* rulesNow()
      if (body.enforced)
        yield* refuseUnproved(
          before.providers.find((row) => row.proved_at !== null) ?? before.providers[0],
        )
      yield* setWorkspaceEnforces(body.enforced)
      const followed = body.enforced ? yield* followRule(call.actor) : none
      yield* record({
        target: { kind: 'setting', id: 'sso', label: 'Single sign-on' },
        before: { enforced: before.everybody },
        after: { enforced: body.enforced, ...followed },
      })
      return { enforced: body.enforced, ...followed }
    }),
})

const enforceProvider = route({
  ...manage,
  id: 'sso-providers.enforce',
  method: 'PUT',
  path: '/api/v1/sso/providers/{id}/enforced',
  summary: 'Let members with an address at the provider’s domains sign in through it only',
  description: 'Sessions that began another way end.',
  params: schema.idParams,
  body: schema.enforcement,
  output: schema.enforcedNow,
  audit: 'sso-provider.enforce',
  handle: (call, { params, body }) =>
    call.write(function* (record) {
      const provider = found(yield* providerById(params.id), 'provider')
      if (body.enforced) yield* refuseUnproved(provider)
      yield* setProviderEnforced(provider.id, body.enforced)
      const followed = body.enforced ? yield* followRule(call.actor) : none
      yield* record({
        target: providerTarget(provider),
        before: { enforced: provider.enforced === 1 },
        after: { enforced: body.enforced, ...followed },
      })
      return { enforced: body.enforced, ...followed }
    }),
})

const breakGlass = route({
  ...manage,
  id: 'members.break-glass',
  method: 'PUT',
  path: '/api/v1/members/{id}/break-glass',
  summary: 'Mark an owner who gets in without a provider, and whom no directory reaches',
  params: schema.idParams,
  body: schema.breakGlassChange,
  output: null,
  audit: 'member.break-glass',
  handle: async (call, { params, body }) => {
    await call.write(function* (record) {
      const member = found(yield* memberById(params.id), 'member')
      yield* demandOver(call.actor, member, call.now)
      if (body.on && member.role !== 'owner')
        throw new Problem('wrong_state', `${member.email} is no owner.`, {
          remedy: 'Only owners are marked: they can mend how everybody signs in.',
        })
      if (!body.on) yield* keepBreakGlass(member.id)
      yield* markBreakGlass(member.id, body.on)
      yield* record({ target: memberTarget(member), after: { breakGlass: body.on } })
    })
  },
})

export const ruleRoutes = [enforce, enforceProvider, breakGlass]
