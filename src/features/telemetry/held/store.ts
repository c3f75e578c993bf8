import { sql } from 'kysely'
import { first, type Work } from '#kernel/work.ts'
import { conversationsPage } from '../reading/index.ts'
import { q } from '../tables.ts'
import type { Held, OwnReported } from './schema.ts'

/** The sum of bigint is numeric on PostgreSQL and would arrive as text, so it is cast on purpose. */
const sum = (column: string) => sql<number>`cast(coalesce(sum(${sql.ref(column)}), 0) as bigint)`
const count = sql<number>`cast(count(*) as bigint)`

const peopleOf = (principalId: string) =>
  q.selectFrom('telemetry_people').select('id').where('principal_id', '=', principalId)

const conversationsOf = (principalId: string) =>
  q
    .selectFrom('telemetry_conversations')
    .where('person', 'in', peopleOf(principalId))
    .select((e) => [e.fn.min('started_at').as('firstAt'), e.fn.max('last_at').as('lastAt')])
    // What belongs to no conversation stands in one with an empty name.
    .select(sql<number>`cast(count(nullif(conversation, '')) as bigint)`.as('conversations'))

/** Facts that are counted: an enrolment may have millions, and nobody waits for their number. */
const counted = 100_000

/** How much is kept of a member, service account or enrolment. */
export function* heldOf(principalId: string): Work<Held> {
  const people = yield* first(peopleOf(principalId).clearSelect().select(count.as('machines')))
  const days = yield* first(
    q
      .selectFrom('telemetry_days')
      .select(sql<number>`cast(count(distinct day) as bigint)`.as('days'))
      .where('person', 'in', peopleOf(principalId)),
  )
  const row = yield* first(conversationsOf(principalId))
  const facts = q
    .selectFrom('telemetry_facts')
    .select('id')
    .where('conversation', 'in', (e) =>
      e
        .selectFrom('telemetry_conversations')
        .select('id')
        .where('person', 'in', peopleOf(principalId)),
    )
    .limit(counted)
  const events = yield* first(q.selectFrom(facts.as('f')).select(count.as('events')))
  return {
    machines: people?.machines ?? 0,
    conversations: row?.conversations ?? 0,
    events: events?.events ?? 0,
    days: days?.days ?? 0,
    firstAt: row?.firstAt ?? null,
    lastAt: row?.lastAt ?? null,
  }
}

const shown = 5

/** What a member sees of what was reported of her. */
export function* reportedOf(memberId: string): Work<OwnReported> {
  const row = yield* first(
    conversationsOf(memberId).select([
      sum('turns').as('turns'),
      sum('tool_calls').as('toolCalls'),
      sum('denied_calls').as('deniedCalls'),
      sum('tokens_input').as('input'),
      sum('tokens_output').as('output'),
    ]),
  )
  const newest = yield* conversationsPage({ principal: memberId }, undefined, shown)
  return {
    conversations: row?.conversations ?? 0,
    turns: row?.turns ?? 0,
    toolCalls: row?.toolCalls ?? 0,
    deniedCalls: row?.deniedCalls ?? 0,
    tokens: (row?.input ?? 0) + (row?.output ?? 0),
    firstAt: row?.firstAt ?? null,
    lastAt: row?.lastAt ?? null,
    newest: newest.slice(0, shown).map((one) => ({
      id: one.id,
      startedAt: one.started_at,
      host: one.client_host,
      client: one.originator,
      model: one.model,
      turns: one.turns,
      toolCalls: one.tool_calls,
      deniedCalls: one.denied_calls,
    })),
  }
}
