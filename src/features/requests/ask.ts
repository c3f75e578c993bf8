import { memberById } from '#features/access/index.ts'
import { hour, minute } from '#kernel/clock.ts'
import { found, Problem } from '#kernel/problem.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { mailWaiting } from './mails.ts'
import type { Setting } from './ports.ts'
import type { NewRequest } from './schema.ts'
import { countSince, insertRequest, openRequests, type RequestRow } from './store.ts'
import { titleOf, wishKey } from './wanted.ts'

/** Enough for anybody who asks, too little to fill somebody else's queue. */
export const perHour = 10
export const openAtOnce = 20

/** Those who decide get one mail for everything that comes within this time. */
export const gatheredFor = 2 * minute

/** Keeps what a member asks for. Nothing is given by it. */
export function* ask(
  { runtime, ports }: Setting,
  memberId: string,
  now: number,
  { wanted, reason, lasts }: NewRequest,
): Work<RequestRow> {
  const member = found(yield* memberById(memberId), 'member')
  const open = yield* openRequests(member.id)
  const key = wishKey(wanted)
  const same = open.find((row) => row.wanted_key === key)
  if (same)
    throw new Problem(
      'already_exists',
      'You have asked for this already; nobody has decided yet.',
      {
        remedy: `It is at /requests/${same.id}. Withdraw it there to ask in other words.`,
        data: { accessRequestId: same.id },
      },
    )
  if (open.length >= openAtOnce || (yield* countSince(member.id, now - hour)) >= perHour)
    throw new Problem('rate_limited', 'You have asked for a lot in a short time.', {
      remedy: 'Wait until somebody has decided, or withdraw what you do not need any more.',
      retryAfter: hour / 1000,
    })
  const rule =
    wanted.kind === 'refusal' && wanted.policyId !== null && wanted.rule !== null
      ? ((yield* ports.ruleOf(wanted.policyId, wanted.rule)) ?? null)
      : null
  const title = titleOf(wanted, rule)
  const row: RequestRow = {
    id: runtime.ids('req'),
    member_id: member.id,
    member: member.email,
    wanted: JSON.stringify(wanted),
    wanted_key: key,
    title,
    reason,
    lasts,
    state: 'open',
    created_at: now,
    decided_at: null,
    decided_by_id: null,
    decided_by: null,
    note: '',
    granted_kind: null,
    granted_id: null,
    granted_name: null,
    granted_ends_at: null,
    told_at: null,
    search: `${member.email} ${member.name} ${title} ${reason}`.toLowerCase(),
  }
  yield* insertRequest(row)
  yield* enqueue({
    name: mailWaiting,
    payload: {},
    runAt: now + gatheredFor,
    dedupeKey: mailWaiting,
  })
  return row
}
