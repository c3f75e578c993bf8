/** The diff of one page between two moments: what is stored, compared once and kept. */
import { readLines, readManyIds } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { DiffOptions, PageDiff, StepKind } from '../schema.ts'
import { createByteCache, type ByteCache } from './cache.ts'
import { compareVersion, type CompareInput } from './compare.ts'
import { compareTask, type ComparedJson } from './compare.task.ts'
import type { CollectionRow } from './load.ts'
import type { Pair, PairSide } from './pair.ts'
import type { StepRow } from './store.changes.ts'
import { compute, rulesOf, textOf } from './texts.ts'

/** A diff as the API answers it, its hunks written down already. */
export interface PageDiffJson extends Omit<PageDiff, 'hunks'> {
  readonly hunks: string
}

/** The whole answer. The hunks, nearly all of it, are not written a second time. */
export function diffJson({ hunks, ...head }: PageDiffJson): string {
  return `${JSON.stringify(head).slice(0, -1)},"hunks":${hunks}}`
}

/** Bytes of diffs that a process keeps. */
const keep = 32 * 1024 * 1024
const caches = new WeakMap<object, ByteCache<ComparedJson>>()
function cacheOf({ runtime }: WatchParts): ByteCache<ComparedJson> {
  const cache = caches.get(runtime) ?? createByteCache<ComparedJson>(keep)
  caches.set(runtime, cache)
  return cache
}

const url = new URL('./compare.task.ts', import.meta.url)
const task = { run: compareTask, name: 'compareTask', url }

/** @param rows at most so many, for a report; all that one answer holds when left out */
export async function pageDiff(
  parts: WatchParts,
  collection: CollectionRow,
  pair: Pair,
  options: DiffOptions,
  rows?: number,
): Promise<PageDiffJson> {
  const compared = await comparedJson(parts, collection, pair, options, rows)
  return { ...headOf(pair, compared), ...compared }
}

async function comparedJson(
  parts: WatchParts,
  collection: CollectionRow,
  pair: Pair,
  options: DiffOptions,
  rows: number | undefined,
): Promise<ComparedJson> {
  const cache = cacheOf(parts)
  const key = JSON.stringify([
    compareVersion,
    // The ignore rules are part of the settings that the revision counts.
    collection.id,
    collection.revision,
    pair.page.id,
    pair.left?.version.text_id,
    pair.right?.version.text_id,
    pair.others.map((other) => [other.left_text, other.text_id]),
    [options.formatting, options.ignored, options.paragraphs, options.context, rows],
  ])
  const known = cache.get(key)
  if (known !== undefined) return known
  const { input, characters } = await compareInput(parts, collection, pair, options)
  const most = rows === undefined ? {} : { rows }
  const found = await compute(parts, task, { ...input, ...most }, characters)
  cache.set(key, found, 2 * found.hunks.length + key.length)
  return found
}

/** Everything that comparing needs, and how much it is. */
export async function compareInput(
  parts: WatchParts,
  collection: CollectionRow,
  pair: Pair,
  options: DiffOptions,
): Promise<{ readonly input: CompareInput; readonly characters: number }> {
  const left = await linesOf(parts, pair.left)
  const right = await linesOf(parts, pair.right)
  const related = await sharing(parts, left?.ids, right?.ids, pair.others)
  const others = await Promise.all(
    related.map(async (other) => ({
      page: other.path,
      left: await textOf(parts, other.left_text),
      right: await textOf(parts, other.text_id),
    })),
  )
  const { view: _, ...asked } = options
  const input: CompareInput = {
    page: pair.page.path,
    left: left?.lines.join('') ?? null,
    right: right?.lines.join('') ?? null,
    rules: rulesOf(collection),
    options: asked,
    others,
  }
  const characters = [input, ...others].reduce(
    (sum, texts) => sum + (texts.left?.length ?? 0) + (texts.right?.length ?? 0),
    0,
  )
  return { input, characters }
}

const linesOf = ({ runtime }: WatchParts, side: PairSide | null) =>
  side?.version.text_id == null ? null : readLines(runtime, side.version.text_id)

/**
 * The other pages that a line left for this one, or came to from it. Told by line numbers alone, which costs one query
 * where reading both texts of ten pages costs twenty.
 */
async function sharing(
  { runtime }: WatchParts,
  left: Int32Array | undefined,
  right: Int32Array | undefined,
  others: readonly StepRow[],
): Promise<readonly StepRow[]> {
  if (others.length === 0) return []
  const textIds = others.flatMap((other) => [other.left_text, other.text_id])
  const known = textIds.filter((id) => id !== null)
  const read = await readManyIds(runtime, known)
  const idsOf = new Map(known.map((id, i) => [id, read[i]]))
  const mine = { left: new Set(left), right: new Set(right) }
  return others.filter((other) => {
    const theirs = {
      left: new Set(idsOf.get(other.left_text ?? '')),
      right: new Set(idsOf.get(other.text_id ?? '')),
    }
    return goes(mine, theirs) || goes(theirs, mine)
  })
}

interface Ids {
  readonly left: ReadonlySet<number>
  readonly right: ReadonlySet<number>
}

/** Whether a line left the one page and came to the other. */
function goes(from: Ids, to: Ids): boolean {
  for (const id of from.left)
    if (!from.right.has(id) && to.right.has(id) && !to.left.has(id)) return true
  return false
}

function headOf(
  pair: Pair,
  compared: Pick<ComparedJson, 'formattingOnly'>,
): Pick<PageDiff, 'page' | 'title' | 'url' | 'kind' | 'from' | 'to' | 'boundary'> {
  const { page, a, b, left, right, boundary } = pair
  return {
    page: page.path,
    title: page.title,
    url: page.url,
    kind: kindOf(pair, compared.formattingOnly),
    from: sideView(left, a, page.path),
    to: sideView(right, b, page.path),
    boundary,
  }
}

const sideView = (
  side: PairSide | null,
  { at, stamp }: { readonly at: number; readonly stamp: string },
  path: string,
): PageDiff['from'] =>
  side && {
    at,
    version: stamp,
    since: side.version.stamp,
    ...(side.page === path ? {} : { page: side.page }),
  }

/** What was judged when it was recorded, where that is about the same two texts. */
function kindOf({ left, right, kind }: Pair, formattingOnly: boolean): StepKind {
  if (kind !== undefined) return kind
  if (left === null && right !== null) return 'new'
  if (left !== null && right === null) return 'gone'
  const same = left?.version.text_id === right?.version.text_id
  return same || formattingOnly ? 'quiet' : 'changed'
}
