/**
 * Retention: snapshots older than the collection keeps are folded into the newest of them, bytes older than it keeps are
 * let go, and above its quota the oldest bytes go first. Everything in short transactions; broken off, it goes on the next
 * night.
 */
import { day } from '#kernel/clock.ts'
import { forget, sizes, type InUse } from '../archive/index.ts'
import { parseSettings } from '../collections/settings.ts'
import type { WatchParts } from '../parts.ts'
import { collectionById } from '../read/load.ts'
import type { Retention } from '../schema.ts'
import { settleFirst, settlePage, sumUp } from './settle.ts'
import {
  baselineAt,
  dropOldestRaws,
  dropRawsBefore,
  dropSnapshotsBefore,
  foldPage,
  pagesBefore,
  rawsInUse,
  textsInUse,
} from './store.retain.ts'
import { inTurn } from './turn.ts'

/** What nothing of a collection's history refers to may go. */
export const inUse = (collectionId: string): InUse => ({
  texts: textsInUse,
  raws: (ids) => rawsInUse(collectionId, ids),
})

export interface Retained {
  readonly snapshots: number
  readonly raws: number
}

/** Makes a collection as small as it is meant to be. */
export async function retain(
  parts: WatchParts,
  collectionId: string,
  { keepDays, keepRawDays, quotaBytes }: Retention,
): Promise<Retained> {
  const { runtime } = parts
  const now = runtime.clock()
  const snapshots =
    keepDays === null ? 0 : await foldBefore(parts, collectionId, now - keepDays * day)
  let raws =
    keepRawDays === null ? 0 : await letRawsGo(parts, collectionId, now - keepRawDays * day)
  if (snapshots + raws > 0) await forget(runtime, collectionId, inUse(collectionId))
  if (quotaBytes !== null) raws += await keepToQuota(parts, collectionId, quotaBytes)
  return { snapshots, raws }
}

const rowsAtOnce = 200

/**
 * Folds everything up to `until` into the newest snapshot not after it: each page keeps the text it had then. Other
 * stamps from before are no addresses any more. How many snapshots went.
 */
async function foldBefore(parts: WatchParts, collectionId: string, until: number): Promise<number> {
  const { db } = parts.runtime
  const base = await db.read(() => baselineAt(collectionId, until))
  if (base === undefined) return 0
  const row = await db.read(() => collectionById(collectionId))
  if (row === undefined) return 0
  for (;;) {
    const pages = await db.read(() => pagesBefore(collectionId, base.moment, rowsAtOnce))
    for (const pageId of pages)
      await inTurn(parts.runtime, collectionId, async () => {
        await db.tx(() => foldPage(pageId, base))
        await settlePage(parts, parseSettings(row), pageId)
      })
    if (pages.length < rowsAtOnce) break
  }
  let gone = 0
  for (;;) {
    const some = await db.tx(() => dropSnapshotsBefore(collectionId, base.moment, rowsAtOnce))
    gone += some
    if (some < rowsAtOnce) break
  }
  await inTurn(parts.runtime, collectionId, async () => {
    await db.tx(() => sumUp(base.id))
    await settleFirst(parts, collectionId)
  })
  return gone
}

async function letRawsGo(parts: WatchParts, collectionId: string, before: number): Promise<number> {
  let gone = 0
  for (;;) {
    const some = await parts.runtime.db.tx(() => dropRawsBefore(collectionId, before, rowsAtOnce))
    gone += some
    if (some < rowsAtOnce) return gone
  }
}

/** Lets the oldest bytes go until the collection is within its quota, or none are left to go: then runs refuse what is new. */
async function keepToQuota(
  parts: WatchParts,
  collectionId: string,
  quota: number,
): Promise<number> {
  const { runtime } = parts
  let gone = 0
  for (;;) {
    const { textBytes, rawBytes } = await sizes(runtime, collectionId)
    if (textBytes + rawBytes <= quota || rawBytes === 0) return gone
    const some = await runtime.db.tx(() => dropOldestRaws(collectionId, rowsAtOnce))
    if (some === 0) return gone
    gone += some
    await forget(runtime, collectionId, inUse(collectionId))
  }
}
