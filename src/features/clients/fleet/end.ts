import type { Work } from '#kernel/work.ts'
import { endClientsIn, type End } from '../store.clients.ts'
import { withdrawAgreed } from '../withdraw.ts'
import { q } from '../tables.ts'

/** Ends all clients of a member, her access tokens as well, and what she agreed to and no client has taken up yet; how many clients. */
export function* endClientsOf(memberId: string, end: End): Work<number> {
  yield* withdrawAgreed(memberId)
  return yield* endClientsIn(
    q.selectFrom('clients').select('clients.id').where('member_id', '=', memberId),
    end,
  )
}
