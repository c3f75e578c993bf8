/** One step as people are told of it in feeds, mails and webhooks: the largest changes first, within bounds. */
import { keysBetween } from '../keys/step.ts'
import type { WatchParts } from '../parts.ts'
import type { ReportOptions, ReportPage, StepReport } from '../report.ts'
import { addressesOf, type Addresses } from '../schema.address.ts'
import type { DiffOptions, PageDiff } from '../schema.ts'
import { changedSet, type Changed } from './changes.ts'
import { diffJson, pageDiff } from './diff.ts'
import { collectionById, snapshotBefore, snapshotById, type CollectionRow } from './load.ts'
import { beginning, pairOf, type Moment } from './pair.ts'
import { changedBetween, type StepRow } from './store.changes.ts'
import { textOf } from './texts.ts'

const defaultRows = 400
const defaultPages = 30
/** A page takes half of the rows that are left, but not fewer than these: one large page does not hide the others. */
const fewestRows = 40
/** Pages in which a term is looked for. More change at once only where a whole set is new. */
const mostSearched = 500

const shown: DiffOptions = {
  view: 'side',
  formatting: 'hidden',
  ignored: 'hidden',
  paragraphs: 'off',
  context: 3,
}

interface Step {
  readonly snapshotId: string
  readonly collection: CollectionRow
  readonly a: Moment
  readonly b: Moment
  /** The stamp before; null for the first. */
  readonly from: string | null
  readonly rows: readonly StepRow[]
}

/** Undefined when there is no such snapshot, or nothing is left after the options. */
export async function reportOf(
  parts: WatchParts,
  snapshotId: string,
  options: ReportOptions,
): Promise<StepReport | undefined> {
  const step = await stepOf(parts, snapshotId)
  if (step === undefined) return undefined
  const how = options.formatting === true ? { ...shown, formatting: 'shown' as const } : shown
  const told = (await changedSet(parts, step.collection, step.rows, shown)).pages.filter(
    (page) =>
      isTold(page, options.formatting === true) &&
      (options.page === undefined || page.page === options.page),
  )
  const wanted = options.term === undefined ? told : await saying(parts, step, told, options.term)
  if (wanted.length === 0) return undefined
  const largestFirst = wanted.toSorted(
    (x, y) => y.added + y.removed - x.added - x.removed || (x.page < y.page ? -1 : 1),
  )
  const pages = largestFirst.slice(0, options.maxPages ?? defaultPages)
  const { collection, a, b, from } = step
  const addresses = addressesOf(paramsOf(collection))
  return {
    collection: { id: collection.id, path: collection.path, title: collection.title },
    snapshotId,
    at: b.at,
    stamp: b.stamp,
    from,
    added: wanted.reduce((sum, page) => sum + page.added, 0),
    removed: wanted.reduce((sum, page) => sum + page.removed, 0),
    pages: await withDiffs(parts, step, pages, how, options.maxRows ?? defaultRows),
    more: wanted.length - pages.length,
    link: from === null ? addresses.root : addresses.step(from, b.stamp),
    keys: from === null ? null : await keysOf(parts, collection, a, b),
  }
}

export const paramsOf = (collection: CollectionRow) => ({
  v: collection.vendor,
  p: collection.product,
  s: collection.set_name,
  l: collection.language,
})

function stepOf({ runtime }: WatchParts, snapshotId: string): Promise<Step | undefined> {
  return runtime.db.read(function* () {
    const b = yield* snapshotById(snapshotId)
    const collection = b && (yield* collectionById(b.collection_id))
    if (b === undefined || collection === undefined) return undefined
    const before = yield* snapshotBefore(collection.id, b.moment)
    const a = before ?? beginning(b)
    const rows = yield* changedBetween(collection.id, a.moment, b.moment)
    return { snapshotId, collection, a, b, from: before?.stamp ?? null, rows }
  })
}

const isTold = ({ kind }: Changed, formatting: boolean): boolean =>
  ['new', 'gone', 'moved', 'changed'].includes(kind) || (formatting && kind === 'quiet')

async function withDiffs(
  parts: WatchParts,
  step: Step,
  pages: readonly Changed[],
  how: DiffOptions,
  maxRows: number,
): Promise<readonly ReportPage[]> {
  const addresses = addressesOf(paramsOf(step.collection))
  const reported: ReportPage[] = []
  let left = maxRows
  for (const page of pages) {
    const most = Math.min(left, Math.max(fewestRows, Math.ceil(left / 2)))
    const diff = most > 0 ? await diffOf(parts, step, page, how, most) : null
    left -= diff?.hunks.reduce((sum, hunk) => sum + hunk.rows.length, 0) ?? 0
    const url = step.rows.find((row) => row.page_id === page.pageId)?.url ?? ''
    reported.push({
      pageId: page.pageId,
      page: page.page,
      title: page.title,
      url,
      kind: page.kind,
      added: page.added,
      removed: page.removed,
      link: linkOf(addresses, step, page.page),
      diff,
      cut: diff === null || diff.cut === true,
    })
  }
  return reported
}

const linkOf = (addresses: Addresses, { from, b }: Step, page: string): string =>
  from === null ? addresses.page(page) : addresses.diff(page, from, b.stamp)

async function diffOf(
  parts: WatchParts,
  { collection, a, b }: Step,
  { page }: Changed,
  how: DiffOptions,
  rows: number,
): Promise<PageDiff> {
  const pair = await parts.runtime.db.read(() => pairOf(collection, page, a, b))
  return JSON.parse(diffJson(await pageDiff(parts, collection, pair, how, rows))) as PageDiff
}

/** The pages in whose changed lines a text occurs. */
async function saying(
  parts: WatchParts,
  step: Step,
  pages: readonly Changed[],
  term: string,
): Promise<readonly Changed[]> {
  const text = term.toLowerCase()
  const found: Changed[] = []
  for (const page of pages.slice(0, mostSearched)) {
    const row = step.rows.find((r) => r.page_id === page.pageId)
    const texts = [row?.left_text ?? null, row?.text_id ?? null]
    const sides = await Promise.all(texts.map((id) => textOf(parts, id)))
    // Most pages do not hold the term at all. A moved page is compared with another page's text.
    const holds = sides.some((side) => side?.toLowerCase().includes(text))
    if (!holds && page.kind !== 'moved') continue
    const { hunks } = await diffOf(parts, step, page, { ...shown, context: 0 }, 50_000)
    const says = hunks.some((hunk) =>
      hunk.rows.some(
        ({ kind, left, right }) =>
          kind !== 'same' && [left, right].some((cell) => cell?.text.toLowerCase().includes(text)),
      ),
    )
    if (says) found.push(page)
  }
  return found
}

/** The sentence on policy keys. Which policies there are is not said to everybody who follows. */
async function keysOf(
  parts: WatchParts,
  collection: CollectionRow,
  a: Moment,
  b: Moment,
): Promise<string | null> {
  if (collection.policy_documentation === 0) return null
  const { items, summary } = await keysBetween(parts, collection.id, a.moment, b.moment, false)
  return items.length === 0 ? null : summary
}
