/** What of a recording happens inside transactions: stamps, rows, sums, the announcement. */
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { EventPage } from '../event.ts'
import type { WatchParts } from '../parts.ts'
import { newestSnapshot } from '../read/load.ts'
import { minuteOf, momentOf, stampOf } from '../stamps.ts'
import { sumsOf, type Judged } from './judged.ts'
import { writeBytes, type Kept } from './keep.ts'
import { enqueueTidy } from './queue.ts'
import type { Alongside, NewSnapshot, RecordedSnapshot } from './shapes.ts'
import {
  changeSnapshot,
  highestNumber,
  historyToken,
  insertSnapshot,
  insertVersion,
  setPageStates,
  type SnapshotRow,
} from './store.ts'

const reason = 'history'

/** Another snapshot came between reading what is known and writing what differs from it. */
export const alreadyKnown = (error: unknown): boolean =>
  error instanceof Problem &&
  error.code === 'edited_meanwhile' &&
  error.extra.data?.['reason'] === reason

export function* holdTo(collectionId: string, token: string): Work<void> {
  if ((yield* historyToken(collectionId)) !== token)
    throw new Problem('edited_meanwhile', 'Another snapshot was recorded meanwhile.', {
      remedy: 'Try again.',
      data: { reason },
    })
}

const minute = 60_000
/** A moment has three digits for the number within the minute. */
const mostInAMinute = 999

/**
 * Where a snapshot of this time stands among the others: its stamp names its minute, `-2` and so on the further ones of it.
 * A minute that is full goes on in the next one: a rewritten history has thousands of commits in one.
 */
function* placeFor(
  collectionId: string,
  wanted: number,
): Work<Pick<SnapshotRow, 'at' | 'stamp' | 'moment'>> {
  for (let at = wanted; ; at = minuteOf(at) + minute) {
    const from = minuteOf(at)
    const until = momentOf(from + minute, 0)
    const number = 1 + (yield* highestNumber(collectionId, momentOf(from, 0), until))
    if (number <= mostInAMinute)
      return { at, stamp: stampOf(at, number), moment: momentOf(at, number) }
  }
}

const noSums = sumsOf([])

/** Inserts the row of a snapshot, without sums. Live ones never stand before one that is known already. */
export function* beginSnapshot(
  parts: WatchParts,
  snapshot: NewSnapshot,
  state: SnapshotRow['state'],
): Work<SnapshotRow> {
  const { collectionId, kind } = snapshot
  const newest = yield* newestSnapshot(collectionId)
  const at = kind === 'import' ? snapshot.at : Math.max(snapshot.at, newest?.at ?? 0)
  const row: SnapshotRow = {
    id: parts.runtime.ids('wsn'),
    collection_id: collectionId,
    ...(yield* placeFor(collectionId, at)),
    state,
    kind: newest === undefined ? 'first' : kind,
    run_id: snapshot.runId,
    import_key: snapshot.importKey,
    note: snapshot.note ?? null,
    ...noSums,
    told: 0,
  }
  yield* insertSnapshot(row)
  return row
}

export function* writeSteps(
  row: SnapshotRow,
  steps: readonly Judged[],
  stored: ReturnType<typeof writeBytes> extends Work<infer T> ? T : never,
): Work<void> {
  for (const step of steps) {
    const { textId = null, rawId = null } = stored.get(step.id) ?? {}
    yield* insertVersion({
      id: step.id,
      collection_id: row.collection_id,
      page_id: step.version.pageId,
      snapshot_id: row.id,
      moment: row.moment,
      text_id: textId,
      raw_id: rawId,
      sha256: step.sha256,
      extractor: step.version.extractor,
      content_type: step.version.contentType,
      kind: step.kind,
      added: step.added,
      removed: step.removed,
      lines: step.lines,
      bytes: step.bytes,
      flip_of: step.flipOf,
      moved: step.moved,
    })
  }
}

/** Why a boundary stands in the timeline. */
export const boundaryNote =
  'The extractor changed here, and the bytes of the versions before are not kept any more. Differences across this moment may come from the extractor.'

/** Makes a snapshot visible, with what it says of its pages, and tells people. */
export function* finishSnapshot(
  parts: WatchParts,
  row: SnapshotRow,
  snapshot: NewSnapshot,
  steps: readonly Omit<Judged, 'before'>[],
): Work<RecordedSnapshot> {
  const boundary = steps.some((step) => step.kind === 'boundary')
  const onlyBoundary = boundary && steps.every((step) => step.kind === 'boundary')
  yield* changeSnapshot(row.id, {
    state: 'done',
    ...sumsOf(steps),
    ...(boundary && row.note === null ? { note: boundaryNote } : {}),
    ...(onlyBoundary && row.kind !== 'first' ? { kind: 'boundary' } : {}),
  })
  yield* setPageStates(row.id, row.moment, snapshot.kind === 'import')
  // What an import brings is indexed at its end.
  if (snapshot.kind !== 'import') yield* enqueueTidy(row.collection_id)
  const pages = steps.filter((step) => step.announced).map(eventPage)
  // The first snapshot is where the history begins: that everything is new is no news.
  const told = snapshot.announce && row.kind !== 'first' && pages.length > 0
  if (told) {
    yield* changeSnapshot(row.id, { told: 1 })
    yield* parts.announce({
      kind: 'step',
      collectionId: row.collection_id,
      snapshotId: row.id,
      stamp: row.stamp,
      at: row.at,
      pages,
    })
  }
  return {
    snapshotId: row.id,
    stamp: row.stamp,
    at: row.at,
    announced: told ? pages.length : 0,
    versions: steps.length,
  }
}

const eventPage = ({ version, kind, added, removed }: Omit<Judged, 'before'>): EventPage => ({
  pageId: version.pageId,
  page: version.page,
  kind,
  added,
  removed,
})

/** Several snapshots in one transaction, as they are visible at once. */
export function* writeSmall(
  parts: WatchParts,
  input: {
    readonly unit: readonly NewSnapshot[]
    readonly token: string
    readonly judged: readonly Judged[]
    readonly kept: Kept
    readonly alongside: Alongside
  },
): Work<readonly (RecordedSnapshot | null)[]> {
  const { unit, token, judged, kept, alongside } = input
  yield* holdTo(unit[0]?.collectionId ?? '', token)
  const stored = yield* writeBytes(kept)
  const recorded: (RecordedSnapshot | null)[] = []
  for (const [at, snapshot] of unit.entries()) {
    const steps = judged.filter((step) => step.snapshot === at)
    if (steps.length === 0) {
      recorded.push(null)
      continue
    }
    const row = yield* beginSnapshot(parts, snapshot, 'writing')
    yield* writeSteps(row, steps, stored)
    recorded.push(yield* finishSnapshot(parts, row, snapshot, steps))
  }
  yield* alongside(unit.length, judged.length)
  return recorded
}
