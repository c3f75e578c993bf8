import { appendAudit } from '#kernel/audit.ts'
import { minute } from '#kernel/clock.ts'
import { found } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { MAX_BYTES } from '#requirements/index.ts'
import { sha256 } from './act.ts'
import { asComplaints, hashed, judge, refuseErrors } from './judge.ts'
import { editedMeanwhile, openPolicy } from './publish.ts'
import { draftOf, writeDraft, type DraftRow } from './store.ts'

/** An editor saves every few seconds; the trail gets one record for each stretch of one person's work. */
const stretch = 10 * minute

/** Saves a draft on top of the revision that was edited. Needs no good text, only one that is not absurdly long. */
export async function saveDraft(
  runtime: Pick<Runtime, 'db' | 'ids'>,
  call: Call,
  policyId: string,
  wish: { readonly text: string; readonly revision: number },
): Promise<DraftRow> {
  refuseTooLong(wish.text)
  return runtime.db.tx(() => save(runtime, call, policyId, wish))
}

/** A text that could never be published is not kept either. The check tells its size without reading it. */
export function refuseTooLong(text: string): void {
  if (Buffer.byteLength(text) > MAX_BYTES)
    refuseErrors(asComplaints(judge(hashed(text))), 'Nothing was saved. Keep it below 512 KiB.')
}

function* save(
  runtime: Pick<Runtime, 'ids'>,
  call: Call,
  policyId: string,
  wish: { readonly text: string; readonly revision: number },
): Work<DraftRow> {
  const policy = yield* openPolicy(policyId)
  const before = found(yield* draftOf(policyId), 'draft')
  const hash = sha256(wish.text)
  // The answer to a save may have been lost on the way: the same text again is no conflict.
  if (before.sha256 === hash) return before
  if (before.revision !== wish.revision) throw editedMeanwhile(before)
  const after: DraftRow = {
    ...before,
    text: wish.text,
    sha256: hash,
    revision: before.revision + 1,
    updated_by_id: call.actor.id,
    updated_by: call.actor.label,
    updated_at: call.now,
  }
  yield* writeDraft(after)
  const goesOn =
    before.updated_by_id === call.actor.id &&
    before.revision > 1 &&
    call.now - before.updated_at < stretch
  if (!goesOn)
    yield* appendAudit({
      id: runtime.ids('aud'),
      at: call.now,
      actor: { kind: call.actor.kind, id: call.actor.id, label: call.actor.label },
      action: 'policy.draft',
      target: { kind: 'policy', id: policy.id, label: policy.name },
      before: { sha256: before.sha256, revision: before.revision },
      after: { sha256: hash, revision: after.revision },
      requestId: call.requestId,
      ip: call.ip,
    })
  return after
}
