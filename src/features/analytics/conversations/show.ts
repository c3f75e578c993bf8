import type {
  ConversationHead,
  ReadFact,
  TailFact,
  TelemetryTables,
} from '#features/telemetry/index.ts'
import type { Row } from '../schema.ts'
import type * as schema from './schema.ts'

/** How a person or machine is called (names.ts). */
export type NameOf = (person: TelemetryTables['telemetry_people']) => { readonly label: string }

export const showConversation = (head: ConversationHead, nameOf: NameOf): schema.Conversation => ({
  id: String(head.id),
  name: head.conversation,
  who: {
    kind: head.kind,
    id: head.principal_id,
    label: nameOf({
      id: head.person,
      kind: head.kind,
      principal_id: head.principal_id,
      host: head.person_host,
    }).label,
  },
  client: {
    kind: head.client_kind,
    id: head.client_id,
    host: head.client_host,
    program: head.originator,
    version: head.version,
    surface: head.surface,
  },
  startedAt: head.started_at,
  lastAt: head.last_at,
  model: head.model,
  events: head.events,
  turns: head.turns,
  toolCalls: head.tool_calls,
  deniedCalls: head.denied_calls,
  failures: head.failures,
  tokens: {
    input: head.tokens_input,
    cached: head.tokens_cached,
    output: head.tokens_output,
    reasoning: head.tokens_reasoning,
  },
})

export const showReported = (head: ConversationHead): schema.ConversationPage['reported'] =>
  head.reported_at === null
    ? null
    : {
        at: head.reported_at,
        approvalPolicy: head.approval_policy ?? '',
        sandboxPolicy: head.sandbox_policy ?? '',
        mcpServers: head.mcp_servers ?? '',
        rest: fieldsOf(head.reported) ?? {},
      }

/** What was kept as JSON. */
function fieldsOf(json: string | null): Record<string, unknown> | null {
  return json === null ? null : (JSON.parse(json) as Record<string, unknown>)
}

export const showEvent = (fact: ReadFact): schema.Event => ({
  id: fact.id,
  at: fact.at,
  receivedAt: fact.received_at,
  reportedAt: fact.reported_at,
  kind: fact.kind,
  name: fact.name,
  model: fact.model,
  tool: fact.tool,
  callId: fact.call_id,
  decision: fact.decision,
  decidedBy: fact.decided_by,
  outcome: fact.outcome,
  success: fact.success === null ? null : fact.success === 1,
  durationMs: fact.duration_ms,
  status: fact.status,
  tokens:
    fact.tokens_input === null && fact.tokens_output === null
      ? null
      : {
          input: fact.tokens_input ?? 0,
          cached: fact.tokens_cached ?? 0,
          cacheWrite: fact.tokens_cache_write ?? 0,
          output: fact.tokens_output ?? 0,
          reasoning: fact.tokens_reasoning ?? 0,
        },
  length: fact.length,
  program: fact.program,
  rule: fact.rule,
  ruleDecision: fact.rule_decision ?? '',
  content: fieldsOf(fact.content),
  extra: fieldsOf(fact.extra),
  traceId: fact.trace_id,
  spanId: fact.span_id,
})

export const showTailEvent = (fact: TailFact, who: string): schema.TailEvent => ({
  ...showEvent(fact),
  who,
  client: `${fact.originator} ${fact.version}`.trim(),
  conversation: { id: String(fact.conversation), name: fact.conversation_name },
})

/** A span's parent and its length to the microsecond stand beside its attributes (telemetry/facts/spans.ts). */
export function showSpan(fact: ReadFact): schema.Span {
  const { parent, microseconds, ...extra } = fieldsOf(fact.extra) ?? {}
  return {
    id: fact.span_id ?? '',
    parent: typeof parent === 'string' ? parent : '',
    name: fact.name,
    at: fact.at,
    ms: typeof microseconds === 'number' ? microseconds / 1000 : (fact.duration_ms ?? 0),
    failed: fact.success === 0,
    extra,
  }
}

export const conversationColumns = [
  'id',
  'conversation',
  'who',
  'principal_id',
  'client_id',
  'host',
  'client',
  'client_version',
  'surface',
  'model',
  'started_at',
  'last_at',
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

/** One line of a download. */
export const conversationRow = (head: ConversationHead, nameOf: NameOf): Row => {
  const { who, client } = showConversation(head, nameOf)
  return {
    id: head.id,
    conversation: head.conversation,
    who: who.label,
    principal_id: who.id,
    client_id: client.id,
    host: client.host,
    client: client.program,
    client_version: client.version,
    surface: client.surface,
    model: head.model,
    started_at: new Date(head.started_at).toISOString(),
    last_at: new Date(head.last_at).toISOString(),
    events: head.events,
    turns: head.turns,
    tool_calls: head.tool_calls,
    denied_calls: head.denied_calls,
    failures: head.failures,
    tokens_input: head.tokens_input,
    tokens_cached: head.tokens_cached,
    tokens_output: head.tokens_output,
    tokens_reasoning: head.tokens_reasoning,
  }
}

export const eventColumns = [
  'id',
  'at',
  'received_at',
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
  'trace_id',
  'span_id',
  'content',
  'extra',
] as const

export const eventRow = (fact: ReadFact): Row => ({
  ...fact,
  at: new Date(fact.at).toISOString(),
  received_at: new Date(fact.received_at).toISOString(),
})
