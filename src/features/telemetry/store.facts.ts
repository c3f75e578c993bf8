import type { Db } from '#kernel/db.ts'
import { insertMany } from '#kernel/insert-many.ts'
import type { Work } from '#kernel/work.ts'
import type { Fact, Origin } from './facts/index.ts'
import { sumUp, type Place } from './rollups/sums.ts'
import { pairCalls } from './store.calls.ts'
import { conversationsOf } from './store.conversations.ts'
import {
  groupSetNumbers,
  originNumbers,
  personKey,
  personNumbers,
  takeNumbers,
  textNumbers,
  type KnownTexts,
} from './store.names.ts'
import { addSums } from './store.sums.ts'
import { q, type FactRow } from './tables.ts'

const insertFacts = insertMany<FactRow>(
  [
    'id',
    'at',
    'received_at',
    'reported_at',
    'conversation',
    'origin',
    'kind',
    'name',
    'model',
    'tool',
    'call_id',
    'decision',
    'decided_by',
    'outcome',
    'success',
    'duration_ms',
    'status',
    'tokens_input',
    'tokens_cached',
    'tokens_cache_write',
    'tokens_output',
    'tokens_reasoning',
    'length',
    'program',
    'rule',
    'rule_decision',
    'content',
    'extra',
    'trace_id',
    'span_id',
  ],
  (places) => q.insertInto('telemetry_facts').values(places),
)

/** Texts by database, for the life of the process. */
const texts = new WeakMap<Db, KnownTexts>()

/**
 * Stores facts, and adds them to all sums, in the transaction of the caller; once in a transaction (store.names.ts). Numbers
 * are taken first, so that transactions that store facts come one after the other, and numbers grow in the order of commits.
 */
export function* storeFacts(db: Db, arrived: readonly Fact[]): Work<void> {
  const [first] = arrived
  if (!first) return
  const start = yield* takeNumbers('telemetry_facts', arrived.length)
  const origins = [...new Set(arrived.map((fact) => fact.origin))]
  const places = yield* placesOf(origins)
  const placeOf = (origin: Origin): Place => places.get(origin) ?? { groupSet: 0, person: 0 }
  const originIds = yield* originNumbers(origins, placeOf, first.receivedAt)
  const originOf = (fact: Fact): number => originIds.get(fact.origin) ?? 0
  const personOf = (fact: Fact): number => placeOf(fact.origin).person
  const found = yield* conversationsOf(arrived, personOf, originOf)
  const facts = yield* pairCalls(arrived, found.of)
  const ofConversation = arrived.map(found.of)
  const begins = new Set(facts.filter((_, index) => isIn(found.begins, arrived[index])))
  yield* found.add(facts)
  let known = texts.get(db)
  if (!known) texts.set(db, (known = new Map<string, number>()))
  const ids = yield* textNumbers(textsOf(facts), known)
  yield* insertFacts(
    facts.map((fact, index) =>
      rowOf(start + index, fact, ofConversation[index] ?? 0, originOf(fact), ids),
    ),
  )
  yield* addSums(sumUp(facts, begins, placeOf))
}

const isIn = (set: ReadonlySet<Fact>, fact: Fact | undefined): boolean =>
  fact !== undefined && set.has(fact)

function* placesOf(origins: readonly Origin[]): Work<ReadonlyMap<Origin, Place>> {
  const groupSets = yield* groupSetNumbers(new Set(origins.map((origin) => origin.groups)))
  const people = yield* personNumbers(origins)
  return new Map(
    origins.map((origin) => [
      origin,
      {
        groupSet: groupSets.get(origin.groups) ?? 0,
        person: people.get(personKey(origin)) ?? 0,
      },
    ]),
  )
}

function textsOf(facts: readonly Fact[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { name, model, tool, program, rule } of facts)
    found.add(name).add(model).add(tool).add(program).add(rule)
  return found
}

function rowOf(
  id: number,
  fact: Fact,
  conversation: number,
  origin: number,
  texts: ReadonlyMap<string, number>,
): FactRow {
  const text = (of: string): number | null => (of === '' ? null : (texts.get(of) ?? null))
  return {
    id,
    at: fact.at,
    received_at: fact.receivedAt,
    reported_at: fact.reportedAt,
    conversation,
    origin,
    kind: fact.kind,
    name: texts.get(fact.name) ?? 0,
    model: text(fact.model),
    tool: text(fact.tool),
    call_id: fact.callId || null,
    decision: fact.decision || null,
    decided_by: fact.decidedBy || null,
    outcome: fact.outcome,
    success: fact.success,
    duration_ms: fact.durationMs,
    status: fact.status,
    tokens_input: fact.tokensInput,
    tokens_cached: fact.tokensCached,
    tokens_cache_write: fact.tokensCacheWrite,
    tokens_output: fact.tokensOutput,
    tokens_reasoning: fact.tokensReasoning,
    length: fact.length,
    program: text(fact.program),
    rule: text(fact.rule),
    rule_decision: fact.ruleDecision || null,
    content: fact.content,
    extra: fact.extra,
    trace_id: fact.traceId || null,
    span_id: fact.spanId || null,
  }
}
