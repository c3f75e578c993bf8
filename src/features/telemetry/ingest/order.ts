import { Problem, type ProblemCode } from '#kernel/problem.ts'
import type { Format } from '../otlp/decode.ts'
import type { Signal } from '../otlp/records.ts'
import type { TakeContext } from '../take.ts'
import { retryAfter } from './limits.ts'

/** One request, as it goes to the thread that stores. The text of its policy version is told apart, once. */
export interface Order {
  /** `events`: the client's own analytics events, a list as JSON. */
  readonly signal: Signal | 'events'
  readonly format: Format
  readonly body: Uint8Array<ArrayBuffer>
  /** Whose body counts once: the token, or the id of the client. */
  readonly token: string
  readonly context: Omit<TakeContext, 'policyText'>
}

export type Stored =
  | { readonly ok: true; readonly stored: number; readonly warning: string }
  | {
      readonly ok: false
      readonly code: ProblemCode
      readonly message: string
      /** Seconds; where the same may be stored a moment later. */
      readonly retryAfter?: number
    }

/** Whether the same may be stored a moment later. */
export const isPassing = (error: unknown): error is Problem =>
  error instanceof Problem && (error.status === 503 || error.code === 'storage_full')

export const refusal = (problem: Problem): Stored & { readonly ok: false } => ({
  ok: false,
  code: problem.code,
  message: problem.message,
  ...(isPassing(problem) ? { retryAfter: problem.extra.retryAfter ?? retryAfter } : {}),
})

export const unforeseen: Stored = {
  ok: false,
  code: 'internal',
  message: 'Something went wrong inside Gatehouse; it was written to the log.',
}
