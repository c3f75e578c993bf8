import { queries } from '#kernel/work.ts'

/**
 * Tables of what agents report (docs/decisions/0023-facts.md). Times are milliseconds since 1970, booleans 0 and 1. Facts name
 * texts by number (`telemetry_texts`), because there are millions of them; sums hold the texts themselves, because there are few.
 * An empty text stands where something is not known: a null would not be equal to itself in a key.
 */
export interface TelemetryTables {
  /** The next free number of each kind. Held until the commit, so that numbers of facts grow in the order of their commits. */
  telemetry_counters: { readonly name: string; readonly next: number }
  telemetry_texts: { readonly id: number; readonly text: string }
  /** Somebody whose use is counted once: a member, a service account, or one machine (host name) of an enrolment. */
  telemetry_people: PersonRow
  /** A set of groups that a sender was in when it sent; number 0 is the empty one and has no members. */
  telemetry_group_sets: {
    readonly id: number
    /** The ids of its groups, sorted, with a space between; unique. */
    readonly key: string
  }
  telemetry_group_set_members: { readonly set_id: number; readonly group_id: string }
  telemetry_origins: OriginRow
  telemetry_conversations: ConversationRow
  telemetry_facts: FactRow
  /** Decisions on tool calls whose results have not come yet. */
  telemetry_pending_calls: PendingCallRow
  /** Sums by quarter of an hour (`bucket` is its start), and the same by hour and by day (UTC). */
  telemetry_usage: UsageRow
  telemetry_usage_hours: UsageRow
  telemetry_usage_days: UsageRow
  telemetry_days: DayRow
  telemetry_commands: CommandsRow
  telemetry_command_people: CommandPeopleRow
  telemetry_histograms: HistogramRow
  telemetry_histogram_days: HistogramDayRow
  telemetry_failures: FailureRow
  telemetry_failure_people: FailurePeopleRow
}

export type PrincipalKind = 'member' | 'service_account' | 'enrolment'

export interface PersonRow {
  readonly id: number
  readonly kind: PrincipalKind
  /** Id of the member, service account or enrolment. */
  readonly principal_id: string
  /** Of an enrolment's machine, as it reports it; else empty. */
  readonly host: string
}

/** Who and where something came from: one row for each combination that was ever seen. */
export interface OriginRow {
  readonly id: number
  /** All the others in one text, for looking it up; unique. */
  readonly key: string
  readonly person: number
  readonly client_kind: 'client' | 'enrolment'
  readonly client_id: string
  /** The host name, the originator (`codex_exec`, `codex_vscode`) and the version that the client reports. */
  readonly host: string
  readonly originator: string
  readonly version: string
  /** From the originator: `cli`, `ide`, `desktop`, `sdk` or `other`. */
  readonly surface: string
  /** The groups when it was received. */
  readonly group_set: number
  /** The policy version whose bundle brought the token; empty: none. */
  readonly policy_version: string
  readonly first_at: number
}

/** One conversation of one person. What it reports is the client's own word. */
export interface ConversationRow {
  readonly id: number
  readonly person: number
  /** The client's own id; empty for what belongs to no conversation. Unique with the person. */
  readonly conversation: string
  /** Of the newest record. */
  readonly origin: number
  readonly started_at: number
  readonly last_at: number
  /** When it was last received. */
  readonly received_at: number
  readonly model: string
  /** From the last `conversation_starts`, whose time is `reported_at`; null: none came. */
  readonly reported_at: number | null
  readonly approval_policy: string | null
  readonly sandbox_policy: string | null
  /** As the client writes them: names with commas between. */
  readonly mcp_servers: string | null
  /** Further attributes of `conversation_starts` as JSON. */
  readonly reported: string | null
  readonly events: number
  readonly turns: number
  readonly tool_calls: number
  readonly denied_calls: number
  readonly failures: number
  readonly tokens_input: number
  readonly tokens_cached: number
  readonly tokens_output: number
  readonly tokens_reasoning: number
}

/** What a fact is about; `other` is a record that nobody understands yet, kept as it came. */
export type FactKind =
  | 'conversation'
  | 'prompt'
  | 'api_request'
  | 'tokens'
  | 'stream'
  | 'tool_decision'
  | 'tool_result'
  | 'first_token'
  | 'startup'
  | 'span'
  | 'metric'
  | 'analytics'
  | 'other'

/** What became of a tool call. `denied`: it did not run, because of a rule, the policy or a person. */
export type Outcome = 'ran' | 'failed' | 'denied'

/** What the rules of the served policy version say about a command; empty: no command, or no policy. */
export type RuleDecision = 'allow' | 'prompt' | 'forbidden' | 'unsure' | ''

