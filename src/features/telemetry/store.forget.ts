import { Problem } from '#kernel/problem.ts'
import { first, run, type Work } from '#kernel/work.ts'
import { q } from './tables.ts'

/** Facts that go in one transaction: some 20 ms, while ingest waits. */
const atOnce = 2000

/** Rows that were removed of one person. */
export interface Forgotten {
  readonly facts: number
  readonly conversations: number
  readonly days: number
}

const peopleOf = (principalId: string) =>
  q.selectFrom('telemetry_people').select('id').where('principal_id', '=', principalId)
const conversationsOf = (principalId: string) =>
  q.selectFrom('telemetry_conversations').select('id').where('person', 'in', peopleOf(principalId))

/**
 * Removes a part of what was kept of a principal up to the fact `upTo`: facts, conversations, days, and what told the machine. What
 * came later stays, so that it ends for somebody whose agents go on. Sums of groups keep their counts, in which nobody stands by
 * name.
 *
 * @returns what was removed, and whether there may be more
 */
export function* forgetPart(
  principalId: string,
  upTo: number,
): Work<Forgotten & { readonly more: boolean }> {
  const some = q
    .selectFrom('telemetry_facts')
    .select('id')
    .where('conversation', 'in', conversationsOf(principalId))
    .where('id', '<=', upTo)
    .limit(atOnce)
  const facts = yield* run(q.deleteFrom('telemetry_facts').where('id', 'in', some))
  if (facts === atOnce) return { facts, conversations: 0, days: 0, more: true }
  return { facts, ...(yield* forgetRest(principalId)), more: false }
}

function* forgetRest(principalId: string): Work<Omit<Forgotten, 'facts'>> {
  const people = peopleOf(principalId)
  yield* run(
    q
      .deleteFrom('telemetry_pending_calls')
      .where('conversation', 'in', conversationsOf(principalId)),
  )
  const conversations = yield* run(
    q
      .deleteFrom('telemetry_conversations')
      .where('person', 'in', people)
      .where((e) =>
        e.not(
          e.exists(
            q
              .selectFrom('telemetry_facts as f')
              .select('f.id')
              .where('f.conversation', '=', e.ref('telemetry_conversations.id')),
          ),
        ),
      ),
  )
  // Of one that goes on, what is counted is what is still there or later.
  yield* run(
    q
      .updateTable('telemetry_conversations')
      .set({
        events: 0,
        turns: 0,
        tool_calls: 0,
        denied_calls: 0,
        failures: 0,
        tokens_input: 0,
        tokens_cached: 0,
        tokens_output: 0,
        tokens_reasoning: 0,
      })
      .where('person', 'in', people),
  )
  const days = yield* run(q.deleteFrom('telemetry_days').where('person', 'in', people))
  yield* run(q.deleteFrom('telemetry_command_people').where('person', 'in', people))
  yield* run(q.deleteFrom('telemetry_failure_people').where('person', 'in', people))
  const active = q.selectFrom('telemetry_conversations').select('person')
  const gone = people.where('id', 'not in', active.where('person', 'in', people))
  yield* run(q.deleteFrom('telemetry_origins').where('person', 'in', gone))
  yield* run(
    q
      .deleteFrom('telemetry_people')
      .where('principal_id', '=', principalId)
      .where('id', 'not in', active.where('person', 'in', people)),
  )
  return { conversations, days }
}

/** The newest fact of all; 0: none. */
export function* newestFact(): Work<number> {
  const row = yield* first(
    q.selectFrom('telemetry_facts').select('id').orderBy('id', 'desc').limit(1),
  )
  return row?.id ?? 0
}

/** Whether anything is kept of a principal. */
export function* mustBeKnown(principalId: string): Work<void> {
  if (!(yield* first(peopleOf(principalId).limit(1))))
    throw new Problem('not_found', 'Nothing has been reported about this one.')
}
