import { sql } from 'kysely'
import { insertMany } from '#kernel/insert-many.ts'
import { all, type Work } from '#kernel/work.ts'
import type { Fact, Reported } from './facts/index.ts'
import { counts, isEvent } from './rollups/measures.ts'
import { takeNumbers } from './store.names.ts'
import { q, type ConversationRow } from './tables.ts'

/** Values of one `in (…)`. */
const atOnce = 500

type Added = { -readonly [Key in keyof ConversationRow]: ConversationRow[Key] }

const sums = [
  'events',
  'turns',
  'tool_calls',
  'denied_calls',
  'failures',
  'tokens_input',
  'tokens_cached',
  'tokens_output',
  'tokens_reasoning',
] as const
/** Of the record with the latest time; those that say nothing leave what is there. */
const newest = ['approval_policy', 'sandbox_policy', 'mcp_servers', 'reported'] as const

const c = (column: string) => sql.ref(`telemetry_conversations.${column}`)
const x = (column: string) => sql.ref(`excluded.${column}`)
const later = sql`${x('last_at')} >= ${c('last_at')}`
const reportedLater = sql`coalesce(${x('reported_at')}, -1) >= coalesce(${c('reported_at')}, 0)`

const addConversations = insertMany<ConversationRow>(
  [
    'id',
    'person',
    'conversation',
    'origin',
    'started_at',
    'last_at',
    'received_at',
    'model',
    'reported_at',
    ...newest,
    ...sums,
  ],
  (places) =>
    q
      .insertInto('telemetry_conversations')
      .values(places)
      .onConflict((conflict) =>
        conflict.columns(['person', 'conversation']).doUpdateSet({
          origin: sql`case when ${later} then ${x('origin')} else ${c('origin')} end`,
          model: sql`case when ${later} and ${x('model')} <> '' then ${x('model')} else ${c('model')} end`,
          started_at: sql`case when ${x('started_at')} < ${c('started_at')} then ${x('started_at')} else ${c('started_at')} end`,
          last_at: sql`case when ${later} then ${x('last_at')} else ${c('last_at')} end`,
          received_at: sql`${x('received_at')}`,
          ...Object.fromEntries(
            [...newest, 'reported_at'].map((column) => [
              column,
              sql`case when ${reportedLater} then ${x(column)} else ${c(column)} end`,
            ]),
          ),
          ...Object.fromEntries(sums.map((column) => [column, sql`${c(column)} + ${x(column)}`])),
        }),
      ),
)

export interface Conversations {
  /** Numbers of the conversations of facts. */
  readonly of: (fact: Fact) => number
  /** The facts with which a conversation begins: the first in which it says what it runs with. */
  readonly begins: ReadonlySet<Fact>
  /** Adds what the facts say to the rows; the same facts in the same order, with the decisions on tool calls in them. */
  readonly add: (decided: readonly Fact[]) => Work<void>
}

/** Finds the conversations of facts. What belongs to none is of a nameless one of the person. */
export function* conversationsOf(
  facts: readonly Fact[],
  personOf: (fact: Fact) => number,
  originOf: (fact: Fact) => number,
): Work<Conversations> {
  const groups = groupsOf(facts, personOf)
  const known = yield* stored([...groups.values()])
  const missing = [...groups.keys()].filter((key) => !known.has(key)).sort()
  const next =
    missing.length === 0 ? 0 : yield* takeNumbers('telemetry_conversations', missing.length)
  const ids = new Map(missing.map((key, index) => [key, next + index]))
  for (const [key, row] of known) ids.set(key, row.id)
  const idOf = new Map<Fact, number>()
  const begins = new Set<Fact>()
  for (const [key, group] of groups) {
    for (const fact of group.facts) idOf.set(fact, ids.get(key) ?? 0)
    const first = group.facts.find((fact) => fact.reported !== null)
    if (first && group.conversation !== '' && known.get(key)?.reported !== true) begins.add(first)
  }
  return {
    of: (fact) => idOf.get(fact) ?? 0,
    begins,
    *add(decided) {
      const rows = [...groupsOf(decided, personOf)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, group]) => rowOf(ids.get(key) ?? 0, group, originOf))
      yield* addConversations(rows)
    },
  }
}

