/** Lines that stand on pages now, or ever stood on one: when they appeared and when they went. */
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { indexLines, readLines, searchLines, whereLines, type LinePlace } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { SearchHit } from '../schema.ts'
import { namesOf, timelinesOf, type TimedText } from './store.search.ts'

export interface SearchQuestion {
  readonly q: string
  readonly scope: 'current' | 'ever'
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface SearchAnswer {
  readonly items: readonly SearchHit[]
  readonly next: string | null
  /** False while lines are still being indexed: more may be found a moment later. */
  readonly complete: boolean
}

/** What was stored last is found at once, unless it is very much. */
const indexFor = 60
/** Lines looked at for one answer; of those that are gone, a search of the present finds many. */
const mostLines = 1000
const linesAtOnce = 100
/** A line that stands on every page (a notice, a footer) is shown on so many of them. */
const mostPlaces = 20

/** The lines first seen last come first. A line stays together with all its places, so an answer may hold a few hits more than its limit. */
export async function searchPages(
  parts: WatchParts,
  collectionId: string,
  { q, scope, cursor, limit }: SearchQuestion,
): Promise<SearchAnswer> {
  const { runtime } = parts
  const { done } = await indexLines(runtime, collectionId, indexFor)
  const items: SearchHit[] = []
  let from = cursor === undefined ? undefined : Number(decodeCursor(cursor)[0])
  for (let looked = 0; looked < mostLines; looked += linesAtOnce) {
    const size = Math.min(linesAtOnce, scope === 'ever' ? limit - items.length : linesAtOnce)
    const found = await searchLines(runtime, collectionId, q, { cursor: from, limit: size })
    const hits = await hitsOf(parts, collectionId, found.items, scope)
    for (const { lineId } of found.items) {
      items.push(...(hits.get(lineId) ?? []))
      from = lineId
      if (items.length >= limit) break
    }
    const last = found.next === null && from === found.items.at(-1)?.lineId
    if (found.items.length === 0 || last) return { items, next: null, complete: done }
    if (items.length >= limit) break
  }
  return { items, next: from === undefined ? null : encodeCursor([from]), complete: done }
}

async function hitsOf(
  parts: WatchParts,
  collectionId: string,
  lines: readonly { readonly lineId: number; readonly text: string }[],
  scope: SearchQuestion['scope'],
): Promise<ReadonlyMap<number, readonly SearchHit[]>> {
  const { runtime } = parts
  const places = await whereLines(
    runtime,
    collectionId,
    lines.map(({ lineId }) => lineId),
  )
  const pageIds = [...new Set(places.map(({ pageKey }) => pageKey))]
  const { timelines, names } = await runtime.db.read(function* () {
    return { timelines: yield* timelinesOf(pageIds), names: yield* namesOf(pageIds) }
  })
  const stands = places.flatMap((place) => {
    const life = lifeOf(place, timelines.get(place.pageKey) ?? [])
    return life === undefined || (scope === 'current' && life.went !== null)
      ? []
      : [{ ...place, ...life }]
  })
  const texts = new Map(lines.map(({ lineId, text }) => [lineId, text]))
  const hits = new Map<number, SearchHit[]>()
  const known = new Map<string, Int32Array>()
  for (const { lineId, pageKey, textId, appeared, went } of stands) {
    const list = hits.get(lineId) ?? []
    hits.set(lineId, list)
    const name = names.get(pageKey)
    if (name === undefined || list.length >= mostPlaces) continue
    const ids = known.get(textId) ?? (await readLines(runtime, textId)).ids
    known.set(textId, ids)
    const line = ids.indexOf(lineId)
    list.push({
      page: name.path,
      title: name.title,
      line: line === -1 ? null : line + 1,
      text: texts.get(lineId)?.replace(/\r?\n$/, '') ?? '',
      appeared,
      disappeared: went,
    })
  }
  return hits
}

/** When a line came to a page, and when it left it for good; breaks in between are not told. */
export function lifeOf(
  { textIds }: Pick<LinePlace, 'textIds'>,
  timeline: readonly TimedText[],
):
  | {
      readonly appeared: { readonly at: number; readonly stamp: string }
      readonly went: { readonly at: number; readonly stamp: string } | null
      /** The newest text that has the line. */
      readonly textId: string
    }
  | undefined {
  const having = new Set(textIds)
  const has = ({ text_id }: TimedText): boolean => text_id !== null && having.has(text_id)
  const appeared = timeline.find(has)
  const newest = timeline.findLastIndex(has)
  const textId = timeline[newest]?.text_id
  if (appeared === undefined || textId == null) return undefined
  const after = timeline[newest + 1]
  return {
    appeared: { at: appeared.at, stamp: appeared.stamp },
    went: after === undefined ? null : { at: after.at, stamp: after.stamp },
    textId,
  }
}
