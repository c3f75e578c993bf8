import { appendAudit } from '#kernel/audit.ts'
import { minute } from '#kernel/clock.ts'
import { found } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { checkPolicy, MAX_BYTES } from '#requirements/index.ts'
import { documentHash } from './act.ts'
import { contributed } from './approval/index.ts'
import { asComplaints, refuseErrors } from './judge.ts'
import { editedMeanwhile, openPolicy } from './publish.ts'
import { draftOf, writeDraft, type DraftRow } from './store.ts'

/** An editor saves every few seconds; the trail gets one record for each stretch of one person's work. */
const stretch = 10 * minute

interface Wish {
  readonly text: string
  /** Left out: those of the draft stay. */
  readonly defaults?: string | undefined
  readonly revision: number
}

/** Saves a draft on top of the revision that was edited. Needs no good text, only one that is not absurdly long. */
export async function saveDraft(
  runtime: Pick<Runtime, 'db' | 'ids'>,
  call: Call,
  policyId: string,
  wish: Wish,
): Promise<DraftRow> {
  refuseTooLong(wish)
  return runtime.db.tx(() => save(runtime, call, policyId, wish))
}

/** Texts that could never be published are not kept either. The check tells the size without reading them. */
export function refuseTooLong({ text, defaults = '' }: Pick<Wish, 'text' | 'defaults'>): void {
  const tooLong = [text, defaults].map((one) => (Buffer.byteLength(one) > MAX_BYTES ? one : ''))
  if (tooLong.every((one) => one === '')) return
  const complaints = asComplaints(
    checkPolicy({ text: tooLong[0] ?? '', defaults: tooLong[1] ?? '' }),
  )
  refuseErrors(complaints, 'Nothing was saved. Keep it below 512 KiB.')
}

function* save(
  runtime: Pick<Runtime, 'ids'>,
  call: Call,
  policyId: string,
  wish: Wish,
): Work<DraftRow> {
  const policy = yield* openPolicy(policyId)
  const before = found(yield* draftOf(policyId), 'draft')
  const { text, defaults = before.defaults } = wish
  const hash = documentHash({ text, defaults })
  // The answer to a save may have been lost on the way: the same text again is no conflict.
  if (before.sha256 === hash) return before
  if (before.revision !== wish.revision) throw editedMeanwhile(before)
  const after: DraftRow = {
    ...before,
    text,
    defaults,
    sha256: hash,
    revision: before.revision + 1,
    updated_by_id: call.actor.id,
    updated_by: call.actor.label,
    updated_at: call.now,
  }
  yield* writeDraft(after)
  yield* contributed(policyId, call.actor, call.now)
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
