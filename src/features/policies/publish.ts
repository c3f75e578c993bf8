import type { AuditActor } from '#kernel/audit.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from '#features/workspace/index.ts'
import { documentHash, type Document } from './act.ts'
import { ruleIsOn } from './approval/store.ts'
import { publishableDraft } from './addresses/publishable.ts'
import { asComplaints, checkVersion, judge, refuseErrors } from './judge.ts'
import type { Terms, Touch, Touched } from './preview.ts'
import { endRollout } from './rollout/end.ts'
import { fates, runningRollout, type RolloutRow } from './rollout/store.ts'
import type { Complaint } from './schema.ts'
import type { Act } from './schema.act.ts'
import { draftOf, policyHead, writeDraft, type DraftRow, type PolicyHead } from './store.ts'
import {
  insertVersion,
  newestNumber,
  publishedVersion,
  setPublished,
  versionOf,
  type VersionRow,
} from './store.versions.ts'

/** What every act on a policy is given. */
export interface Acting {
  readonly ids: Ids
  readonly now: number
  readonly actor: AuditActor
  readonly touch: Touch
}

export interface Published {
  readonly policy: PolicyHead
  readonly before: VersionRow | undefined
  readonly version: VersionRow
  readonly touches: number
}

/** A policy that may be worked on: it exists and is not archived. */
export function* openPolicy(id: string): Work<PolicyHead> {
  const policy = found(yield* policyHead(id), 'policy')
  if (policy.archived_at !== null)
    throw new Problem('wrong_state', `The policy ${policy.name} is archived.`, {
      remedy: 'Take it out of the archive first.',
    })
  return policy
}

/** Somebody saved or published since: says who and when, and brings the present text. Nothing is overwritten. */
export function editedMeanwhile(draft: DraftRow): Problem {
  return new Problem(
    'edited_meanwhile',
    `${draft.updated_by} changed this draft at ${new Date(draft.updated_at).toISOString()}; yours was not saved over it.`,
    {
      remedy: 'Compare the two texts, then save again on top of the present revision.',
      data: {
        current: {
          text: draft.text,
          defaults: draft.defaults,
          revision: draft.revision,
          baseVersion: draft.base_version,
          updatedAt: draft.updated_at,
          updatedBy: draft.updated_by,
        },
      },
    },
  )
}

/** The draft that is meant, with what is said about it. */
export interface PublishWish {
  readonly policyId: string
  readonly message: string
  readonly draftRevision: number
  readonly changeSet?: string | undefined
}

/** Makes the draft the next version and serves it. One transaction: who reads sees all of it or nothing. */
export function* publishDraft(acting: Acting, wish: PublishWish): Work<Published> {
  const made = yield* pinDraft(acting, wish, { kind: 'publish', policyId: wish.policyId })
  yield* setPublished(made.policy.id, made.version.id)
  yield* bump('policies')
  return made
}

/**
 * Makes the draft the next version, which nobody is served yet, after everything that a publish asks: nobody saved since, it
 * says something new, the check finds no error, and the act has the effect that was looked at.
 */
export function* pinDraft(
  acting: Acting,
  wish: PublishWish,
  act: Act,
  terms: Terms = {},
): Work<Published & Touched> {
  const policy = yield* openPolicy(wish.policyId)
  const running = yield* runningRollout(policy.id)
  if (running) throw beingRolledOut(policy, running)
  const draft = found(yield* publishableDraft(policy.id), 'draft')
  if (draft.revision !== wish.draftRevision) throw editedMeanwhile(draft)
  const before = yield* publishedVersion(policy.id)
  if (before?.sha256 === draft.sha256)
    throw new Problem('wrong_state', `The draft says exactly what version ${before.number} says.`, {
      remedy: 'Change the draft first; there is nothing to publish.',
    })
  const complaints = asComplaints(judge(draft))
  refuseErrors(complaints)
  const touched = yield* acting.touch(act, wish.changeSet, terms)
  const version = yield* addVersion(acting, policy, {
    text: draft.text,
    defaults: draft.defaults,
    message: wish.message,
    putBack: null,
    alone: touched.approval === null && touched.touches === 0 && (yield* ruleIsOn()),
    complaints,
  })
  yield* rebase(acting, draft, version)
  return { policy, before, version, ...touched }
}

function beingRolledOut(policy: PolicyHead, { number, state }: RolloutRow): Problem {
  const halted = state === 'halted' ? ', which stands halted' : ''
  return new Problem(
    'wrong_state',
    `Version ${number} of ${policy.name} is being rolled out to a part${halted}; nothing was published.`,
    { remedy: 'Give it to everybody or take it back first, on the Rollout tab.' },
  )
}

