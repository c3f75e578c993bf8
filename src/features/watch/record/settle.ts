/**
 * Judges what is known once more: after an import into the past, after other rules to ignore lines, after history was
 * extracted again. Texts and times stay; kinds, sizes and sums follow.
 */
import { valueOf } from '#kernel/pool.ts'
import type { Work } from '#kernel/work.ts'
import { readText } from '../archive/index.ts'
import { parseSettings, type Settings } from '../collections/settings.ts'
import { flipWindow } from '../noise/judge.ts'
import type { judgePages, JudgedStep, PageSteps } from '../noise/task.ts'
import type { WatchParts } from '../parts.ts'
import { collectionById } from '../read/load.ts'
import { comparable, deriveStored } from './extractor.ts'
import { sumsOf } from './judged.ts'
import {
  changeSnapshot,
  deleteVersion,
  firstSnapshotId,
  judgeVersion,
  pageRow,
  snapshotRow,
  stepsOfSnapshot,
  versionsOfPage,
  type PageVersion,
} from './store.settle.ts'
import { inTurn } from './turn.ts'
import { boundaryNote } from './write.ts'

const task = new URL('../noise/task.ts', import.meta.url)
/** Versions that are read and judged at once. */
const versionsAtOnce = 40
/** Rows that a transaction changes. */
const rowsAtOnce = 100

/**
 * Judges all versions of these pages again, and sums up the snapshots concerned. A version whose text and bytes are those
 * before it by now (an import brought them) is dropped; its snapshot stays addressable.
 */
export async function settle(
  parts: WatchParts,
  collectionId: string,
  pageIds: readonly string[],
): Promise<{ readonly changed: number; readonly dropped: number }> {
  const sum = { changed: 0, dropped: 0 }
  for (const pageId of pageIds) {
    const { changed, dropped } = await inTurn(parts.runtime, collectionId, async () => {
      const row = await parts.runtime.db.read(() => collectionById(collectionId))
      return row === undefined
        ? { changed: 0, dropped: 0 }
        : settlePage(parts, parseSettings(row), pageId)
    })
    sum.changed += changed
    sum.dropped += dropped
  }
  await inTurn(parts.runtime, collectionId, () => settleFirst(parts, collectionId))
  return sum
}

interface Verdict {
  readonly version: PageVersion
  /** Null: the version is none. */
  readonly step: JudgedStep | null
}

export async function settlePage(
  parts: WatchParts,
  settings: Settings,
  pageId: string,
): Promise<{ readonly changed: number; readonly dropped: number }> {
  const { db } = parts.runtime
  const page = await db.read(() => pageRow(pageId))
  const versions = await db.read(() => versionsOfPage(pageId))
  if (page === undefined || versions.length === 0) return { changed: 0, dropped: 0 }
  const kept: PageVersion[] = []
  const verdicts: Verdict[] = []
  for (const version of versions) {
    const before = kept.at(-1)
    const same = before ? sameVersion(before, version) : version.text_id === null
    if (same) verdicts.push({ version, step: null })
    else kept.push(version)
  }
  for (let at = 0; at < kept.length; at += versionsAtOnce)
    verdicts.push(...(await judgeSome(parts, settings, page, kept, at)))
  const wrong = verdicts.filter(({ version, step }) => step === null || differs(version, step))
  const snapshots = new Set(wrong.map(({ version }) => version.snapshot_id))
  for (let at = 0; at < wrong.length; at += rowsAtOnce)
    await db.tx(function* () {
      for (const { version, step } of wrong.slice(at, at + rowsAtOnce)) {
        if (step === null) yield* deleteVersion(version.id)
        else yield* judgeVersion(version.id, step)
      }
    })
  for (const id of snapshots) await db.tx(() => sumUp(id))
  const dropped = wrong.filter(({ step }) => step === null).length
  return { changed: wrong.length - dropped, dropped }
}

/** Bytes of their own are kept although they make the same text: another extractor may make another one of them. */
const sameVersion = (before: PageVersion, version: PageVersion): boolean =>
  before.text_id === version.text_id &&
  (version.raw_id === null || version.raw_id === before.raw_id)

const differs = (version: PageVersion, step: JudgedStep): boolean =>
  version.kind !== step.kind ||
  version.added !== step.added ||
  version.removed !== step.removed ||
  version.flip_of !== step.flipOf

/** The versions `[from, from + versionsAtOnce)` of a page, judged against the ones before. */
async function judgeSome(
  parts: WatchParts,
  settings: Settings,
  page: { readonly path: string; readonly url: string },
  versions: readonly PageVersion[],
  from: number,
): Promise<readonly Verdict[]> {
  const some = versions.slice(from, from + versionsAtOnce)
  const text = async (version: PageVersion | undefined): Promise<string | null> =>
    version?.text_id == null ? null : readText(parts.runtime, version.text_id)
  let before = await text(versions[from - 1])
  const texts: PageSteps['texts'][number][] = []
  const boundaries = new Set<string>()
  for (const [n, version] of some.entries()) {
    const last = versions[from + n - 1]
    const after = await text(version)
    const apart =
      last !== undefined &&
      before !== null &&
      after !== null &&
      !comparable(last.extractor, version.extractor)
    const again = apart ? await deriveStored(parts, last, page.url, settings.extract) : null
    const usable = again !== null && comparable(again.extractor, version.extractor)
    if (apart && !usable) boundaries.add(version.id)
    texts.push({ id: version.id, before: usable ? again.text : before, text: after })
    before = after
  }
  const earlier = versions.slice(Math.max(0, from - flipWindow), from).toReversed()
  const [judged = []] = valueOf(
    await parts.runtime.pool.run<typeof judgePages>(task, 'judgePages', {
      rules: settings.ignore,
      pages: [{ page: page.path, earlier, texts }],
    }),
  )
  return some.flatMap((version, n) => {
    const step = judged[n]
    return step === undefined ? [] : [{ version, step: verdict(version, step, boundaries) }]
  })
}

function verdict(
  version: PageVersion,
  step: JudgedStep,
  boundaries: ReadonlySet<string>,
): JudgedStep {
  if (boundaries.has(version.id)) return { ...step, kind: 'boundary' }
  // Where a page moved from is known from its neighbours in the snapshot, and stays true while it is new there.
  if (version.moved !== null && (step.kind === 'new' || step.kind === 'gone'))
    return {
      ...step,
      kind: version.text_id === null ? 'gone' : 'moved',
      added: version.added,
      removed: version.removed,
    }
  return step
}

/** The sums of a snapshot from its versions. */
export function* sumUp(snapshotId: string): Work<void> {
  const steps = yield* stepsOfSnapshot(snapshotId)
  const row = yield* snapshotRow(snapshotId)
  const boundary = steps.some((step) => step.kind === 'boundary')
  yield* changeSnapshot(snapshotId, {
    ...sumsOf(steps),
    ...(boundary && row?.note === null ? { note: boundaryNote } : {}),
    ...(!boundary && row?.note === boundaryNote ? { note: null } : {}),
  })
}

/** `first` is the oldest snapshot; an import may have brought older ones. */
export async function settleFirst(parts: WatchParts, collectionId: string): Promise<void> {
  await parts.runtime.db.tx(function* () {
    const { oldest, marked } = yield* firstSnapshotId(collectionId)
    for (const id of marked.filter((m) => m !== oldest)) {
      const row = yield* snapshotRow(id)
      const kind = row?.import_key == null ? 'run' : 'import'
      yield* changeSnapshot(id, { kind })
    }
    if (oldest !== undefined && !marked.includes(oldest))
      yield* changeSnapshot(oldest, { kind: 'first' })
  })
}
