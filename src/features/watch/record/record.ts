/**
 * The one way snapshots come to be: runs, imports and the demo hand in pages as they were at a moment, and what differs
 * from what is known is kept, judged and told (docs/decisions/0010-record.md).
 */
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { isOutdated, storableText } from '../archive/index.ts'
import { parseSettings, type Settings } from '../collections/settings.ts'
import { EXTRACTORS } from '../extract/index.ts'
import type { WatchParts } from '../parts.ts'
import { collectionById } from '../read/load.ts'
import { momentOf } from '../stamps.ts'
import { extractorName } from './extractor.ts'
import { judgeSteps, withMoves } from './judged.ts'
import { keepBytes, rememberTexts } from './keep.ts'
import { knownPages } from './known.ts'
import { recordLarge } from './large.ts'
import { planSteps } from './plan.ts'
import { charactersAtOnce, versionsAtOnce, versionsTogether } from './portions.ts'
import type { Alongside, NewSnapshot, NewVersion, RecordedSnapshot } from './shapes.ts'
import { historyToken, snapshotsBetween } from './store.ts'
import { sweepUnfinished } from './sweep.ts'
import { inTurn } from './turn.ts'
import { alreadyKnown, writeSmall } from './write.ts'

export type { NewSnapshot, NewVersion, RecordedSnapshot } from './shapes.ts'

export interface RecordOptions {
  /**
   * Runs in each transaction that makes snapshots visible: those `[from, to)` of the ones handed in, with how many
   * versions they brought. What counts them can never disagree with what is there.
   */
  readonly alongside?: (done: {
    readonly from: number
    readonly to: number
    readonly versions: number
  }) => Work<void>
}

/** How often somebody else may come between before the caller hears of it. */
const attempts = 10

/**
 * Records one snapshot; null when nothing differs from what is known. Texts, rows, sums, the state of the pages and the
 * announcement become visible together. A version whose text equals the page's text before is left out.
 *
 * Throws `not_found` when the collection is gone.
 */
export async function recordSnapshot(
  parts: WatchParts,
  snapshot: NewSnapshot,
): Promise<RecordedSnapshot | null> {
  const [recorded = null] = await recordSnapshots(parts, [snapshot])
  return recorded
}

/** Records snapshots of one collection, oldest first; for each one what came of it. */
export async function recordSnapshots(
  parts: WatchParts,
  snapshots: readonly NewSnapshot[],
  options: RecordOptions = {},
): Promise<readonly (RecordedSnapshot | null)[]> {
  const collectionId = snapshots[0]?.collectionId
  if (collectionId === undefined) return []
  return inTurn(parts.runtime, collectionId, () => recordInTurn(parts, snapshots, options))
}

/** The same, where the caller has the collection's turn. */
export async function recordInTurn(
  parts: WatchParts,
  snapshots: readonly NewSnapshot[],
  options: RecordOptions = {},
): Promise<readonly (RecordedSnapshot | null)[]> {
  const collectionId = snapshots[0]?.collectionId
  if (collectionId === undefined) return []
  await sweepUnfinished(parts, collectionId)
  const settings = await settingsOf(parts, collectionId)
  refuseOldSettings(settings, snapshots)
  const recorded: (RecordedSnapshot | null)[] = []
  for (const unit of await unitsOf(parts, snapshots.map(storable))) {
    const mine = recorded.length
    const alongside = (n: number, versions: number) =>
      options.alongside?.({ from: mine, to: mine + n, versions }) ?? nothing()
    recorded.push(...(await recordUnit(parts, settings, unit, alongside)))
  }
  return recorded
}

function* nothing(): Work<void> {
  // Nobody counts along.
}

async function settingsOf(parts: WatchParts, collectionId: string): Promise<Settings> {
  const row = await parts.runtime.db.read(() => collectionById(collectionId))
  // One that is being cleared away takes nothing in any more.
  return parseSettings(found(row?.deleted_at === null ? row : undefined, 'collection'))
}

