import { memberById } from '#features/access/index.ts'
import type { Permission } from '#features/workspace/index.ts'
import { appendAudit, gatehouse } from '#kernel/audit.ts'
import type { Call } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { mailTheft } from '../mails.ts'
import type { Setting } from '../ports.ts'
import { clientById, endClients } from '../store.clients.ts'

/**
 * Two have what only one should: the whole family ends, its member is told, and the trail says so. Which of the two is the
 * thief nobody can know (RFC 9700, section 4.14.2). Nothing happens when the client has ended already.
 */
export function* endForReuse(
  setting: Setting,
  call: Call<Permission>,
  clientId: string,
  reason: 'reused_token' | 'reused_code',
): Work<void> {
  const ended = yield* endClients([clientId], { at: call.now, by: '', reason })
  if (ended.length === 0) return
  const client = yield* clientById(clientId)
  const member = client && (yield* memberById(client.member_id ?? ''))
  yield* appendAudit({
    ...call.recordOf({
      actor: gatehouse,
      target: { kind: 'client', id: clientId, label: member?.email ?? clientId },
      after: { ended: reason, address: call.ip },
    }),
    action: reason === 'reused_token' ? 'client.reused-token' : 'client.reused-code',
  })
  if (setting.ports.mailer) yield* enqueue({ name: mailTheft, payload: { clientId } })
}
