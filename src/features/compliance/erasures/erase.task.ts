/** Parts of the work in job.ts, beside the thread that answers requests (kernel/aside.ts). */
import { eraseRecords, recordsOf } from '#features/audit/index.ts'
import { appendAudit, gatehouse } from '#kernel/audit.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { judged } from '../holds/holders.ts'
import { isAddress, type Subject } from '../holds/speaks.ts'
import { linesOf, openHolds } from '../holds/store.ts'
import type { FileRow } from '../store.files.ts'
import {
  eraseLines,
  erasureById,
  eventsOf,
  filesAfter,
  filesOf,
  keptEvents,
  setErasure,
  type ErasureRow,
} from './store.ts'

/** Files that one part looks through. */
const atOnce = 50
/** Records of the audit trail that are erased in one transaction. */
const recordsAtOnce = 200

export interface Preview {
  readonly files: number
  readonly lines: number
  readonly keptLines: number
  readonly keptBy: readonly string[]
}

/** What is by or about somebody. Lines of others that name her are found only when every file is read. */
export async function previewErasure({ db }: Runtime, subject: Subject): Promise<Preview> {
  const sum = { files: 0, lines: 0, keptLines: 0 }
  const keptBy = new Set<string>()
  const holds = await db.read(openHolds)
  for (const file of await db.read(() => filesOf(subject.id))) {
    const lines = await db.read(() => linesOf(file.id, subject))
    const found = judged(file, subject.id, lines, holds)
    if (found.erase.length > 0) sum.files++
    sum.lines += found.erase.length
    sum.keptLines += found.kept
    for (const name of found.keptBy) keptBy.add(name)
  }
  return { ...sum, keptBy: [...keptBy] }
}

/** Addresses by which files call somebody: she may have had others than now, or be deleted. */
export async function addressesOf({ db }: Runtime, subjectId: string): Promise<readonly string[]> {
  const names = new Set<string>()
  for (const file of await db.read(() => filesOf(subjectId)))
    for (const { payload } of await db.read(() => linesOf(file.id, { id: subjectId, names: [] })))
      for (const label of labelsIn(payload, subjectId)) if (isAddress(label)) names.add(label)
  return [...names]
}

/** How a line calls somebody who did what it says, or to whom it was done. */
export function labelsIn(payload: string, subjectId: string): readonly string[] {
  const { actor, target } = JSON.parse(payload) as Readonly<Record<'actor' | 'target', Who | undefined>> // prettier-ignore
  return [actor, target].flatMap((who) =>
    who?.id === subjectId && typeof who.label === 'string' ? [who.label] : [],
  )
}

interface Who {
  readonly id?: unknown
  readonly label?: unknown
}

/** Looks through the next files; returns whether there are more. A part that was broken off is done again from where it was. */
export async function erasePart(runtime: Runtime, id: string): Promise<boolean> {
  const { db, clock } = runtime
  const row = await db.read(() => erasureById(id))
  if (!row || row.finished_at !== null) return false
  const subject: Subject = { id: row.subject_id, names: JSON.parse(row.names) as string[] }
  const files = await db.read(() => filesAfter(row.reached, atOnce))
  for (const file of files)
    if ((await db.read(() => linesOf(file.id, subject))).length > 0)
      await db.tx(() => eraseIn(id, file, subject, clock()))
  const last = files.at(-1)
  if (!last) await eraseTrail(runtime, subject.id)
  await db.tx(() => (last ? setErasure(id, { reached: last.number }) : finish(runtime, id)))
  return last !== undefined
}

/** Records of the trail that are by or about her, and in no file any more, or never were in one. Held lines keep theirs. */
async function eraseTrail({ db, clock }: Runtime, subjectId: string): Promise<void> {
  for (let after = ''; ;) {
    const from = after
    const found = await db.read(() => recordsOf(subjectId, from, recordsAtOnce))
    const ids = found.filter(({ action }) => !action.startsWith(erasing)).map(({ id }) => id)
    await db.tx(function* () {
      const kept = yield* keptEvents(ids)
      yield* eraseRecords(
        ids.filter((id) => !kept.has(id)),
        clock(),
      )
    })
    const last = found.at(-1)
    if (!last) return
    after = last.id
  }
}

function* eraseIn(id: string, file: FileRow, subject: Subject, now: number): Work<void> {
  const row = yield* erasureById(id)
  // Another process was here: what it did counts once.
  if (!row || row.reached >= file.number) return
  const lines = (yield* linesOf(file.id, subject)).filter(({ payload }) => !isErasure(payload))
  const { erase, kept, keptBy } = judged(file, subject.id, lines, yield* openHolds())
  yield* eraseRecords(yield* eventsOf(file.id, erase), now)
  const erased = yield* eraseLines(file.id, erase)
  yield* setErasure(id, {
    reached: file.number,
    lines: row.lines + erased,
    files: row.files + Number(erased > 0),
    kept_lines: row.kept_lines + kept,
    kept_by: JSON.stringify([...new Set([...keptByOf(row), ...keptBy])]),
  })
}

/** That somebody was erased stays on record; it names her by her id only. */
const erasing = 'compliance.erase'
const isErasure = (payload: string): boolean => payload.startsWith(`{"action":"${erasing}`)

export const keptByOf = (row: ErasureRow): readonly string[] => JSON.parse(row.kept_by) as string[]

function* finish({ ids, clock }: Runtime, id: string): Work<void> {
  const row = yield* erasureById(id)
  if (!row || row.finished_at !== null) return
  const at = clock()
  yield* setErasure(id, { finished_at: at, names: '[]' })
  yield* appendAudit({
    id: ids('aud'),
    at,
    actor: gatehouse,
    action: 'compliance.erased',
    target: { kind: 'compliance_subject', id: row.subject_id, label: row.subject_id },
    after: {
      erasure: id,
      lines: row.lines,
      files: row.files,
      keptLines: row.kept_lines,
      keptBy: keptByOf(row),
    },
    requestId: null,
    ip: null,
  })
}