/** A run that began under another extraction would stand as a difference that the pages do not have. */
function refuseOldSettings({ extract }: Settings, snapshots: readonly NewSnapshot[]): void {
  const present = extractorName(EXTRACTORS.html, extract)
  const old = snapshots.some(
    ({ kind, versions }) =>
      kind === 'run' &&
      versions.some(({ extractor }) => {
        const [base] = extractor.split('+')
        return base === EXTRACTORS.html && extractor !== present
      }),
  )
  if (old)
    throw new Problem('edited_meanwhile', 'The extraction was changed while the pages were read.', {
      remedy: 'They are read again.',
    })
}

const storable = (snapshot: NewSnapshot): NewSnapshot => ({
  ...snapshot,
  versions: snapshot.versions.map(storableVersion),
})

/** One whose text can be kept as it is stays itself: a run reads texts and bytes from the disk when they are asked for. */
function storableVersion(version: NewVersion): NewVersion {
  const { text } = version
  if (text === null) return version
  const kept = storableText(text)
  return kept === text ? version : { ...version, text: kept }
}

/**
 * Snapshots that are small are recorded several in a transaction, because each commit waits for the disk. Where known
 * snapshots stand among the new ones, each goes alone: its neighbours are the known ones.
 */
async function unitsOf(
  parts: WatchParts,
  snapshots: readonly NewSnapshot[],
): Promise<readonly (readonly NewSnapshot[])[]> {
  const first = snapshots[0]
  const last = snapshots.at(-1)
  if (first === undefined || last === undefined || snapshots.length === 1) return [snapshots]
  const among = await parts.runtime.db.read(() =>
    snapshotsBetween(first.collectionId, momentOf(first.at, 0), momentOf(last.at + 1, 0)),
  )
  const units: NewSnapshot[][] = []
  let versions = 0
  let characters = 0
  for (const snapshot of snapshots) {
    const size = snapshot.versions.reduce((n, v) => n + (v.text?.length ?? 0), 0)
    versions += snapshot.versions.length
    characters += size
    const unit = units.at(-1)
    const fits = versions <= versionsTogether && characters <= charactersAtOnce
    if (unit !== undefined && fits && among.length === 0) unit.push(snapshot)
    else {
      units.push([snapshot])
      versions = snapshot.versions.length
      characters = size
    }
  }
  return units
}

async function recordUnit(
  parts: WatchParts,
  settings: Settings,
  unit: readonly NewSnapshot[],
  alongside: Alongside,
): Promise<readonly (RecordedSnapshot | null)[]> {
  const [only] = unit
  if (only === undefined) return []
  if (unit.length === 1 && isLarge(only.versions)) {
    return [await again(() => recordLarge(parts, settings, only, alongside))]
  }
  return again(() => recordSmall(parts, settings, unit, alongside))
}

const isLarge = (versions: readonly NewVersion[]): boolean =>
  versions.length > versionsAtOnce ||
  versions.reduce((n, v) => n + (v.text?.length ?? 0), 0) > charactersAtOnce

/** Tries again while another writer was quicker. */
async function again<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      if (attempt >= attempts || !(isOutdated(error) || alreadyKnown(error))) throw error
    }
  }
}

async function recordSmall(
  parts: WatchParts,
  settings: Settings,
  unit: readonly NewSnapshot[],
  alongside: Alongside,
): Promise<readonly (RecordedSnapshot | null)[]> {
  const first = unit[0] as NewSnapshot
  const { runtime } = parts
  const token = await runtime.db.read(() => historyToken(first.collectionId))
  const versions = unit.flatMap((snapshot) => snapshot.versions)
  const upTo = first.kind === 'import' ? momentOf(first.at, 999) : Number.MAX_SAFE_INTEGER
  const known = await knownPages(parts, versions, upTo, settings.extract)
  const steps = await withMoves(
    parts,
    planSteps(unit, known, () => runtime.ids('wve')),
  )
  if (steps.length === 0) {
    await runtime.db.tx(() => alongside(unit.length, 0))
    return unit.map(() => null)
  }
  const [judged, kept] = await Promise.all([
    judgeSteps(parts, settings.ignore, steps, known),
    keepBytes(parts, first.collectionId, steps),
  ])
  const recorded = await runtime.db.tx(() =>
    writeSmall(parts, { unit, token, judged, kept, alongside }),
  )
  rememberTexts(parts, kept)
  return recorded
}
