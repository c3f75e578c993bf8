import { first, queries, run, type Work } from '#kernel/work.ts'
import type { NotifyTables } from '../tables.ts'

const q = queries<NotifyTables>()

export type MailRow = NotifyTables['notify_mails']

/** False when the member was or will be told of this already. */
export function* insertMail(row: MailRow): Work<boolean> {
  const made = yield* run(
    q
      .insertInto('notify_mails')
      .values(row)
      .onConflict((c) => c.columns(['member_id', 'key']).doNothing()),
  )
  return made === 1
}

export function* mailById(id: string): Work<MailRow | undefined> {
  return yield* first(q.selectFrom('notify_mails').selectAll().where('id', '=', id))
}

export function* updateMail(id: string, change: Partial<MailRow>): Work<void> {
  yield* run(q.updateTable('notify_mails').set(change).where('id', '=', id))
}

export function* deleteMailsBefore(at: number): Work<void> {
  yield* run(q.deleteFrom('notify_mails').where('created_at', '<', at))
}

export function* deleteMailsOf(memberId: string): Work<void> {
  yield* run(q.deleteFrom('notify_mails').where('member_id', '=', memberId))
}
