import { sql } from 'kysely'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { contains } from '#kernel/like.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { ApprovalTables } from './migrations.ts'
import type { ProposalState } from './schema.ts'

const q = queries<ApprovalTables>()

export type SettingRow = ApprovalTables['approval_setting']
export type ProposalRow = ApprovalTables['approval_proposals']

export function* setting(): Work<SettingRow> {
  const row = yield* first(q.selectFrom('approval_setting').selectAll())
  return row ?? { id: 'four_eyes', is_on: 0, changed_at: null, changed_by: null }
}

export function* ruleIsOn(): Work<boolean> {
  return (yield* setting()).is_on === 1
}

export function* writeSetting(on: boolean, at: number, by: string): Work<void> {
  yield* run(
    q.updateTable('approval_setting').set({ is_on: on ? 1 : 0, changed_at: at, changed_by: by }),
  )
}

export function* insertProposal(row: ProposalRow): Work<void> {
  yield* run(q.insertInto('approval_proposals').values(row))
}

export function* proposalById(id: string): Work<ProposalRow | undefined> {
  return yield* first(q.selectFrom('approval_proposals').selectAll().where('id', '=', id))
}

/** Those for this effect that are not over, oldest first. Whether the act is the same one is for the caller to see. */
export function* proposalsFor(effectHash: string, now: number): Work<readonly ProposalRow[]> {
  return yield* all(
    q
      .selectFrom('approval_proposals')
      .selectAll()
      .where('effect_hash', '=', effectHash)
      .where('state', 'in', ['open', 'approved'])
      .where('expires_at', '>', now)
      .orderBy('id'),
  )
}

/**
 * From one state to another, once: false when it is not in that state any more. Whatever two people do at the same moment,
 * one of them is told.
 */
export function* moveProposal(
  id: string,
  from: readonly ProposalRow['state'][],
  change: Partial<ProposalRow> & Pick<ProposalRow, 'state'>,
): Work<boolean> {
  const changed = yield* run(
    q.updateTable('approval_proposals').set(change).where('id', '=', id).where('state', 'in', from),
  )
  return changed === 1
}

/** What was approved for a later time has happened, or will not. */
export function* endPlanned(id: string, state: 'used' | 'withdrawn'): Work<void> {
  yield* moveProposal(id, ['planned'], { state })
}

/** With `but`: those that somebody else than this person has proposed. */
export function* countWaiting(now: number, but?: string): Work<number> {
  let query = inState('open', now)
  if (but !== undefined) query = query.where('proposer_person', '!=', but)
  const row = yield* first(query.select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export interface ProposalFilter {
  readonly q?: string | undefined
  readonly state?: ProposalState | undefined
  readonly cursor?: string | undefined
  readonly limit: number | null
}

/** What waits first, then the newest. */
export function* listProposals(filter: ProposalFilter, now: number) {
  let base = inState(filter.state, now)
  const text = filter.q?.trim().toLowerCase() ?? ''
  if (text !== '')
    base = base.where((e) =>
      e.or(
        (['title', 'message', 'proposer'] as const).map((column) =>
          contains(e.fn('lower', [column]), text),
        ),
      ),
    )
  const waits = sql<number>`case when state = 'open' and expires_at > ${now} then 1 else 0 end`
  let query = base
    .selectAll()
    .select(waits.as('waits'))
    .orderBy('waits', 'desc')
    .orderBy('id', 'desc')
  if (filter.cursor !== undefined) {
    const [rank = 0, id = ''] = decodeCursor(filter.cursor)
    query = query.where((e) =>
      e.or([
        e(waits, '<', Number(rank)),
        e.and([e(waits, '=', Number(rank)), e('id', '<', String(id))]),
      ]),
    )
  }
  if (filter.limit !== null) query = query.limit(filter.limit + 1)
  const rows = yield* all(query)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return {
    ...pageOf(rows, filter.limit ?? rows.length, (row) => [row.waits, row.id]),
    total: total?.n ?? 0,
  }
}

/** Of the state that people see: open and approved ones expire. */
function inState(state: ProposalState | undefined, now: number) {
  const query = q.selectFrom('approval_proposals')
  switch (state) {
    case undefined:
      return query
    case 'open':
    case 'approved':
      return query.where('state', '=', state).where('expires_at', '>', now)
    case 'expired':
      return query.where('state', 'in', ['open', 'approved']).where('expires_at', '<=', now)
    default:
      return query.where('state', '=', state)
  }
}
