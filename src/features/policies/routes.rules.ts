import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { bump, route } from '#features/workspace/index.ts'
import { lookUp } from './lookup.ts'
import { admins, type PolicyParts } from './parts.ts'
import { judgeAhead } from './judge.ts'
import { assess, describe, textsOf, touch } from './preview.ts'
import * as schema from './schema.ts'
import type { Snapshot, SnapshotRule } from './snapshot.ts'
import { policyHead } from './store.ts'
import { replaceRules, ruleSettings, writeDefault, type RuleSettings } from './store.rules.ts'
import { rulesView } from './view.ts'

export const ruleRoutes = (parts: PolicyParts) => {
  const { runtime, directory } = parts
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
          refuseBadRules(body.rules, snapshot)
          const { touches } = yield* touch(
            present,
            { kind: 'rules', rules: body.rules },
            body.changeSet,
          )
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
          if (body.policyId !== null) yield* usable(body.policyId, snapshot)
          const { touches } = yield* touch(
            present,
            { kind: 'default', policyId: body.policyId },
            body.changeSet,
          )
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
      body: schema.previewRequest,
      // 40,000 member ids of an act on a large group.
      limit: 4 * 1024 * 1024,
      output: schema.changeSet,
      audit: null,
      handle: async (call, { body }) => {
        const assessment = await call.read(function* () {
          if (body.act.kind === 'rules') refuseBadRules(body.act.rules, yield* present())
          return yield* assess(present, body.act)
        })
        await judgeAhead(runtime.pool, textsOf(assessment))
        return describe(assessment, body.act)
      },
    }),
    route({
      ...admins,
      id: 'lookup',
      method: 'GET',
      path: '/api/v1/lookup',
      summary: 'Which policy somebody gets, and why: by e-mail address, group or enrolment',
      permission: 'policies.read',
      query: schema.lookupQuery,
      output: schema.lookup,
      audit: null,
      handle: (call, { query }) =>
        call.read(function* () {
          return yield* lookUp(yield* present(), query, parts.lastFetch)
        }),
    }),
  ]
}

/** A policy that may be assigned: published and not archived. */
function* usable(policyId: string, snapshot: Snapshot): Work<void> {
  const policy = found(yield* policyHead(policyId), 'policy')
  if (policy.archived_at !== null || !snapshot.policies.has(policyId))
    throw new Problem(
      'wrong_state',
      `${policy.name} ${policy.archived_at === null ? 'has no published version' : 'is archived'}.`,
      { remedy: 'Publish it first, or choose another policy.' },
    )
}

function refuseBadRules(
  rules: readonly { readonly groupId: string; readonly policyId: string }[],
  snapshot: Snapshot,
): void {
  const first = new Map<string, number>()
  const errors = rules.flatMap((rule, index) => {
    const group = snapshot.groups.get(rule.groupId)
    const earlier = first.get(rule.groupId)
    if (earlier === undefined) first.set(rule.groupId, index)
    const say = (field: string, message: string) => [{ field: `rules.${index}.${field}`, message }]
    if (!group) return say('groupId', `Rule ${index + 1}: there is no such group.`)
    if (earlier !== undefined)
      return say(
        'groupId',
        `Rule ${index + 1} for ${group.name} is dead: rule ${earlier + 1} has the same group and is tried first.`,
      )
    if (!snapshot.policies.has(rule.policyId))
      return say(
        'policyId',
        `Rule ${index + 1}: its policy does not exist or has no published version.`,
      )
    return []
  })
  if (errors.length > 0)
    throw new Problem('invalid_input', errors.map((e) => e.message).join(' '), {
      remedy: 'Correct or remove those rules; nothing was changed.',
      errors,
    })
}

/** Names, so that the audit trail can be read when the groups are long gone. */
const readable = (rules: readonly SnapshotRule[], snapshot: Snapshot) =>
  rules.map((rule) => ({
    group: snapshot.groups.get(rule.groupId)?.name ?? rule.groupId,
    policy: snapshot.policies.get(rule.policyId)?.name ?? rule.policyId,
  }))
