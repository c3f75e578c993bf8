import { allMembers } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { countSessionsWithout, makeHalf, sessionById } from '../store.sessions.ts'
import * as schema from './schema.ts'
import { secondFactorRule, setSecondFactorRule, withFactor } from './store.ts'

const own = { auth: ['session'], permission: 'signin.manage', errors: 'problem' } as const

function* shown(): Work<schema.Rule> {
  const rule = yield* secondFactorRule()
  const active = (yield* allMembers()).filter((m) => m.status === 'active').map((m) => m.id)
  const having = yield* withFactor(active)
  return {
    ...rule,
    members: { active: active.length, without: active.length - having.size },
    sessions: { without: yield* countSessionsWithout() },
  }
}

export const ruleRoutes = [
  route({
    ...own,
    id: 'second-factor.rule',
    method: 'GET',
    path: '/api/v1/second-factor-rule',
    summary: 'Whether everybody has to give a second factor, and how many members have none',
    output: schema.rule,
    audit: null,
    handle: (call) => call.read(shown),
  }),
  route({
    ...own,
    id: 'second-factor.set-rule',
    method: 'PUT',
    path: '/api/v1/second-factor-rule',
    summary: 'Ask everybody for a second factor, or no longer',
    description:
      'Who has none adds one at her next sign-in, before anything else. Only somebody who has given one herself can ask others for it.',
    body: schema.ruleChange,
    output: schema.ruleChanged,
    audit: 'second-factor.rule',
    recent: true,
    handle: (call, { body }) =>
      call.write(function* (record) {
        const session = yield* sessionById(call.actor.sessionId ?? '')
        if (body.required && session?.second_factor !== 1)
          throw new Problem('wrong_state', 'You have not given a second factor yourself.', {
            remedy:
              'Add one on your account page first: what you ask of others should work for you.',
          })
        const before = yield* secondFactorRule()
        yield* setSecondFactorRule(body.required, call.now)
        const halved = body.required && body.atOnce ? yield* makeHalf() : 0
        const after = yield* shown()
        yield* record({
          target: { kind: 'workspace', id: 'sign-in', label: 'Sign-in' },
          before: { secondFactorRequired: before.required },
          after: {
            secondFactorRequired: body.required,
            membersWithout: after.members.without,
            sessionsHalved: halved,
          },
        })
        return { ...after, halved }
      }),
  }),
]
