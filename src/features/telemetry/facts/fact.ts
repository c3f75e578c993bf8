import type { OtlpLog } from '../otlp/records.ts'
import type { ContentPolicy, TakeContext } from '../take.ts'
import type { FactKind, Outcome, PrincipalKind, RuleDecision } from '../tables.ts'
import type { CommandRules } from '#requirements/index.ts'

/** Who and where records came from: one object for all records that share it. */
export interface Origin {
  readonly personKind: PrincipalKind
  readonly principalId: string
  readonly clientKind: 'client' | 'enrolment'
  readonly clientId: string
  readonly host: string
  readonly originator: string
  readonly version: string
  readonly surface: string
  /** Sorted, with a space between. */
  readonly groups: string
  readonly policyVersion: string
}

/** What a client reports that a conversation runs with. */
export interface Reported {
  readonly approvalPolicy: string
  readonly sandboxPolicy: string
  readonly mcpServers: string
  /** Everything else it reports, as JSON. */
  readonly rest: string
}

/** The normalised form of one record: texts in full, nothing looked up yet (telemetry/tables.ts has the words). */
export interface Fact {
  readonly at: number
  readonly receivedAt: number
  readonly reportedAt: number | null
  /** '' where it belongs to none. */
  readonly conversation: string
  readonly origin: Origin
  readonly kind: FactKind
  readonly name: string
  readonly model: string
  readonly tool: string
  readonly callId: string
  readonly decision: string
  readonly decidedBy: string
  readonly outcome: Outcome | null
  readonly success: number | null
  readonly durationMs: number | null
  readonly status: number | null
  readonly tokensInput: number | null
  readonly tokensCached: number | null
  readonly tokensCacheWrite: number | null
  readonly tokensOutput: number | null
  readonly tokensReasoning: number | null
  readonly length: number | null
  readonly program: string
  readonly rule: string
  readonly ruleDecision: RuleDecision
  readonly content: string | null
  readonly extra: string | null
  readonly traceId: string
  readonly spanId: string
  readonly reported: Reported | null
}

/** A fact while it is being made. */
export type Draft = { -readonly [Key in keyof Fact]: Fact[Key] }

/** All facts have the same fields in the same order: engines of JavaScript are twice as fast with such objects. */
export const draft = (
  at: number,
  receivedAt: number,
  origin: Origin,
  kind: FactKind,
  name: string,
): Draft => ({
  at,
  receivedAt,
  reportedAt: null,
  conversation: '',
  origin,
  kind,
  name,
  model: '',
  tool: '',
  callId: '',
  decision: '',
  decidedBy: '',
  outcome: null,
  success: null,
  durationMs: null,
  status: null,
  tokensInput: null,
  tokensCached: null,
  tokensCacheWrite: null,
  tokensOutput: null,
  tokensReasoning: null,
  length: null,
  program: '',
  rule: '',
  ruleDecision: '',
  content: null,
  extra: null,
  traceId: '',
  spanId: '',
  reported: null,
})

/** What the records of one request share. */
export interface Making {
  readonly context: TakeContext
  readonly content: ContentPolicy
  /** Rules of the policy version that the sender was served. */
  readonly rules: CommandRules
  /** Takes out what the patterns of the content policy match. */
  readonly redact: (text: string) => string
}

/** What is known about one event of the client. */
export interface EventKind {
  readonly kind: FactKind
  /** Attributes that it understands; the others are kept as they came. */
  readonly known: ReadonlySet<string>
  /** Fills the fact. May change its kind, where one event says different things. */
  readonly fill: (fact: Draft, log: OtlpLog, making: Making) => void
}
