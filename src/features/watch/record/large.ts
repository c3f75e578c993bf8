/**
 * A snapshot of more versions than a transaction should hold: its rows are written in slices while nobody sees it, and one
 * short transaction makes it visible. A process that dies in between leaves what `sweep.ts` removes.
 */
import { isOutdated } from '../archive/index.ts'
import type { Settings } from '../collections/settings.ts'
import type { WatchParts } from '../parts.ts'
import { momentOf } from '../stamps.ts'
import { judgeSteps, withMoves, type Judged } from './judged.ts'
import { keepBytes, rememberTexts, writeBytes } from './keep.ts'
import { knownPages } from './known.ts'
import { planSteps } from './plan.ts'
import { charactersAtOnce, versionsAtOnce } from './portions.ts'
import type { Alongside, NewSnapshot, NewVersion, RecordedSnapshot } from './shapes.ts'
import { historyToken, pagesWithVersions, type SnapshotRow } from './store.ts'
import { discard } from './sweep.ts'
import { beginSnapshot, finishSnapshot, holdTo, writeSteps } from './write.ts'

export async function recordLarge(
  parts: WatchParts,
  settings: Settings,
  snapshot: NewSnapshot,
  alongside: Alongside,
): Promise<RecordedSnapshot | null> {
  const { db } = parts.runtime
  const token = await db.read(() => historyToken(snapshot.collectionId))
  const row = await db.tx(() => beginSnapshot(parts, snapshot, 'writing'))
  try {
    const steps: Omit<Judged, 'before'>[] = []
    for (const slice of slices(await movableFirst(parts, snapshot.versions)))
      steps.push(...(await recordSlice(parts, settings, snapshot, row, slice)))
    if (steps.length === 0) {
      await discard(parts, row.id)
      await db.tx(() => alongside(1, 0))
      return null
    }
    return await db.tx(function* () {
      yield* holdTo(snapshot.collectionId, token)
      const recorded = yield* finishSnapshot(parts, row, snapshot, steps)
      yield* alongside(1, steps.length)
      return recorded
    })
  } catch (error) {
    // When this fails too, the sweep before the next recording does it.
    await discard(parts, row.id).catch(() => undefined)
    throw error
  }
}

/** Gone pages and those never seen stand together, so that the ones that moved are found in one slice. */
async function movableFirst(
  parts: WatchParts,
  versions: readonly NewVersion[],
): Promise<readonly NewVersion[]> {
  const gone = versions.filter((version) => version.text === null)
  if (gone.length === 0) return versions
  const seen = new Set<string>()
  const ids = versions.map((version) => version.pageId)
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500)
    for (const id of await parts.runtime.db.read(() => pagesWithVersions(some))) seen.add(id)
  }
  const rest = versions.filter((version) => version.text !== null)
  return [
    ...gone,
    ...rest.filter((version) => !seen.has(version.pageId)),
    ...rest.filter((version) => seen.has(version.pageId)),
  ]
}

function* slices(versions: readonly NewVersion[]): Generator<readonly NewVersion[]> {
  let slice: NewVersion[] = []
  let characters = 0
  for (const version of versions) {
    const size = version.text?.length ?? 0
    const full = slice.length >= versionsAtOnce || characters + size > charactersAtOnce
    if (slice.length > 0 && full) {
      yield slice
      slice = []
      characters = 0
    }
    slice.push(version)
    characters += size
  }
  if (slice.length > 0) yield slice
}

async function recordSlice(
  parts: WatchParts,
  settings: Settings,
  snapshot: NewSnapshot,
  row: SnapshotRow,
  slice: readonly NewVersion[],
): Promise<readonly Omit<Judged, 'before'>[]> {
  const { runtime } = parts
  const upTo = snapshot.kind === 'import' ? momentOf(snapshot.at, 999) : Number.MAX_SAFE_INTEGER
  const known = await knownPages(parts, slice, upTo, settings.extract)
  const planned = planSteps([{ ...snapshot, versions: slice }], known, () => runtime.ids('wve'))
  const steps = await withMoves(parts, planned)
  if (steps.length === 0) return []
  const judged = await judgeSteps(parts, settings.ignore, steps, known)
  for (let attempt = 1; ; attempt++) {
    const kept = await keepBytes(parts, snapshot.collectionId, judged)
    try {
      await runtime.db.tx(function* () {
        yield* writeSteps(row, judged, yield* writeBytes(kept))
      })
      rememberTexts(parts, kept)
      return judged.map(withoutTexts)
    } catch (error) {
      if (!isOutdated(error) || attempt === 10) throw error
    }
  }
}

/** What the end of the snapshot needs; 10,000 pages of text need not stay in memory for it. */
const withoutTexts = ({ before: _before, ...step }: Judged): Omit<Judged, 'before'> => ({
  ...step,
  version: { ...step.version, text: null, raw: null },
})