export interface FactRow {
  /** Grows in the order of commits: the cursor of whoever reads on. */
  readonly id: number
  readonly at: number
  readonly received_at: number
  /** What the client said, where `at` is the time of receipt instead: it was 0, before 2020 or more than a day ahead. */
  readonly reported_at: number | null
  readonly conversation: number
  readonly origin: number
  readonly kind: FactKind
  /** Numbers of texts: the name as it came, the model, the tool, the program of a command. */
  readonly name: number
  readonly model: number | null
  readonly tool: number | null
  readonly call_id: string | null
  /** As the client says it: `approved`, `denied`, … ; of a result the one that was made before. */
  readonly decision: string | null
  /** `config` or `user`. */
  readonly decided_by: string | null
  readonly outcome: Outcome | null
  readonly success: number | null
  readonly duration_ms: number | null
  /** HTTP status of a request. */
  readonly status: number | null
  readonly tokens_input: number | null
  readonly tokens_cached: number | null
  readonly tokens_cache_write: number | null
  readonly tokens_output: number | null
  readonly tokens_reasoning: number | null
  /** Characters of a prompt, a command or an output; whatever of them is kept. */
  readonly length: number | null
  readonly program: number | null
  /** Number of the text that names the strictest rule that matches (`telemetry_commands.rule`). */
  readonly rule: number | null
  readonly rule_decision: RuleDecision | null
  /** What people and agents wrote, as far as the content policy keeps it: JSON. */
  readonly content: string | null
  /** Other attributes as JSON. */
  readonly extra: string | null
  /** A turn of the client is one trace. */
  readonly trace_id: string | null
  readonly span_id: string | null
}

export interface PendingCallRow {
  readonly conversation: number
  readonly call_id: string
  readonly decision: string
  readonly decided_by: string
  readonly received_at: number
}

/** What is summed. `tokens_input` contains `tokens_cached`; `tokens_output` contains `tokens_reasoning`. */
export interface Measures {
  readonly events: number
  readonly conversations: number
  /** One for each prompt of a person or caller. */
  readonly turns: number
  readonly prompt_chars: number
  readonly tool_calls: number
  readonly failed_calls: number
  readonly denied_calls: number
  /** Decisions on tool calls by who made them. */
  readonly approved_by_config: number
  readonly approved_by_user: number
  readonly refused_by_config: number
  readonly refused_by_user: number
  readonly api_requests: number
  readonly api_failures: number
  readonly tokens_input: number
  readonly tokens_cached: number
  readonly tokens_cache_write: number
  readonly tokens_output: number
  readonly tokens_reasoning: number
}

export interface UsageRow extends Measures {
  readonly bucket: number
  readonly group_set: number
  readonly surface: string
  readonly originator: string
  readonly model: string
}

/** One person's UTC day. Distinct people are counted here, exactly, and nowhere else. */
export interface DayRow extends Measures {
  /** Midnight UTC. */
  readonly day: number
  readonly person: number
  readonly group_set: number
  readonly surface: string
  readonly originator: string
  readonly model: string
  readonly version: string
  /** Policy version; empty: none. */
  readonly policy_version: string
  /**
   * The 96 quarters of the day in which something happened, 48 bits each: bit n of `quarters_am` is the n-th quarter after
   * midnight UTC, bit n of `quarters_pm` the n-th after noon. A day of another time zone is put together of them.
   */
  readonly quarters_am: number
  readonly quarters_pm: number
}

/** Tool calls by hour. */
export interface CommandsRow {
  readonly hour: number
  readonly group_set: number
  readonly tool: string
  /** Of a command: the last part of its first word; else empty. */
  readonly program: string
  readonly outcome: Outcome
  readonly decision: string
  readonly decided_by: string
  /** The strictest rule of the policy version that matches, by its pattern, as `git {push,fetch}`; else empty. */
  readonly rule: string
  /** Where the rule stands; empty without a rule. */
  readonly policy_version: string
  readonly rule_decision: RuleDecision
  readonly count: number
  readonly duration_ms: number
}

/** Who stands behind the tool calls of a day (UTC), to count people. */
export interface CommandPeopleRow {
  readonly day: number
  readonly person: number
  readonly group_set: number
  readonly tool: string
  readonly program: string
  readonly outcome: Outcome
  readonly rule: string
  readonly rule_decision: RuleDecision
  readonly count: number
}

/** `first_token`, `api_request`, `tool_call`: milliseconds; `prompt`: characters. */
export type HistogramMeasure = 'first_token' | 'api_request' | 'tool_call' | 'prompt'

/** How many values of a measure stand under each bound (rollups/histogram.ts), by hour. */
export interface HistogramRow {
  readonly hour: number
  readonly group_set: number
  readonly surface: string
  readonly originator: string
  readonly model: string
  readonly measure: HistogramMeasure
  /** Number of the bound: the values are at most `boundOf(bound)`. */
  readonly bound: number
  readonly count: number
}

/** The same by day (UTC). */
export type HistogramDayRow = Omit<HistogramRow, 'hour'> & { readonly day: number }

/** What went wrong, by hour. */
export interface FailureRow {
  readonly hour: number
  readonly group_set: number
  readonly surface: string
  readonly originator: string
  readonly model: string
  /** `api`, `stream` or `tool`. */
  readonly kind: string
  /** The HTTP status, the kind of event, or the name of the tool. */
  readonly what: string
  readonly count: number
}

/** Whom it happened to, by day (UTC), to count people. */
export interface FailurePeopleRow {
  readonly day: number
  readonly person: number
  readonly kind: string
  readonly what: string
  readonly count: number
}

/** The columns of `Measures`, in order. */
export const measures = [
  'events',
  'conversations',
  'turns',
  'prompt_chars',
  'tool_calls',
  'failed_calls',
  'denied_calls',
  'approved_by_config',
  'approved_by_user',
  'refused_by_config',
  'refused_by_user',
  'api_requests',
  'api_failures',
  'tokens_input',
  'tokens_cached',
  'tokens_cache_write',
  'tokens_output',
  'tokens_reasoning',
] as const satisfies readonly (keyof Measures)[]

export const q = queries<TelemetryTables>()
