import { makerOfKey } from '#features/access/index.ts'
import type { AuditActor } from '#kernel/audit.ts'
import type { Work } from '#kernel/work.ts'
import type { Assessment } from '../preview.ts'
import type { Act } from '../schema.act.ts'
import type { Snapshot } from '../snapshot.ts'
import { draftOf } from '../store.ts'
import { newestNumber, versionOf } from '../store.versions.ts'
import { decidedVersions } from './emergency.ts'
import { servesDraft } from './kinds.ts'
import { addContributor, contributorsBetween, type Contributor } from './store.contributors.ts'
import type { ProposedAct } from './schema.ts'

/** The person behind an act: who made the key, where a key acted. A key of the operator stands for itself. */
export function* personOf(actor: Pick<AuditActor, 'kind' | 'id'>): Work<string> {
  if (actor.kind !== 'key') return actor.id
  return (yield* makerOfKey(actor.id)) ?? actor.id
}

/** Called whenever somebody writes in a draft, in the transaction that keeps it. */
export function* contributed(policyId: string, actor: AuditActor, now: number): Work<void> {
  const who = { id: yield* personOf(actor), label: actor.label }
  yield* addContributor(policyId, (yield* newestNumber(policyId)) + 1, who, now)
}

/**
 * A copy has the authors of what it copies, as far as nobody else has decided on that yet: of a version, or of the draft.
 */
export function* copyContributors(
  from: { readonly policyId: string; readonly version: number | undefined },
  policyId: string,
  now: number,
): Work<void> {
  for (const who of yield* undecidedAuthors(from.policyId, from.version ?? Number.MAX_SAFE_INTEGER))
    yield* addContributor(policyId, 1, who, now)
}

/** Who wrote a version since the last one before it on which nobody decided alone. */
function* undecidedAuthors(policyId: string, upTo: number): Work<readonly Contributor[]> {
  const decided = (yield* decidedVersions(policyId)).filter((number) => number <= upTo)
  return yield* contributorsBetween(policyId, Math.max(0, ...decided), upTo)
}

/**
 * Who wrote what an act would newly serve: since the version that all others are served, and what was published alone to
 * nobody. Acts that only move people between what is served already have no author but who proposes them.
 */
export function* authorsOf(
  act: ProposedAct,
  { before, changes }: Pick<Assessment, 'before' | 'changes'>,
): Work<readonly Contributor[]> {
  const authors = [...(yield* authorsOfNew(act, before))]
  const served = changes.changes.flatMap(({ after: { policy } }) => policy ?? [])
  for (const { policyId, version } of served)
    if ((yield* versionOf(policyId, version))?.alone === 1)
      authors.push(...(yield* undecidedAuthors(policyId, version)))
  return [...new Map(authors.map((who) => [who.id, who])).values()]
}

function* authorsOfNew(act: ProposedAct, snapshot: Snapshot): Work<readonly Contributor[]> {
  if (!('policyId' in act) || act.policyId === null) return []
  const { policyId } = act
  const served = snapshot.policies.get(policyId)?.version ?? 0
  if (servesDraft(act, snapshot)) {
    const draft = yield* draftOf(policyId)
    if (!draft) return []
    // A version that was taken back is in the draft, and was never served to all.
    const since = Math.min(served, draft.base_version ?? 0)
    return yield* contributorsBetween(policyId, since, Number.MAX_SAFE_INTEGER)
  }
  const rollout = isOfRollout(act) ? snapshot.rollouts.get(policyId) : undefined
  if (!rollout) return []
  return yield* contributorsBetween(policyId, served, rollout.policy.version)
}

const isOfRollout = (
  act: ProposedAct,
): act is Extract<Act, { kind: 'rollout' | 'finish_rollout' }> =>
  act.kind === 'rollout' || act.kind === 'finish_rollout'
