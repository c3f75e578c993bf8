import type { z } from 'zod'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { keyOf, type PolicyParts } from '../parts.ts'
import type * as schema from './schema.ts'
import type { Principal } from '../snapshot.ts'
import { policyHead } from '../store.ts'
import { runningRollout } from './store.ts'
import { whoIsServed } from './view.ts'

/** Who is in the stage. Filtered in memory, as everybody is there anyhow; fetches are read for one page only, unless all are downloaded. */
export function* listed(
  { directory, fetches }: PolicyParts,
  policyId: string,
  query: z.output<typeof schema.inStageQuery>,
): Work<z.input<typeof schema.inStagePage> | Response> {
  found(yield* policyHead(policyId), 'policy')
  const running = yield* runningRollout(policyId)
  const everybody = running ? whoIsServed(yield* directory.present(), running.id) : []
  const served = running
    ? yield* fetches.servedTo(running.version_id, running.started_at)
    : new Map<string, number>()
  const text = query.q?.trim().toLowerCase() ?? ''
  const all = everybody.filter(
    (who) =>
      who.label.toLowerCase().includes(text) &&
      (query.kind === undefined || who.kind === query.kind) &&
      (query.served === undefined || served.has(keyOf(who)) === (query.served === 'yes')),
  )
  function* view(some: readonly Principal[]): Work<schema.InStage[]> {
    const last = yield* fetches.lastFetches(some)
    return some.map((who) => {
      const key = keyOf(who)
      const servedAt = served.get(key) ?? null
      const newest = last.get(key) ?? null
      return {
        kind: who.kind,
        id: who.id,
        label: who.label,
        state: servedAt !== null ? 'served' : newest ? 'waiting' : 'never',
        servedAt,
        last: newest,
      }
    })
  }
  if (query.format !== undefined) {
    const items = yield* view(all)
    return query.format === 'json' ? jsonResponse('stage', items) : csv(items)
  }
  const from = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor)[0])
  const page = pageOf(all.slice(from, from + query.limit + 1), query.limit, () => [
    from + query.limit,
  ])
  return { items: yield* view(page.items), next: page.next, total: all.length }
}

const csv = (items: readonly schema.InStage[]): Response =>
  csvResponse(
    'stage',
    ['kind', 'name', 'state', 'served_at', 'last_fetch', 'last_version', 'id'],
    items.map((one) => [
      one.kind,
      one.label,
      one.state,
      timeCell(one.servedAt),
      timeCell(one.last?.at),
      one.last?.version,
      one.id,
    ]),
  )
