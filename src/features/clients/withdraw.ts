import { run, type Work } from '#kernel/work.ts'
import { q } from './tables.ts'

export const withdrawnText = 'The sign-in was ended before the program took it up. Start it again.'

/**
 * Ends for good what the member has agreed to and no client has taken up yet: open codes, and device codes that she approved.
 * They are kept, so that the terminal that comes for them reads why.
 */
export function* withdrawAgreed(memberId: string): Work<void> {
  yield* run(
    q
      .updateTable('client_codes')
      .set({ refusal: withdrawnText, refusal_reason: 'withdrawn' })
      .where('member_id', '=', memberId)
      .where('used_at', 'is', null)
      .where('refusal', 'is', null),
  )
  yield* run(
    q
      .updateTable('client_devices')
      .set({ decision: 'withdrawn' })
      .where('member_id', '=', memberId)
      .where('decision', '=', 'approved'),
  )
}
