import type { OtlpLog, OtlpPoint, OtlpSpan } from './otlp/records.ts'
import type { IngestClaims } from './token.ts'

/** How much of what people and agents wrote is kept. */
export type ContentLevel = 'nothing' | 'commands' | 'redacted' | 'all'

export interface ContentPolicy {
  readonly level: ContentLevel
  /** Regular expressions (RE2) whose matches are taken out where the level is `redacted`. */
  readonly patterns: readonly string[]
}

/** Who the claims are at this moment. */
export interface Sender {
  readonly kind: 'member' | 'service_account' | 'enrolment'
  readonly id: string
  readonly label: string
  readonly groupIds: readonly string[]
}

/** All that is known about a request when its records are stored. Crosses into another thread: data only. */
export interface TakeContext {
  readonly claims: IngestClaims
  readonly sender: Sender
  /** When the request came (ms). */
  readonly receivedAt: number
  readonly content: ContentPolicy
  /** requirements.toml of the version in the claims; null where there is none. */
  readonly policyText: string | null
}

/** Records of one request, all of one signal. */
export type Batch =
  | { readonly signal: 'logs'; readonly records: readonly OtlpLog[] }
  | { readonly signal: 'traces'; readonly records: readonly OtlpSpan[] }
  | { readonly signal: 'metrics'; readonly records: readonly OtlpPoint[] }
