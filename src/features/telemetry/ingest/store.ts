/** Stores requests: on the embedded engine in a thread of its own (kernel/aside.ts), all that wait in one transaction. */
import { createHash } from 'node:crypto'
import type { Db } from '#kernel/db.ts'
import { protobufType } from '#kernel/dialect.otlp.ts'
import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { maxAttributes } from '../otlp/budget.ts'
import { decode } from '../otlp/decode.ts'
import { relayWork, type RelayItem } from '../relay/store.ts'
import {
  createFewNames,
  factsOfAnalytics,
  type AnalyticsEvent,
  type Fact,
  type FewNames,
} from '../facts/index.ts'
import { storeFacts } from '../store.facts.ts'
import type { Batch } from '../take.ts'
import { commitFacts } from './limits.ts'
import { isPassing, refusal, unforeseen, type Order, type Stored } from './order.ts'
import { putSeen, seenAmong, type SeenRow } from './seen.ts'
import { factsOfBatch } from './taking.ts'

export interface Orders {
  readonly orders: readonly Order[]
  /** What to remember of policy versions from now on; null: there is no such version. */
  readonly policies: readonly (readonly [versionId: string, text: string | null])[]
  /** Forget first what was told before. */
  readonly anew: boolean
}

/** By database, for the life of the process. */
const fewNames = new WeakMap<Db, FewNames>()

function fewNamesOf(db: Db): FewNames {
  let few = fewNames.get(db)
  if (!few) fewNames.set(db, (few = createFewNames()))
  return few
}

/** Of the thread; who tells it keeps count (policies.ts). */
const policyTexts = new Map<string, string | null>()

/**
 * A result for each request, in order: one that cannot be read or stored does not keep the others from it. What the database
 * cannot take at the moment is refused with the time to come back, and so is everything behind it.
 */
export async function storeRequests(
  runtime: Runtime,
  { orders, policies, anew }: Orders,
): Promise<readonly Stored[]> {
  if (anew) policyTexts.clear()
  for (const [versionId, text] of policies) policyTexts.set(versionId, text)
  const results = new Map<Order, Stored>()
  let part: Read[] = []
  let facts = 0
  let full: Stored | undefined
  for (const [index, order] of orders.entries()) {
    // Where this runs beside requests, they come in between.
    await new Promise(setImmediate)
    // Before the transaction: nobody else can write while it is open.
    const read = readOrder(runtime, order)
    if ('ok' in read) results.set(order, read)
    else {
      part.push(read)
      facts += read.facts.length
    }
    if (facts < commitFacts && index < orders.length - 1) continue
    full = await storePart(runtime, part, results)
    if (full) break
    part = []
    facts = 0
  }
  return orders.map((order) => results.get(order) ?? full ?? unforeseen)
}

/** One transaction. When one of them is more than can be stored, the others are not to suffer. */
async function storePart(
  runtime: Runtime,
  part: readonly Read[],
  results: Map<Order, Stored>,
): Promise<Stored | undefined> {
  try {
    for (const [order, stored] of await runtime.db.tx(() => storeAll(runtime, part)))
      results.set(order, stored)
    return undefined
  } catch (error) {
    if (isPassing(error)) return refusal(error)
    if (part.length === 1)
      runtime.log.error({ err: error }, 'a request with telemetry could not be stored')
    else
      for (const read of part) {
        const full = await storePart(runtime, [read], results)
        if (full) return full
      }
    return undefined
  }
}

interface Read {
  readonly order: Order
  readonly key: string
  readonly facts: readonly Fact[]
  readonly warning: string
}

function readOrder({ log }: Runtime, order: Order): Read | Stored {
  const { signal, body, token } = order
  try {
    const hash = createHash('sha256').update(`${token} ${signal} `).update(body)
    return { order, key: hash.digest('base64url'), ...factsOf(order) }
  } catch (error) {
    if (error instanceof Problem) return refusal(error)
    log.error({ err: error }, 'a request with telemetry could not be read')
    return unforeseen
  }
}

function factsOf({ signal, format, body, context }: Order): Pick<Read, 'facts' | 'warning'> {
  const told = { ...context, policyText: policyTexts.get(context.claims.versionId) ?? null }
  if (signal === 'events') {
    const events = JSON.parse(new TextDecoder().decode(body)) as readonly AnalyticsEvent[]
    return { facts: factsOfAnalytics(events, told), warning: '' }
  }
  const batch = decode(signal, format, body)
  return { facts: factsOfBatch(batch, told), warning: warningOf(batch) }
}

function warningOf({ records }: Batch): string {
  const cut = records.filter((one) => one.dropped > 0 && one.attributes.size >= maxAttributes)
  return cut.length === 0
    ? ''
    : `${cut.length} records have more than ${maxAttributes} attributes; only so many are kept.`
}

function* storeAll(
  { db, clock, ids }: Pick<Runtime, 'db' | 'clock' | 'ids'>,
  requests: readonly Read[],
): Work<ReadonlyMap<Order, Stored>> {
  const results = new Map<Order, Stored>()
  if (requests.length === 0) return results
  const now = clock()
  const seen = new Map(
    yield* seenAmong(
      requests.map(({ key }) => key),
      now,
    ),
  )
  const fresh: Read[] = []
  const rows: SeenRow[] = []
  for (const request of requests) {
    const { key, facts, warning } = request
    const before = seen.get(key)
    if (before) {
      results.set(request.order, { ok: true, stored: 0, warning: before.warning })
      continue
    }
    const row = { key, at: now, warning }
    seen.set(key, row)
    rows.push(row)
    fresh.push(request)
    results.set(request.order, { ok: true, stored: facts.length, warning })
  }
  yield* storeFacts(db, fewNamesOf(db)(fresh.flatMap((request) => request.facts)))
  yield* putSeen(rows)
  yield* relayWork(ids, fresh.flatMap(relayed))
  return results
}

/** A collector has no use for the client's own analytics events. */
function relayed({ order: { signal, format, body, context } }: Read): readonly RelayItem[] {
  if (signal === 'events') return []
  const contentType = format === 'json' ? 'application/json' : protobufType
  return [{ signal, contentType, body, receivedAt: context.receivedAt }]
}
