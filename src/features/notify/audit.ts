import { appendAudit, gatehouse, type AuditEntry } from '#kernel/audit.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'

/** An act of Gatehouse itself, outside of any request. */
export function* auditSystem(
  { ids, clock }: Runtime,
  action: string,
  entry: AuditEntry,
): Work<void> {
  yield* appendAudit({
    ...entry,
    id: ids('aud'),
    at: clock(),
    actor: gatehouse,
    action,
    requestId: null,
    ip: null,
  })
}
