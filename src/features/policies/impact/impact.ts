import { setImmediate } from 'node:timers/promises'
import type { Pool } from '#kernel/pool.ts'
import type { Work } from '#kernel/work.ts'
import { needOf } from '../approval/guard.ts'
import { memberRef, principalRef, type Change } from '../changeset.ts'
import { asComplaints, hashed, judge, judgeAhead } from '../judge.ts'
import { assess, clientsAndUndo, type Assessment } from '../preview.ts'
import { refuseBadChoice } from '../rule-errors.ts'
import type { Act, ApprovalNeed } from '../schema.act.ts'
import { idleRules, reach } from '../shadow.ts'
import type { Snapshot } from '../snapshot.ts'
import { changeId, effectsOf, sizeOf, type Effect } from './effects.ts'
import { named } from './principals.ts'
import { readPolicies } from './read.ts'
import type * as schema from './schema.ts'

/** More than these are counted, not listed. */
const listed = { effects: 200, pairs: 200, sample: 20 } as const

export interface Assessed extends Assessment {
  readonly approval: ApprovalNeed
  readonly effects: readonly Effect[]
}

/** Works out an act's whole effect. In turns, because whoever asks for a policy meanwhile must not wait for all of it. */
export async function assessWhole(
  ports: {
    readonly pool: Pool
    readonly read: <T>(work: () => Work<T>) => Promise<T>
    readonly present: () => Work<Snapshot>
    readonly now: number
  },
  act: Act,
): Promise<Assessed> {
  const assessment = await ports.read(function* () {
    yield* refuseBadChoice(act, yield* ports.present())
    const assessment = yield* assess(ports.present, act)
    return { ...assessment, approval: yield* needOf(act, assessment, ports.now) }
  })
  await setImmediate()
  const settingsOf = await readPolicies(ports.pool, assessment.changes.changes)
  return { ...assessment, effects: effectsOf(assessment.changes.changes, settingsOf) }
}

/** The whole effect as the API shows it. */
export async function describeWhole(
  pool: Pool,
  assessed: Assessed,
  act: Act,
): Promise<Omit<schema.Impact, 'recordedCommands'>> {
  const { before, after, changes, effects, publishes } = assessed
  const { hash, touches, members, enrolments, accounts } = changes
  const text = publishes && hashed(publishes)
  if (text) await judgeAhead(pool, [text])
  reach(before)
  await setImmediate()
  return {
    hash,
    everybody: everybodyOf(before),
    touches,
    members,
    enrolments,
    accounts,
    effects: effects.slice(0, listed.effects).map(effectView),
    moreEffects: Math.max(0, effects.length - listed.effects),
    pairs: changes.changes.slice(0, listed.pairs).map(pairView),
    morePairs: Math.max(0, changes.changes.length - listed.pairs),
    idleRules: idleAfter(before, after),
    unused: unusedAfter(before, after),
    complaints: text ? asComplaints(judge(text)) : [],
    ...clientsAndUndo(act, publishes),
    approval: assessed.approval,
  }
}

const everybodyOf = (snapshot: Snapshot): number => {
  let sum = 0
  for (const { members, enrolments, accounts } of reach(snapshot).byPolicy.values())
    sum += members + enrolments + accounts
  return sum
}

const effectView = (effect: Effect): schema.Effect => ({
  id: effect.id,
  what: effect.what,
  count: sizeOf(effect),
  members: effect.members,
  enrolments: effect.enrolments,
  accounts: effect.accounts,
  sample: sampleOf(effect.changes),
  changes: effect.changes.map(changeId),
})

function sampleOf(changes: readonly Change[]): schema.Effect['sample'] {
  const first = listed.sample
  const people = changes.flatMap(({ members }) => members.slice(0, first))
  const others = changes.flatMap(({ enrolments, accounts }) => [
    ...enrolments.slice(0, first),
    ...accounts.slice(0, first),
  ])
  return [...people.slice(0, first).map(memberRef), ...others.map(principalRef)].slice(0, first)
}

export const pairView = (change: Change): schema.Pair => ({
  id: changeId(change),
  before: named(change.before),
  beforeIs: change.before.given,
  after: named(change.after),
  afterIs: change.after.given,
  count: change.count,
  members: change.members.length,
  enrolments: change.enrolments.length,
  accounts: change.accounts.length,
})

/** A rule is the rule of its group: moved, it is still the same. */
function idleAfter(before: Snapshot, after: Snapshot): schema.IdleRule[] {
  const idleBefore = new Set(idleRules(before).map(({ rule }) => rule.groupId))
  return idleRules(after).map(({ rule, state, takenBy }) => ({
    position: rule.position,
    groupId: rule.groupId,
    groupName: after.groups.get(rule.groupId)?.name ?? rule.groupId,
    policyId: rule.policyId,
    policyName: after.policies.get(rule.policyId)?.name ?? rule.policyId,
    state,
    takenBy,
    newly: !idleBefore.has(rule.groupId),
  }))
}

function unusedAfter(before: Snapshot, after: Snapshot): schema.Impact['unused'] {
  const usedBefore = reach(before).byPolicy
  const usedAfter = reach(after).byPolicy
  return [...after.policies.values()]
    .filter(({ id }) => !usedAfter.has(id))
    .map(({ id, name, version }) => ({
      policyId: id,
      name,
      version,
      newly: usedBefore.has(id) || !before.policies.has(id),
    }))
}
