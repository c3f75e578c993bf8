/** The whole set between two moments: one line a page. */
import type { WatchParts } from '../parts.ts'
import type { ChangedPage, DiffOptions, StepKind } from '../schema.ts'
import { createByteCache, type ByteCache } from './cache.ts'
import { compareVersion } from './compare.ts'
import { countTask, type Count, type CountedPair } from './compare.task.ts'
import type { CollectionRow } from './load.ts'
import type { StepRow } from './store.changes.ts'
import { compute, rulesOf, textOf } from './texts.ts'

type Options = Pick<DiffOptions, 'formatting' | 'ignored'>

export interface Changed extends ChangedPage {
  readonly pageId: string
}

export interface ChangedSet {
  readonly pages: readonly Changed[]
  /** Some sizes are summed over steps instead of compared. */
  readonly estimated: boolean
}

/**
 * Pages that are compared anew for one answer, and their bytes; beyond it the sizes of their steps are summed. Steps of
 * neighbours need none: their sizes are stored.
 */
const mostCompared = 1000
const mostBytes = 40_000_000
/** Pages that one task counts. */
const atOnce = 25

/** Bytes of counts that a process keeps: about 100,000 pairs. */
const keep = 16 * 1024 * 1024
const caches = new WeakMap<object, ByteCache<Count>>()
function cacheOf({ runtime }: WatchParts): ByteCache<Count> {
  const cache = caches.get(runtime) ?? createByteCache<Count>(keep)
  caches.set(runtime, cache)
  return cache
}

/**
 * What is left of the rows of a step: pages whose text is the same on both sides, and gone pages that another row shows as
 * moved, are no change of the set.
 */
export async function changedSet(
  parts: WatchParts,
  collection: CollectionRow,
  rows: readonly StepRow[],
  options: Options,
): Promise<ChangedSet> {
  const movedFrom = new Set(rows.filter(isMoved).map((row) => row.moved))
  const changed = rows.filter(
    (row) => row.left_text !== row.text_id && !(row.text_id === null && movedFrom.has(row.path)),
  )
  const open = changed.filter((row) => !isStored(row, options))
  const counts = await counted(parts, collection, open, options)
  return {
    pages: changed.map((row) => view(row, counts.get(row.page_id))),
    estimated: counts.size < open.length,
  }
}

const isMoved = (row: StepRow): boolean => row.versions === 1 && row.kind === 'moved'

/** Whether the stored size is what was asked for: one step, judged without formatting and ignored lines. */
function isStored(row: StepRow, { formatting, ignored }: Options): boolean {
  if (row.versions > 1) return false
  // A moved page was compared with the text at its old address, which this row does not know.
  if (isMoved(row)) return true
  return formatting === 'hidden' && ignored === 'hidden'
}

function view(row: StepRow, count: Count | undefined): Changed {
  const alone = row.versions === 1
  return {
    pageId: row.page_id,
    page: row.path,
    title: row.title,
    kind: alone ? (row.kind as StepKind) : kindOf(row, count),
    added: count?.added ?? (alone ? row.added : row.all_added),
    removed: count?.removed ?? (alone ? row.removed : row.all_removed),
    movedFrom: alone ? row.moved : null,
  }
}

function kindOf(row: StepRow, count: Count | undefined): StepKind {
  if (row.left_text === null) return 'new'
  if (row.text_id === null) return 'gone'
  return count?.formattingOnly === true ? 'quiet' : 'changed'
}

async function counted(
  parts: WatchParts,
  collection: CollectionRow,
  rows: readonly StepRow[],
  options: Options,
): Promise<ReadonlyMap<string, Count>> {
  const cache = cacheOf(parts)
  const counts = new Map<string, Count>()
  const missing: { readonly row: StepRow; readonly key: string }[] = []
  for (const row of rows) {
    const key = JSON.stringify([
      compareVersion,
      collection.id,
      collection.revision,
      row.page_id,
      row.left_text,
      row.text_id,
      options.formatting,
      options.ignored,
    ])
    const known = cache.get(key)
    if (known === undefined) missing.push({ row, key })
    else counts.set(row.page_id, known)
  }
  let bytes = 0
  const some = missing.slice(0, mostCompared).filter(({ row }) => {
    bytes += row.bytes + (row.left_bytes ?? 0)
    return bytes <= mostBytes
  })
  for (let at = 0; at < some.length; at += atOnce) {
    const part = some.slice(at, at + atOnce)
    const found = await count(
      parts,
      collection,
      part.map(({ row }) => row),
      options,
    )
    for (const [i, { row, key }] of part.entries()) {
      const one = found[i]
      if (one === undefined) continue
      counts.set(row.page_id, one)
      cache.set(key, one, 160)
    }
  }
  return counts
}

const url = new URL('./compare.task.ts', import.meta.url)
const task = { run: countTask, name: 'countTask', url }

async function count(
  parts: WatchParts,
  collection: CollectionRow,
  rows: readonly StepRow[],
  { formatting, ignored }: Options,
): Promise<readonly Count[]> {
  const rules = rulesOf(collection)
  const options = { formatting, ignored, paragraphs: 'off', context: 0 } as const
  const pairs = await Promise.all(
    rows.map(async (row): Promise<CountedPair> => ({
      page: row.path,
      left: await textOf(parts, row.left_text),
      right: await textOf(parts, row.text_id),
      rules,
      options,
    })),
  )
  const characters = pairs.reduce(
    (sum, { left, right }) => sum + (left?.length ?? 0) + (right?.length ?? 0),
    0,
  )
  return compute(parts, task, { pairs }, characters)
}
