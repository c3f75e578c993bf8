/** Rows as the API answers them. */
import type { Work } from '#kernel/work.ts'
import type { CheckpointPorts } from './checkpoints.ts'
import type { Finding } from './proof/findings.ts'
import type { Checkpoint, Verification } from './schema.ts'
import { sendsOf, type CheckpointRow, type SendRow } from './store.checkpoints.ts'
import type { VerificationRow } from './store.verifications.ts'

export function* withSends(
  rows: readonly CheckpointRow[],
  { webhooks, archives }: Pick<CheckpointPorts, 'webhooks' | 'archives'>,
): Work<Checkpoint[]> {
  const sends = yield* sendsOf(rows.map(({ records }) => records))
  const names = new Map([
    ...(yield* webhooks.all()).map(({ id, name }) => [`webhook:${id}`, name] as const),
    ...(yield* archives.all()).map(({ id, name }) => [`archive:${id}`, name] as const),
  ])
  return rows.map(({ records, link, at, text }) => ({
    records,
    link,
    at,
    text,
    sends: sends.filter((send) => send.records === records).map((send) => sendView(send, names)),
  }))
}

const sendView = (
  { outlet, state, at, message }: SendRow,
  names: ReadonlyMap<string, string>,
): Checkpoint['sends'][number] => ({
  outlet,
  label: names.get(outlet) ?? outlet.slice(outlet.indexOf(':') + 1),
  state,
  at,
  message,
})

export const verificationView = (row: VerificationRow): Verification => ({
  id: row.id,
  state: row.state,
  startedAt: row.started_at,
  startedBy: row.started_by,
  total: row.total,
  checked: row.checked,
  finishedAt: row.finished_at,
  troubles: row.troubles,
  findings: JSON.parse(row.findings) as Finding[],
})
