import type { Work } from '#kernel/work.ts'
import type { EventType } from '../event-types.ts'
import type { Payload } from '../line.ts'

/** One event as its source has it. */
export interface SourceRow {
  readonly eventId: string
  /** ms */
  readonly receivedAt: number
  /** The person (or other principal) who did it, '' for nobody; her data is erased by this id. */
  readonly subjectId: string
  /** The one it was done to, '' for nobody. */
  readonly aboutId: string
  readonly payload: Payload
  /** Where to go on after this one. */
  readonly cursor: string
}

/** Where events of a type come from. */
export interface Source {
  readonly eventType: EventType
  /**
   * What has come since the cursor, in the order in which it came, at most `limit`; the cursor after it, which also passes over
   * what is of another type; and whether more may be there already. '' is the beginning.
   */
  readonly newSince: (
    cursor: string,
    limit: number,
  ) => Work<{
    readonly rows: readonly SourceRow[]
    readonly cursor: string
    readonly more: boolean
  }>
}
