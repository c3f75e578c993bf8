/** Which of the versions handed in are steps: pure. */
import { textHash } from '../noise/judge.ts'
import type { NewSnapshot, NewVersion } from './shapes.ts'
import type { KnownVersion } from './store.ts'

/** What is known of a page before the snapshots that are recorded. */
export interface KnownPage {
  /** Newest first, at most eight. */
  readonly versions: readonly KnownVersion[]
  /** The newest one's text; null: gone, or never there. */
  readonly text: string | null
  /**
   * The newest one's text as the present extractor makes it, where another one made it; null: its bytes are not kept any
   * more, so no difference can be told apart from the extractor's.
   */
  readonly rederived?: string | null
}

/** One version that will be written. */
export interface Step {
  readonly id: string
  /** Its place among the snapshots. */
  readonly snapshot: number
  readonly version: NewVersion
  /** What it is compared with; null: the page was not there. */
  readonly before: string | null
  /** The page's path it came from, or (gone) went to. */
  readonly moved: string | null
  /** The extractor changed and the old bytes are gone: what differs may be its doing. */
  readonly boundary: boolean
}

/**
 * The steps in order, pages that did not change left out. `known` has every page of the snapshots that was ever recorded.
 */
export function planSteps(
  snapshots: readonly NewSnapshot[],
  known: ReadonlyMap<string, KnownPage>,
  newId: () => string,
): readonly Step[] {
  const now = new Map<string, string | null>()
  const hashes = new Map<string, string | null>()
  const steps: Step[] = []
  for (const [snapshot, { versions }] of snapshots.entries()) {
    for (const version of versions) {
      const { pageId, text } = version
      const page = known.get(pageId)
      const first = !now.has(pageId)
      const before = first ? (page?.text ?? null) : (now.get(pageId) ?? null)
      if (text === before) continue
      if (first && page !== undefined && text !== null && text === page.rederived) continue
      // A text that is not valid Unicode is not the same after it was stored; its hash is.
      const hash = text === null ? null : textHash(text)
      const beforeHash = first ? (page?.versions[0]?.sha256 ?? null) : hashes.get(pageId)
      if (hash !== null && hash === beforeHash && before !== null) continue
      const other = first && before !== null && text !== null && page?.rederived !== undefined
      steps.push({
        id: newId(),
        snapshot,
        version,
        before: other ? (page.rederived ?? before) : before,
        moved: null,
        boundary: other && page.rederived === null,
      })
      now.set(pageId, text)
      hashes.set(pageId, hash)
    }
  }
  return steps
}
