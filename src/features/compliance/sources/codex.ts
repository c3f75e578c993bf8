import { memberById } from '#features/access/index.ts'
import type { FactKind, TelemetryTables } from '#features/telemetry/index.ts'
import { all, first, queries, type Work } from '#kernel/work.ts'
import type { Payload } from '../line.ts'
import type { Source } from './source.ts'

const q = queries<TelemetryTables>()

/** What somebody did or was answered. Measurements of the client itself (streams, spans, metrics, start-up) are no events. */
const kinds: readonly FactKind[] = [
  'conversation',
  'prompt',
  'api_request',
  'tokens',
  'tool_decision',
  'tool_result',
  'analytics',
  'other',
]

/** What agents reported, as telemetry keeps it: content that was not kept there is not here either. */
export const codexSource: Source = {
  eventType: 'CODEX_LOG',
  *newSince(cursor, limit) {
    // Numbers of facts grow in the order of their commits, so none can come before the last one that was seen.
    const rows = yield* factsAfter(Number(cursor), limit)
    const more = rows.length === limit
    const last = more ? rows.at(-1)?.id : yield* newestFact()
    const texts = yield* textsOf(rows)
    const labels = yield* labelsOf(rows)
    return {
      rows: rows.map((row) => ({
        eventId: `fact_${row.id}`,
        receivedAt: row.received_at,
        subjectId: row.principal_id,
        aboutId: '',
        payload: payloadOf(row, texts, labels),
        cursor: String(row.id),
      })),
      // Spans and metrics are no events; they are passed over once, not at every look.
      cursor: String(last ?? cursor),
      more,
    }
  },
}

function* newestFact(): Work<number | undefined> {
  const row = yield* first(
    q.selectFrom('telemetry_facts').select('id').orderBy('id', 'desc').limit(1),
  )
  return row?.id
}

function* factsAfter(after: number, limit: number) {
  return yield* all(
    q
      .selectFrom('telemetry_facts as f')
      .innerJoin('telemetry_origins as o', 'o.id', 'f.origin')
      .innerJoin('telemetry_people as p', 'p.id', 'o.person')
      .innerJoin('telemetry_conversations as c', 'c.id', 'f.conversation')
      .selectAll('f')
      .select([
        'p.kind as principal_kind',
        'p.principal_id',
        'o.client_kind',
        'o.client_id',
        'o.host',
        'o.originator',
        'o.version',
        'o.surface',
        'o.policy_version',
        'c.conversation as conversation_id',
      ])
      .where('f.id', '>', after)
      .where('f.kind', 'in', kinds)
      .orderBy('f.id')
      .limit(limit),
  )
}

type Fact = ReturnType<typeof factsAfter> extends Work<readonly (infer Row)[]> ? Row : never
type Texts = ReadonlyMap<number | null, string>

function* textsOf(rows: readonly Fact[]): Work<Texts> {
  const ids = new Set(rows.flatMap((r) => [r.name, r.model, r.tool, r.program, r.rule]))
  ids.delete(null)
  if (ids.size === 0) return new Map()
  const found = yield* all(
    q
      .selectFrom('telemetry_texts')
      .selectAll()
      .where(
        'id',
        'in',
        [...ids].filter((id) => id !== null),
      ),
  )
  return new Map(found.map(({ id, text }) => [id, text]))
}

/** The addresses of members, as they are now. */
function* labelsOf(rows: readonly Fact[]): Work<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>()
  for (const { principal_kind: kind, principal_id: id } of rows) {
    if (kind !== 'member' || labels.has(id)) continue
    labels.set(id, (yield* memberById(id))?.email ?? '')
  }
  return labels
}

function payloadOf(row: Fact, texts: Texts, labels: ReadonlyMap<string, string>): Payload {
  const text = (id: number | null): string | undefined => texts.get(id)
  const { tokens_input: input } = row
  return whatIsKnown({
    timestamp: new Date(row.at).toISOString(),
    actor: whatIsKnown({
      type: row.principal_kind,
      id: row.principal_id,
      label: labels.get(row.principal_id),
    }),
    client: whatIsKnown({
      type: row.client_kind,
      id: row.client_id,
      host: row.host,
      originator: row.originator,
      version: row.version,
    }),
    surface: row.surface,
    conversation_id: row.conversation_id,
    turn_trace_id: row.trace_id,
    kind: row.kind,
    name: text(row.name),
    model: text(row.model),
    tool: text(row.tool),
    call_id: row.call_id,
    decision: row.decision,
    decided_by: row.decided_by,
    outcome: row.outcome,
    program: text(row.program),
    rule: text(row.rule),
    rule_decision: row.rule_decision,
    duration_ms: row.duration_ms,
    status: row.status,
    length: row.length,
    tokens:
      input === null
        ? null
        : whatIsKnown({
            input,
            cached_input: row.tokens_cached,
            output: row.tokens_output,
            reasoning_output: row.tokens_reasoning,
          }),
    policy: row.policy_version === '' ? null : { version_id: row.policy_version },
    content: read(row.content),
    attributes: read(row.extra),
  })
}

const read = (json: string | null): unknown => (json === null ? null : JSON.parse(json))

const whatIsKnown = (value: Payload): Payload =>
  Object.fromEntries(
    Object.entries(value).filter(([, v]) => v !== null && v !== undefined && v !== ''),
  )
