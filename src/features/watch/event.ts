import type { StepKind } from './schema.ts'

/** What watching makes known. JSON, since it travels in a job. */
export type WatchEvent = StepEvent | TroubleEvent

/** A snapshot became visible with something to announce (never for formatting, flips, imports or boundaries). */
export interface StepEvent {
  readonly kind: 'step'
  readonly collectionId: string
  readonly snapshotId: string
  readonly stamp: string
  readonly at: number
  /** Only the announced pages. */
  readonly pages: readonly EventPage[]
}

export interface EventPage {
  readonly pageId: string
  readonly page: string
  readonly kind: StepKind
  readonly added: number
  readonly removed: number
}

/** A page or a source fails for the third run in a row, or a whole run failed. */
export interface TroubleEvent {
  readonly kind: 'trouble'
  readonly collectionId: string
  readonly at: number
  readonly runId: string
  readonly page: string | null
  readonly url: string
  readonly failure: string
  readonly message: string
}