interface Group {
  readonly person: number
  readonly conversation: string
  readonly facts: Fact[]
}

function groupsOf(
  facts: readonly Fact[],
  personOf: (fact: Fact) => number,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  let last: Group | undefined
  for (const fact of facts) {
    const { conversation } = fact
    const person = personOf(fact)
    if (last?.conversation !== conversation || last.person !== person) {
      const key = `${person} ${conversation}`
      last = groups.get(key)
      if (!last) groups.set(key, (last = { person, conversation, facts: [] }))
    }
    last.facts.push(fact)
  }
  return groups
}

function* stored(
  groups: readonly Group[],
): Work<ReadonlyMap<string, { readonly id: number; readonly reported: boolean }>> {
  const found = new Map<string, { readonly id: number; readonly reported: boolean }>()
  for (let from = 0; from < groups.length; from += atOnce) {
    const part = groups.slice(from, from + atOnce)
    const rows = yield* all(
      q
        .selectFrom('telemetry_conversations')
        .select(['id', 'person', 'conversation', 'reported_at'])
        .where('conversation', 'in', [...new Set(part.map((group) => group.conversation))])
        .where('person', 'in', [...new Set(part.map((group) => group.person))]),
    )
    for (const { id, person, conversation, reported_at } of rows)
      found.set(`${person} ${conversation}`, { id, reported: reported_at !== null })
  }
  return found
}

function rowOf(id: number, group: Group, originOf: (fact: Fact) => number): ConversationRow {
  const [first] = group.facts
  if (!first) throw new Error('A conversation without facts.')
  const row: Added = {
    id,
    person: group.person,
    conversation: group.conversation,
    origin: originOf(first),
    started_at: first.at,
    last_at: first.at,
    received_at: first.receivedAt,
    model: '',
    reported_at: null,
    approval_policy: null,
    sandbox_policy: null,
    mcp_servers: null,
    reported: null,
    events: 0,
    turns: 0,
    tool_calls: 0,
    denied_calls: 0,
    failures: 0,
    tokens_input: 0,
    tokens_cached: 0,
    tokens_output: 0,
    tokens_reasoning: 0,
  }
  for (const fact of group.facts) {
    if (fact.at < row.started_at) row.started_at = fact.at
    if (fact.at >= row.last_at) {
      row.last_at = fact.at
      row.origin = originOf(fact)
      if (fact.model !== '') row.model = fact.model
    }
    if (fact.receivedAt > row.received_at) row.received_at = fact.receivedAt
    if (fact.reported && fact.at >= (row.reported_at ?? 0)) report(row, fact.at, fact.reported)
    if (counts(fact)) add(row, fact)
  }
  return row
}

function report(row: Added, at: number, reported: Reported): void {
  row.reported_at = at
  row.approval_policy = reported.approvalPolicy
  row.sandbox_policy = reported.sandboxPolicy
  row.mcp_servers = reported.mcpServers
  row.reported = reported.rest
}

function add(row: Added, fact: Fact): void {
  if (isEvent(fact)) row.events += 1
  if (fact.kind === 'prompt') row.turns += 1
  if (fact.kind === 'tool_result') row.tool_calls += 1
  if (fact.outcome === 'denied') row.denied_calls += 1
  if (fact.outcome === 'failed' || (fact.success === 0 && fact.kind !== 'tool_result'))
    row.failures += 1
  row.tokens_input += fact.tokensInput ?? 0
  row.tokens_cached += fact.tokensCached ?? 0
  row.tokens_output += fact.tokensOutput ?? 0
  row.tokens_reasoning += fact.tokensReasoning ?? 0
}
