import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { afterAct, type Publishes } from './act.ts'
import { changes, type Change, type Changes, type Side } from './changeset.ts'
import { asComplaints, hashed, judge, keysBetween, type Hashed } from './judge.ts'
import type { Act, ChangeSet } from './schema.ts'
import type { Snapshot } from './snapshot.ts'
import { draftOf, policyHead } from './store.ts'
import { newestNumber, versionOf } from './store.versions.ts'

/** More kinds of change than this are counted, not listed: a person reads the largest ones. */
const listed = 50

/** What an act would do, before it happens. Called before anything of it is written. */
export interface Assessment {
  readonly changes: Changes
  readonly publishes: Publishes | undefined
}

export function* assess(present: () => Work<Snapshot>, act: Act): Work<Assessment> {
  const snapshot = yield* present()
  const publishes = yield* publishedBy(act)
  return { changes: changes(snapshot, afterAct(snapshot, act, publishes)), publishes }
}

function* publishedBy(act: Act): Work<Publishes | undefined> {
  if (act.kind !== 'publish' && act.kind !== 'rollback') return undefined
  const policy = found(yield* policyHead(act.policyId), 'policy')
  const text =
    act.kind === 'publish'
      ? found(yield* draftOf(policy.id), 'draft').text
      : found(yield* versionOf(policy.id, act.version), 'version').text
  const number = (yield* newestNumber(policy.id)) + 1
  return { policyId: policy.id, name: policy.name, text, number, replaces: policy.number }
}

/**
 * How many principals an act touches. With the hash of a change set that somebody has looked at: throws
 * `preview_outdated`, with the present change set in it, when the effect is another one by now.
 */
export function* touch(
  present: () => Work<Snapshot>,
  act: Act,
  expected?: string,
): Work<{ readonly touches: number }> {
  const assessment = yield* assess(present, act)
  const { hash, touches } = assessment.changes
  if (expected !== undefined && expected !== hash)
    throw new Problem(
      'preview_outdated',
      `The effect is not the one you looked at: it now touches ${touches} members and enrolments in all. Nothing was changed.`,
      {
        remedy: 'Look at the new change set, then decide again.',
        data: { changeSet: describe(assessment, act) },
      },
    )
  return { touches }
}

/** The change set as people read it: with keys, dates and the way back. */
export function describe({ changes: all, publishes }: Assessment, act: Act): ChangeSet {
  const shown = all.changes.slice(0, listed)
  return {
    hash: all.hash,
    touches: all.touches,
    members: all.members,
    enrolments: all.enrolments,
    changes: shown.map((change) => ({
      before: named(change.before),
      beforeIs: change.before.given,
      after: named(change.after),
      afterIs: change.after.given,
      count: change.count,
      sample: [...change.sample],
      keys: keysOf(change),
    })),
    moreChanges: all.changes.length - shown.length,
    complaints: publishes ? asComplaints(judge(hashed(publishes.text))) : [],
    clients: whenClientsKnow(act),
    undo: wayBack(act, publishes),
  }
}

const named = ({ policy }: Side) =>
  policy && { policyId: policy.policyId, name: policy.name, version: policy.version }

/** Keys are compared only where both sides start a client: a refusal has no keys. */
function keysOf({ before, after }: Change) {
  const started = (side: Side): boolean => side.given === 'policy' || side.given === 'nothing'
  return started(before) && started(after) ? keysBetween(before.policy, after.policy) : []
}

/** The texts that `describe` judges. */
export function textsOf({ changes: all, publishes }: Assessment): readonly Hashed[] {
  const sides = all.changes.slice(0, listed).flatMap(({ before, after }) => [before, after])
  return [
    ...(publishes ? [hashed(publishes.text)] : []),
    ...sides.flatMap(({ policy }) => policy ?? []),
  ]
}

/** Section "cache" of the client's behaviour: one hour for what was fetched, no push (docs/outage.md). */
function whenClientsKnow(act: Act): string {
  if (act.kind === 'surface' && !act.on)
    return 'Clients refuse to start once their cache has ended, at most one hour from now. Running ones keep what they loaded.'
  return 'Clients learn it at their next start without a valid cache, at most one hour from now. Running ones keep what they loaded.'
}

function wayBack(act: Act, publishes?: Publishes): string {
  switch (act.kind) {
    case 'publish':
    case 'rollback':
      return publishes?.replaces === null
        ? 'It is the first version: take the policy out of the rules and the default again.'
        : `Put version ${publishes?.replaces ?? ''} back on the Versions tab; clients learn that in the same way.`
    case 'rules':
      return 'Put the rules back into their former order; the activity list keeps both orders.'
    case 'default':
      return 'Choose the former default again.'
    case 'membership':
      return 'Add or remove the same members again.'
    case 'delete_group':
      return 'A deleted group cannot be taken back; it would have to be made anew.'
    case 'enrolment':
      return 'Bind the enrolment to its former group again.'
    case 'remove_enrolment':
      return 'A revoked enrolment cannot be taken back; its machines need a new one.'
    case 'remove_member':
      return 'Activate the member again, unless she was deleted.'
    case 'activate_member':
      return 'Suspend the member again.'
    case 'join_groups':
      return 'Take the members out of the groups again.'
    case 'surface':
      return act.on ? 'Turn it off again.' : 'Turn it on again.'
  }
}
