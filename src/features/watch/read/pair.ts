import { minuteText } from '#kernel/clock.ts'
/** What a page was at two moments, and what of it the database knows without reading a text. */
import type { Work } from '#kernel/work.ts'
import { Problem } from '#kernel/problem.ts'
import type { StepKind } from '../schema.ts'
import {
  pageAt,
  snapshotByStamp,
  versionAt,
  type CollectionRow,
  type DatedVersion,
  type PageRow,
  type SnapshotRow,
} from './load.ts'
import { boundariesBetween } from './store.snapshots.ts'
import { changedBetween, pagesBetween, versionsBetween, type StepRow } from './store.changes.ts'

/** One side of a diff. */
export interface PairSide {
  readonly version: DatedVersion
  /** Where the page stood then. */
  readonly page: string
}

/** A snapshot, as far as a diff needs it. */
export type Moment = Pick<SnapshotRow, 'at' | 'stamp' | 'moment'>

export interface Pair {
  readonly page: PageRow
  readonly a: Moment
  readonly b: Moment
  /** Null: the page did not exist. */
  readonly left: PairSide | null
  readonly right: PairSide | null
  /** What its steps in between were judged as; undefined where only comparing can tell. */
  readonly kind: StepKind | undefined
  readonly boundary: string | null
  /** Other pages that changed in between, when they are few and small enough to look for moved text in them. */
  readonly others: readonly StepRow[]
}

/** The two snapshots of an address. Throws `not_found`, and `invalid_input` when b is the older one. */
export function* snapshotPair(
  collectionId: string,
  stamps: { readonly a: string; readonly b: string },
): Work<{ readonly a: SnapshotRow; readonly b: SnapshotRow }> {
  const a = yield* snapshotByStamp(collectionId, stamps.a)
  const b = yield* snapshotByStamp(collectionId, stamps.b)
  if (a.moment > b.moment)
    throw new Problem('invalid_input', `${stamps.b} is older than ${stamps.a}.`, {
      remedy: `Ask from the older to the newer: ${stamps.b}, then ${stamps.a}.`,
      errors: [{ field: 'path.b', message: 'is older than a' }],
    })
  return { a, b }
}

/** Text that moved between pages is looked for in at most so many other pages, of so many bytes on both sides. */
const mostOthers = 12
const mostOtherBytes = 300_000

/** Throws `not_found` when there is no such page or snapshot. */
export function* pairAt(
  collection: CollectionRow,
  path: string,
  stamps: { readonly a: string; readonly b: string },
): Work<Pair> {
  const { a, b } = yield* snapshotPair(collection.id, stamps)
  return yield* pairOf(collection, path, a, b)
}

/** Before the first snapshot, where there was nothing. */
export const beginning = ({ at, stamp }: Moment): Moment => ({ at, stamp, moment: -1 })

export function* pairOf(collection: CollectionRow, path: string, a: Moment, b: Moment): Work<Pair> {
  const page = yield* pageAt(collection.id, path)
  const before = yield* versionAt(page.id, a.moment)
  const after = yield* versionAt(page.id, b.moment)
  const between = yield* versionsBetween(page.id, a.moment, b.moment)
  const only = between.length === 1 ? between[0] : undefined
  let left = sideOf(before, path)
  const right = sideOf(after, path)
  if (left === null && only?.kind === 'moved' && only.moved !== null) {
    const old = yield* pageAt(collection.id, only.moved)
    left = sideOf(yield* versionAt(old.id, a.moment), only.moved)
  }
  return {
    page,
    a,
    b,
    left,
    right,
    kind: only?.kind as StepKind | undefined,
    boundary: yield* boundaryOf(collection.id, a, b, left, right, between),
    others: yield* othersOf(collection.id, page.id, a, b, left, right),
  }
}

const sideOf = (version: DatedVersion | undefined, page: string): PairSide | null =>
  version === undefined || version.text_id === null ? null : { version, page }

function* othersOf(
  collectionId: string,
  pageId: string,
  a: Moment,
  b: Moment,
  left: PairSide | null,
  right: PairSide | null,
): Work<readonly StepRow[]> {
  if (left?.version.text_id === right?.version.text_id) return []
  // Few or none: over a long time the whole list would cost more than the diff.
  const ids = yield* pagesBetween(collectionId, a.moment, b.moment, mostOthers + 2)
  if (ids.length > mostOthers + 1 || ids.every((id) => id === pageId)) return []
  const rows = yield* changedBetween(collectionId, a.moment, b.moment)
  const others = rows.filter((row) => row.page_id !== pageId && row.text_id !== row.left_text)
  const bytes = others.reduce((sum, row) => sum + row.bytes + (row.left_bytes ?? 0), 0)
  return bytes > mostOtherBytes ? [] : others
}

/** One sentence where the texts of both sides were not made by the same extraction, so that part of the diff may be its doing. */
function* boundaryOf(
  collectionId: string,
  a: Moment,
  b: Moment,
  left: PairSide | null,
  right: PairSide | null,
  between: readonly { readonly moment: number; readonly extractor: string }[],
): Work<string | null> {
  const notes = (yield* boundariesBetween(collectionId, a.moment, b.moment)).map(noteOf)
  if (left !== null && right !== null && left.version.extractor !== right.version.extractor) {
    const first = between.find((version) => version.extractor !== left.version.extractor)
    const since = minuteText(first === undefined ? right.version.at : first.moment / 1000)
    notes.push(
      `Since ${since} this page is extracted by ${right.version.extractor}, before by ${left.version.extractor}. Part of what differs can come from that.`,
    )
  }
  return notes.length === 0 ? null : notes.join(' ')
}

/** What is said of a boundary that lies between two snapshots. */
export const noteOf = ({ at, note }: SnapshotRow): string =>
  note === null || note === ''
    ? `On ${minuteText(at)} the extraction changed, and older pages could not be extracted again.`
    : `${minuteText(at)}: ${note}`
