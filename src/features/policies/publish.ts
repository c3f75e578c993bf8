import type { Actor } from '#kernel/route.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from '#features/workspace/index.ts'
import { sha256 } from './act.ts'
import { asComplaints, checkVersion, judge, refuseErrors } from './judge.ts'
import { touch } from './preview.ts'
import type { Complaint } from './schema.ts'
import type { Snapshot } from './snapshot.ts'
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
  readonly actor: Pick<Actor, 'id' | 'label'>
  readonly present: () => Work<Snapshot>
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
          revision: draft.revision,
          baseVersion: draft.base_version,
          updatedAt: draft.updated_at,
          updatedBy: draft.updated_by,
        },
      },
    },
  )
}

/** Makes the draft the next version and serves it. One transaction: who reads sees all of it or nothing. */
export function* publishDraft(
  acting: Acting,
  wish: {
    policyId: string
    message: string
    draftRevision: number
    changeSet?: string | undefined
  },
): Work<Published> {
  const policy = yield* openPolicy(wish.policyId)
  const draft = found(yield* draftOf(policy.id), 'draft')
  if (draft.revision !== wish.draftRevision) throw editedMeanwhile(draft)
  const before = yield* publishedVersion(policy.id)
  if (before?.sha256 === draft.sha256)
    throw new Problem('wrong_state', `The draft says exactly what version ${before.number} says.`, {
      remedy: 'Change the draft first; there is nothing to publish.',
    })
  const complaints = asComplaints(judge(draft))
  refuseErrors(complaints)
  const { touches } = yield* touch(
    acting.present,
    { kind: 'publish', policyId: policy.id },
    wish.changeSet,
  )
  const version = yield* serve(acting, policy, {
    text: draft.text,
    message: wish.message,
    putBack: null,
    complaints,
  })
  yield* rebase(acting, draft, version)
  return { policy, before, version, touches }
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
  },
): Work<Published> {
  const policy = yield* openPolicy(wish.policyId)
  const before = yield* publishedVersion(policy.id)
  if (before?.number !== wish.publishedVersion) throw publishedMeanwhile(before)
  const old = found(yield* versionOf(policy.id, wish.version), 'version')
  if (old.sha256 === before.sha256)
    throw new Problem('wrong_state', `Version ${before.number} already says exactly this.`, {
      remedy: 'There is nothing to put back.',
    })
  const complaints = asComplaints(judge(old))
  if (!wish.acceptErrors)
    refuseErrors(
      complaints,
      'It was found good when it was published, the present check is stricter. Put it back with acceptErrors if you know that your clients take it.',
    )
  const { touches } = yield* touch(
    acting.present,
    { kind: 'rollback', policyId: policy.id, version: old.number },
    wish.changeSet,
  )
  const version = yield* serve(acting, policy, {
    text: old.text,
    message: wish.message ?? `Put back version ${old.number}`,
    putBack: old.number,
    complaints,
  })
  const draft = found(yield* draftOf(policy.id), 'draft')
  // A draft that nobody has changed follows; one with work in it stays as it is.
  if (draft.sha256 === before.sha256)
    yield* rebase(acting, { ...draft, text: old.text, sha256: old.sha256 }, version)
  return { policy, before, version, touches }
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

function* serve(
  acting: Acting,
  policy: PolicyHead,
  made: {
    text: string
    message: string
    putBack: number | null
    complaints: readonly Complaint[]
  },
): Work<VersionRow> {
  const version: VersionRow = {
    id: acting.ids('ver'),
    policy_id: policy.id,
    number: (yield* newestNumber(policy.id)) + 1,
    text: made.text,
    sha256: sha256(made.text),
    message: made.message,
    put_back: made.putBack,
    author_id: acting.actor.id,
    author: acting.actor.label,
    at: acting.now,
    complaints: JSON.stringify(
      made.complaints.map(({ code, severity, line, key, message }) => ({
        code,
        severity,
        line,
        key,
        message,
      })),
    ),
    check_version: checkVersion,
  }
  yield* insertVersion(version)
  yield* setPublished(policy.id, version.id)
  yield* bump('policies')
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
