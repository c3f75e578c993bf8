/** Failures from run to run: one record for as long as a page (or a source) fails in the same way. Pure. */
import type { TroubleEvent } from '../event.ts'
import type { Failure } from './checking.ts'
import type { FailureRow } from './store.ts'

/** Failing runs in a row after which people are told. */
export const troubleAfter = 3
/** Pages that are told of one by one; more of them at once are one event, or a site that is down would be thousands. */
const toldSingly = 3

export interface Failed {
  /** Null: a source's own list. */
  readonly pageId: string | null
  readonly page: string | null
  readonly failure: Failure
  /** The page is gone for good now: recorded, and not open. */
  readonly settled: boolean
}

export interface Noted {
  readonly insert: readonly Omit<FailureRow, 'id'>[]
  readonly update: readonly FailureRow[]
  /** Ids of records that are closed: taken in again, or failing in another way by now. */
  readonly mend: readonly string[]
  readonly trouble: readonly TroubleEvent[]
}

export interface Occasion {
  readonly collectionId: string
  readonly runId: string
  readonly at: number
}

/** @param open failures from before; those of pages that were not `looked` at stay as they are */
export function noteFailures(
  occasion: Occasion,
  open: readonly FailureRow[],
  failed: readonly Failed[],
  looked: { readonly pageIds: ReadonlySet<string>; readonly sourceUrls: ReadonlySet<string> },
): Noted {
  const before = new Map(open.map((row) => [keyOf(row.page_id, row.url), row]))
  const insert: Omit<FailureRow, 'id'>[] = []
  const update: FailureRow[] = []
  const mend: string[] = []
  const third: Failed[] = []
  const still = new Set<string>()
  for (const one of failed) {
    const { pageId, failure, settled } = one
    const key = keyOf(pageId, failure.url)
    const last = before.get(key)
    const inARow = (last?.in_a_row ?? 0) + 1
    const now = {
      run_id: occasion.runId,
      url: failure.url,
      at: occasion.at,
      status: failure.status,
      message: failure.message,
      remedy: failure.remedy,
      in_a_row: inARow,
    }
    still.add(key)
    if (last?.kind === failure.kind) {
      update.push({ ...last, ...now })
      if (settled) mend.push(last.id)
    } else {
      if (last) mend.push(last.id)
      insert.push({
        collection_id: occasion.collectionId,
        page_id: pageId,
        kind: failure.kind,
        mended: settled ? 1 : 0,
        ...now,
      })
    }
    if (inARow === troubleAfter && !settled) third.push(one)
  }
  for (const [key, row] of before) {
    const wasLooked =
      row.page_id === null ? looked.sourceUrls.has(row.url) : looked.pageIds.has(row.page_id)
    if (wasLooked && !still.has(key)) mend.push(row.id)
  }
  return { insert, update, mend, trouble: troubleOf(occasion, third) }
}

/** Of a page its failures follow each other wherever it redirects to; of a source each address counts. */
const keyOf = (pageId: string | null, url: string): string => pageId ?? `source ${url}`

function troubleOf(
  { collectionId, runId, at }: Occasion,
  third: readonly Failed[],
): readonly TroubleEvent[] {
  const event = ({ page, failure }: Failed): TroubleEvent => ({
    kind: 'trouble',
    collectionId,
    at,
    runId,
    page,
    url: failure.url,
    failure: failure.kind,
    message: failure.message,
  })
  const sources = third.filter((one) => one.pageId === null)
  const pages = third.filter((one) => one.pageId !== null)
  const [first] = pages
  if (first === undefined || pages.length <= toldSingly) return third.map(event)
  const message = `${pages.length} pages fail for the third run in a row. The first: ${first.failure.message}`
  return [...sources.map(event), { ...event(first), page: null, message }]
}
