import type { AuditActor } from '#kernel/audit.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { afterAct, type Publishes } from './act.ts'
import { withRequestAddresses } from './addresses/publishable.ts'
import { changes, type Change, type Changes, type Side } from './changeset.ts'
import { afterTheirEnd } from './ending.ts'
import { asComplaints, hashed, judge, keysBetween, type Hashed } from './judge.ts'
import type { Bounds } from './rollout/schema.ts'
import type { Act, ChangeSet } from './schema.act.ts'
import type { Snapshot } from './snapshot.ts'
import { draftOf, policyHead } from './store.ts'
import { newestNumber, versionOf } from './store.versions.ts'
import { decidesSignIns, nextStart, whenRolesAreKnown, whenSurfaceIsKnown } from './when-known.ts'

/** More kinds of change than this are counted, not listed: a person reads the largest ones. */
const listed = 50

/** What an act would do, before it happens. Called before anything of it is written. */
export interface Assessment {
  readonly before: Snapshot
  readonly after: Snapshot
  readonly changes: Changes
  readonly publishes: Publishes | undefined
}

export function* assess(present: () => Work<Snapshot>, act: Act): Work<Assessment> {
  const before = comparedWith(yield* present(), act)
  const publishes = yield* publishedBy(act)
  const after = afterAct(before, act, publishes)
  return { before, after, changes: changes(before, after), publishes }
}

/** Who is in a group for a time and is added again gets a longer stay: that is compared with how it would be after her end. */
const comparedWith = (snapshot: Snapshot, act: Act): Snapshot =>
  act.kind === 'membership' ? afterTheirEnd(snapshot, act.groupId, act.add) : snapshot

function* publishedBy(act: Act): Work<Publishes | undefined> {
  if (act.kind !== 'publish' && act.kind !== 'rollback' && act.kind !== 'rollout') return undefined
  const policy = found(yield* policyHead(act.policyId), 'policy')
  const { text, defaults } =
    act.kind === 'rollback'
      ? found(yield* versionOf(policy.id, act.version), 'version')
      : yield* withRequestAddresses(
          policy.id,
          (act.kind === 'publish' ? act.document : undefined) ??
            found(yield* draftOf(policy.id), 'draft'),
        )
  const number = (yield* newestNumber(policy.id)) + 1
  return { policyId: policy.id, name: policy.name, text, defaults, number, replaces: policy.number }
}

/** Who acts and when: a `Call` is one. */
export interface By {
  readonly actor: AuditActor
  readonly now: number
  readonly requestId?: string | null
  readonly ip?: string | null
}

/** In what way an act is done, where it is not simply done now by the one who wants it. */
export interface Terms {
  /** Only for putting or taking back: now, without approval, reviewed afterwards. */
  readonly emergency?: { readonly reason: string } | undefined
  /** It shall happen at this time (ms): what somebody approved is used up for it now. */
  readonly later?: { readonly until: number } | undefined
  /** For a rollout that begins: what makes it halt, which has to be what was approved. */
  readonly watched?: { readonly bounds: Bounds; readonly takeBackWhenHalted: boolean } | undefined
}

export interface Touched {
  /** How many principals get another effective policy. */
  readonly touches: number
  readonly hash: string
  /** The proposal that somebody approved and that this act has used up; null: none was needed. */
  readonly approval: string | null
}

/**
 * Whom an act touches; called in the act's transaction, before anything of it is written. Throws `preview_outdated`, with
 * the present change set in it, when the effect is another one than that of the hash that somebody has looked at; and
 * `approval_required` when somebody else has to approve this effect first.
 */
export type TouchBy = (
  act: Act,
  expected: string | undefined,
  by: By,
  terms?: Terms,
) => Work<Touched>

/** The same for one who acts. */
export type Touch = (act: Act, expected?: string, terms?: Terms) => Work<Touched>

/** Lets an act with this effect pass, or throws; the proposal that it used up. */
export type Guard = (act: Act, assessment: Assessment, by: By, terms: Terms) => Work<string | null>

export const touching = (present: () => Work<Snapshot>, guard: Guard): TouchBy =>
  function* (act, expected, by, terms = {}) {
    const assessment = yield* assess(present, act)
    const { hash, touches } = assessment.changes
    if (expected !== undefined && expected !== hash)
      throw new Problem(
        'preview_outdated',
        `The effect is not the one you looked at: it now touches ${touches} in all. Nothing was changed.`,
        {
          remedy: 'Look at the new change set, then decide again.',
          data: { changeSet: describe(assessment, act) },
        },
      )
    return { touches, hash, approval: yield* guard(act, assessment, by, terms) }
  }

/** The change set as people read it: with keys, dates and the way back. */
export function describe({ changes: all, publishes }: Assessment, act: Act): ChangeSet {
  const shown = all.changes.slice(0, listed)
  return {
    hash: all.hash,
    touches: all.touches,
    members: all.members,
    enrolments: all.enrolments,
    accounts: all.accounts,
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
    complaints: publishes ? asComplaints(judge(hashed(publishes))) : [],
    ...clientsAndUndo(act, publishes),
  }
}

/** When clients learn of an act, and how it is taken back. */
export const clientsAndUndo = (act: Act, publishes: Publishes | undefined) => ({
  clients: whenClientsKnow(act),
  undo: wayBack(act, publishes),
})

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
  return [...(publishes ? [hashed(publishes)] : []), ...sides.flatMap(({ policy }) => policy ?? [])]
}

/** Section "cache" of the client's behaviour: one hour for what was fetched, no push (docs/outage.md). */
function whenClientsKnow(act: Act): string {
  if (act.kind === 'surface') return whenSurfaceIsKnown(act)
  return decidesSignIns.includes(act.kind) ? whenRolesAreKnown : nextStart
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
      return act.lasts === undefined
        ? 'Add or remove the same members again.'
        : 'It ends by itself. Before that: take the members out again.'
    case 'delete_group':
      return 'A deleted group cannot be taken back; it would have to be made anew.'
    case 'enrolment':
      return 'Bind the enrolment to its former group again.'
    case 'remove_enrolment':
      return 'A revoked enrolment cannot be taken back; its machines need a new one.'
    case 'service_account':
      return 'Set its groups and its state as they were.'
    case 'remove_service_account':
      return 'A deleted service account cannot be taken back; its runners need another one.'
    case 'remove_member':
      return 'Activate the member again, unless she was deleted.'
    case 'activate_member':
      return 'Suspend the member again.'
    case 'join_groups':
      return 'Take the members out of the groups again.'
    case 'rollout':
    case 'finish_rollout':
    case 'take_back_rollout':
      return 'Take the rollout back, or put the former version back on the Versions tab.'
    case 'role_grant':
      return act.given ? 'Take the role away again.' : 'Give the role again.'
    case 'role_change':
      return 'Put the former version of the role back.'
    case 'default_role':
      return 'Choose the former default role again.'
    case 'surface':
      return act.on ? 'Turn it off again.' : 'Turn it on again.'
  }
}