/** Serves the text of an older version again, as a new version. */
export function* putBackVersion(
  acting: Acting,
  wish: {
    policyId: string
    version: number
    publishedVersion: number
    message?: string | undefined
    acceptErrors: boolean
    changeSet?: string | undefined
    emergency?: Terms['emergency']
  },
): Work<Published> {
  const policy = yield* openPolicy(wish.policyId)
  const before = yield* publishedVersion(policy.id)
  if (before?.number !== wish.publishedVersion) throw publishedMeanwhile(before)
  const old = found(yield* versionOf(policy.id, wish.version), 'version')
  yield* refuseNeverPublished(policy.id, old.number)
  if (old.sha256 === before.sha256)
    throw new Problem('wrong_state', `Version ${before.number} already says exactly this.`, {
      remedy: (yield* runningRollout(policy.id))
        ? 'To end what is being rolled out, take it back on the Rollout tab.'
        : 'There is nothing to put back.',
    })
  const complaints = asComplaints(judge(old))
  if (!wish.acceptErrors)
    refuseErrors(
      complaints,
      'It was found good when it was published, the present check is stricter. Put it back with acceptErrors if you know that your clients take it.',
    )
  const { touches, approval } = yield* acting.touch(
    { kind: 'rollback', policyId: policy.id, version: old.number },
    wish.changeSet,
    { emergency: wish.emergency },
  )
  const version = yield* addVersion(acting, policy, {
    text: old.text,
    defaults: old.defaults,
    message: wish.message ?? `Put back version ${old.number}`,
    putBack: old.number,
    alone: approval === null && old.alone === 1,
    complaints,
  })
  yield* setPublished(policy.id, version.id)
  yield* endRollout(acting, policy.id, 'taken_back', {
    touches,
    note: `Version ${old.number} was put back.`,
  })
  yield* bump('policies')
  const draft = found(yield* draftOf(policy.id), 'draft')
  // A draft that nobody has changed follows; one with work in it stays as it is.
  if (draft.sha256 === before.sha256)
    yield* rebase(
      acting,
      { ...draft, text: old.text, defaults: old.defaults, sha256: old.sha256 },
      version,
    )
  return { policy, before, version, touches }
}

/** A version that never went to everybody is nothing to go back to; and nobody has decided that everybody gets it. */
function* refuseNeverPublished(policyId: string, number: number): Work<void> {
  const fate = (yield* fates(policyId)).get(number)
  if (fate === undefined || fate === 'finished') return
  throw new Problem('wrong_state', `Version ${number} was never served to everybody.`, {
    remedy: 'Put a version back that was; or publish this text from the draft.',
  })
}

function publishedMeanwhile(current: VersionRow | undefined): Problem {
  return new Problem(
    'edited_meanwhile',
    current
      ? `${current.author} published version ${current.number} at ${new Date(current.at).toISOString()}; nothing was put back.`
      : 'This policy was never published.',
    {
      remedy: 'Look at the present version, then decide again.',
      data: current
        ? {
            current: {
              number: current.number,
              author: current.author,
              at: current.at,
              message: current.message,
            },
          }
        : {},
    },
  )
}

function* addVersion(
  acting: Acting,
  policy: PolicyHead,
  made: Document & {
    message: string
    putBack: number | null
    alone: boolean
    complaints: readonly Complaint[]
  },
): Work<VersionRow> {
  const version: VersionRow = {
    id: acting.ids('ver'),
    policy_id: policy.id,
    number: (yield* newestNumber(policy.id)) + 1,
    text: made.text,
    defaults: made.defaults,
    sha256: documentHash(made),
    message: made.message,
    put_back: made.putBack,
    author_id: acting.actor.id,
    author: acting.actor.label,
    at: acting.now,
    complaints: JSON.stringify(
      made.complaints.map(({ document, code, severity, line, key, message }) => ({
        document,
        code,
        severity,
        line,
        key,
        message,
      })),
    ),
    check_version: checkVersion,
    alone: made.alone ? 1 : 0,
  }
  yield* insertVersion(version)
  return version
}

/** The draft now stands on the new version; its revision goes up, so that an editor left open elsewhere is told. */
function* rebase(acting: Acting, draft: DraftRow, version: VersionRow): Work<void> {
  yield* writeDraft({
    ...draft,
    base_version: version.number,
    revision: draft.revision + 1,
    updated_by_id: acting.actor.id,
    updated_by: acting.actor.label,
    updated_at: acting.now,
  })
}
