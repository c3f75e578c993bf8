/** A part of the work in retention.ts, beside the thread that answers requests (kernel/aside.ts). */
import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { day } from '#kernel/clock.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { holdersOf } from './holds/holders.ts'
import { openHolds } from './holds/store.ts'
import { emptyFile, fileById, filesClosedBefore } from './store.files.ts'
import { typeRow } from './store.types.ts'

/** Files that one part looks at. Each is deleted in a transaction of its own: it may have 2,000 lines. */
const atOnce = 50

/** Deletes some of what is too old, behind the file of this number. Returns where to go on; undefined at the end. */
export async function expireSome(
  { db, clock, ids }: Runtime,
  { eventType, after }: { readonly eventType: string; readonly after: number },
): Promise<number | undefined> {
  const type = await db.read(() => typeRow(eventType))
  if (!type) return undefined
  const now = clock()
  const before = now - type.retention_days * day
  const files = await db.read(() => filesClosedBefore(eventType, before, after, atOnce))
  let deleted = 0
  for (const { id } of files) if (await db.tx(() => expire(id, now))) deleted++
  if (deleted > 0)
    await db.tx(() =>
      appendAudit({
        id: ids('aud'),
        at: now,
        actor: gatehouse,
        action: 'compliance.expire',
        target: { kind: 'compliance_type', id: eventType, label: eventType },
        after: { files: deleted, keptDays: type.retention_days },
        requestId: null,
        ip: null,
      }),
    )
  return files.length < atOnce ? undefined : files.at(-1)?.number
}

/** False while a legal hold keeps it. */
function* expire(id: string, now: number): Work<boolean> {
  const file = yield* fileById(id)
  if (!file || file.deleted_at !== null) return false
  if ((yield* holdersOf(file, yield* openHolds())).length > 0) return false
  yield* emptyFile(file, now, 'retention')
  return true
}
