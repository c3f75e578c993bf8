import type { AuditEntry } from '#kernel/audit.ts'
import type { DirectoryRow } from './tables.ts'

/** Who asks, and when. */
export interface By {
  readonly directory: DirectoryRow
  readonly now: number
}

/** What a request has changed, for the audit trail and the provisioning log; absent: nothing. */
export interface Changed {
  readonly target: AuditEntry['target']
  readonly before?: unknown
  readonly after?: unknown
  readonly touches: number
}

/**
 * `settle`: somebody must not be served a moment longer; or so many were touched that what serves policies from memory had better
 * read them now than together with those of the next requests.
 */
export interface Done<T> {
  readonly result: T
  readonly changed: Changed | undefined
  readonly settle?: true
}
