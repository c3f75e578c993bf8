import { hour } from '#kernel/clock.ts'
import type { WatchParts } from '../parts.ts'
import { deleteSnapshot, deleteVersionsOf, unfinishedSnapshots } from './store.ts'

const versionsAtOnce = 500
/** On PostgreSQL an unfinished snapshot may be another process's work; none takes this long. */
const patience = 6 * hour

/** Removes a snapshot with its versions, in short transactions. Their texts stay until the archive is compacted. */
export async function discard(parts: WatchParts, snapshotId: string): Promise<void> {
  const { db } = parts.runtime
  while (
    (await db.tx(() => deleteVersionsOf(snapshotId, versionsAtOnce), { durability: 'relaxed' })) ===
    versionsAtOnce
  );
  await db.tx(() => deleteSnapshot(snapshotId))
}

/**
 * Removes what recordings left that never came to their end. The caller is the only one in this process that records in
 * the collection; null: all collections, at the start.
 */
export async function sweepUnfinished(parts: WatchParts, collectionId: string): Promise<number> {
  const { db, clock } = parts.runtime
  const found = await db.read(() => unfinishedSnapshots(collectionId))
  const dead = found.filter(({ id }) => db.engine === 'sqlite' || clock() - madeAt(id) > patience)
  for (const { id } of dead) await discard(parts, id)
  return dead.length
}

/** Ids begin with the milliseconds at which they were made (kernel/ids.ts). */
const madeAt = (id: string): number => parseInt(id.slice(4, 16), 16)
