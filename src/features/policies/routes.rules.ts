import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { bump, route } from '#features/workspace/index.ts'
import { needOf } from './approval/guard.ts'
import { admins, type PolicyParts } from './parts.ts'
import { judgeAhead } from './judge.ts'
import { assess, describe, textsOf } from './preview.ts'
import { refuseBadChoice } from './rule-errors.ts'
import { preview, previewRequest, type Act } from './schema.act.ts'
import * as schema from './schema.ts'
import type { Snapshot, SnapshotRule } from './snapshot.ts'
import { replaceRules, ruleSettings, writeDefault, type RuleSettings } from './store.rules.ts'
import { rulesView } from './view.ts'

export const ruleRoutes = (parts: PolicyParts) => {
  const { runtime, directory, touch } = parts
  const present = (): Work<Snapshot> => directory.present()

  function* view(): Work<schema.Rules> {
    return rulesView(yield* present(), yield* ruleSettings())
  }

  function* asSeen(expectedRevision: number): Work<RuleSettings> {
    const settings = yield* ruleSettings()
    if (settings.revision !== expectedRevision)
      throw new Problem(
        'edited_meanwhile',
        'Somebody changed the group rules or the default since you opened them; nothing was changed.',
        { remedy: 'Reload them, then make your change again.', data: { current: yield* view() } },
      )
    return settings
  }

  return [
    route({
      ...admins,
      id: 'rules.get',
      method: 'GET',
      path: '/api/v1/rules',
      summary: 'The group rules in their order, and the default',
      permission: 'policies.read',
      output: schema.rules,
      audit: null,
      handle: (call) => call.read(view),
    }),
    route({
      ...admins,
      id: 'rules.replace',
      method: 'PUT',
      path: '/api/v1/rules',
      summary: 'Replace the group rules as a whole',
      description:
        'The first rule whose group somebody is in applies, whole; the default is for all others.',
      permission: 'policies.publish',
      body: schema.rulesChange,
      output: schema.rules,
      audit: 'rules.replace',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const settings = yield* asSeen(body.expectedRevision)
          const snapshot = yield* present()
          const act: Act = { kind: 'rules', rules: body.rules }
          yield* refuseBadChoice(act, snapshot)
          const { touches } = yield* touch(act, body.changeSet, call)
          const kept = new Map(snapshot.rules.map((rule) => [rule.groupId, rule.id]))
          const after = body.rules.map((rule, index): SnapshotRule => ({
            ...rule,
            id: kept.get(rule.groupId) ?? runtime.ids('rul'),
            position: index + 1,
          }))
          yield* replaceRules(after, settings.revision + 1)
          yield* bump('policies')
          yield* record({
            target: { kind: 'rules', id: 'rules', label: 'Group rules' },
            before: readable(snapshot.rules, snapshot),
            after: readable(after, snapshot),
            touches,
          })
          return yield* view()
        }),
    }),
    route({
      ...admins,
      id: 'rules.default',
      method: 'PUT',
      path: '/api/v1/rules/default',
      summary: 'Choose the policy for everybody for whom no rule decides; null for none',
      permission: 'policies.publish',
      body: schema.defaultChange,
      output: schema.rules,
      audit: 'rules.default',
      handle: (call, { body }) =>
        call.write(function* (record) {
          const settings = yield* asSeen(body.expectedRevision)
          const snapshot = yield* present()
          const act: Act = { kind: 'default', policyId: body.policyId }
          yield* refuseBadChoice(act, snapshot)
          const { touches } = yield* touch(act, body.changeSet, call)
          yield* writeDefault(body.policyId, settings.revision + 1)
          yield* bump('policies')
          const name = (id: string | null): string | null =>
            id === null ? null : (snapshot.policies.get(id)?.name ?? id)
          yield* record({
            target: { kind: 'rules', id: 'default', label: 'Default policy' },
            before: { policy: name(settings.defaultPolicyId) },
            after: { policy: name(body.policyId) },
            touches,
          })
          return yield* view()
        }),
    }),
    route({
      ...admins,
      id: 'change-sets.preview',
      method: 'POST',
      path: '/api/v1/change-sets/preview',
      summary: 'Who would get another effective policy by an act, before it happens',
      description:
        'Send the hash along with the act: it is refused when the effect is another one by then.',
      permission: 'policies.read',
      body: previewRequest,
      // 40,000 member ids of an act on a large group.
      limit: 4 * 1024 * 1024,
      output: preview,
      audit: null,
      handle: async (call, { body }) => {
        const { assessment, approval } = await call.read(function* () {
          yield* refuseBadChoice(body.act, yield* present())
          const assessment = yield* assess(present, body.act)
          return { assessment, approval: yield* needOf(body.act, assessment, call.now) }
        })
        await judgeAhead(runtime.pool, textsOf(assessment))
        return { ...describe(assessment, body.act), approval }
      },
    }),
  ]
}

/** Names, so that the audit trail can be read when the groups are long gone. */
const readable = (rules: readonly SnapshotRule[], snapshot: Snapshot) =>
  rules.map((rule) => ({
    group: snapshot.groups.get(rule.groupId)?.name ?? rule.groupId,
    policy: snapshot.policies.get(rule.policyId)?.name ?? rule.policyId,
  }))
