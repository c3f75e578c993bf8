import { insertMany } from '#kernel/insert-many.ts'
import { all, run, type Work } from '#kernel/work.ts'
import type { Fact } from './facts/index.ts'
import { approves } from './rollups/measures.ts'
import { q, type PendingCallRow } from './tables.ts'

/** Values of one `in (…)`. */
const atOnce = 500
const known = ['conversation', 'call_id'] as const

const remember = insertMany<PendingCallRow>(
  [...known, 'decision', 'decided_by', 'received_at'],
  (places) =>
    q
      .insertInto('telemetry_pending_calls')
      .values(places)
      .onConflict((c) => c.columns(known).doNothing()),
)

interface Decision {
  readonly decision: string
  readonly decidedBy: string
}

/**
 * Gives each result of a tool call the decision that was made on it: the exporter of the client sends both in any order within a
 * batch, and a tool may run longer than that. A decision whose result is yet to come is remembered; a result that comes before
 * its decision by a whole batch has none.
 *
 * @returns the facts with the decisions in them
 */
export function* pairCalls(
  facts: readonly Fact[],
  conversationOf: (fact: Fact) => number,
): Work<readonly Fact[]> {
  const decisions = new Map<string, Fact>()
  const results: Fact[] = []
  const keyOf = (fact: Fact): string => `${conversationOf(fact)} ${fact.callId}`
  for (const fact of facts) {
    if (fact.callId === '') continue
    if (fact.kind === 'tool_decision') decisions.set(keyOf(fact), fact)
    else if (fact.kind === 'tool_result') results.push(fact)
  }
  if (results.length === 0 && decisions.size === 0) return facts
  const made = new Map<string, Decision>(decisions)
  const open = results.filter((fact) => !made.has(keyOf(fact)))
  yield* takeRemembered(
    open.map((fact) => ({ conversation: conversationOf(fact), callId: fact.callId })),
    made,
  )
  const ended = new Set(results.map(keyOf))
  yield* remember(
    [...decisions]
      .filter(([key]) => !ended.has(key))
      .map(([, fact]) => ({
        conversation: conversationOf(fact),
        call_id: fact.callId,
        decision: fact.decision,
        decided_by: fact.decidedBy,
        received_at: fact.receivedAt,
      })),
  )
  return facts.map((fact) => {
    if (fact.kind !== 'tool_result' || fact.callId === '') return fact
    const decision = made.get(keyOf(fact))
    return decision ? decided(fact, decision) : undecided(fact)
  })
}

/** A rule that asks where nobody can be asked, as in `codex exec`, refuses: without a decision, and without running. */
const undecided = (fact: Fact): Fact =>
  fact.ruleDecision === 'prompt' && fact.outcome === 'failed'
    ? { ...fact, outcome: 'denied' }
    : fact

/** A call that was refused did not run, whatever its result says. */
function decided(fact: Fact, { decision, decidedBy }: Decision): Fact {
  const outcome = fact.outcome === 'failed' && !approves(decision) ? 'denied' : fact.outcome
  return { ...fact, decision, decidedBy, outcome }
}

/** Adds what was remembered of these calls, and forgets it. */
function* takeRemembered(
  calls: readonly { readonly conversation: number; readonly callId: string }[],
  made: Map<string, Decision>,
): Work<void> {
  for (let from = 0; from < calls.length; from += atOnce) {
    const part = calls.slice(from, from + atOnce)
    const conversations = [...new Set(part.map((call) => call.conversation))]
    const ids = [...new Set(part.map((call) => call.callId))]
    const rows = yield* all(
      q
        .selectFrom('telemetry_pending_calls')
        .selectAll()
        .where('conversation', 'in', conversations)
        .where('call_id', 'in', ids),
    )
    if (rows.length === 0) continue
    for (const { conversation, call_id, decision, decided_by } of rows)
      made.set(`${conversation} ${call_id}`, { decision, decidedBy: decided_by })
    const wanted = new Set(part.map((call) => `${call.conversation} ${call.callId}`))
    for (const { conversation, call_id } of rows)
      if (wanted.has(`${conversation} ${call_id}`))
        yield* run(
          q
            .deleteFrom('telemetry_pending_calls')
            .where('conversation', '=', conversation)
            .where('call_id', '=', call_id),
        )
  }
}
