import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { RecordedCommand } from '#requirements/index.ts'
import type { Directory } from './directory.ts'
import type { Beside } from './lookup/composed.ts'
import type { By, TouchBy } from './preview.ts'
import type { Acting } from './publish.ts'
import type { Principal } from './snapshot.ts'

/** What the routes of this feature work with. */
export interface PolicyParts {
  readonly runtime: Runtime
  readonly directory: Directory
  readonly touch: TouchBy
  readonly lastFetch: LastFetch
  readonly fetches: FetchRecords
  /** What clients reported that they ran; undefined where nothing is reported. */
  readonly recordedCommands: RecordedCommands | undefined
  /** What is delivered behind every policy. */
  readonly beside: () => Beside | null
}

/** At most so many, the newest first; none where nothing was reported, or where the text of commands is not kept. */
export type RecordedCommands = (most: number) => Work<readonly RecordedCommand[]>

/** The last fetch with an enrolment, or by a client of a member, as it was recorded. */
export type LastFetch = (
  principal: Pick<Principal, 'kind' | 'id'>,
) => Work<{ readonly at: number; readonly version: number | null } | null>

/** What was recorded of the fetches of many principals at once, by `kind id`. */
export interface FetchRecords {
  /** Who was given that version since then, and when last. */
  readonly servedTo: (versionId: string, since: number) => Work<ReadonlyMap<string, number>>
  readonly lastFetches: (
    principals: readonly Pick<Principal, 'kind' | 'id'>[],
  ) => Work<ReadonlyMap<string, { readonly at: number; readonly version: number | null }>>
}

export const keyOf = ({ kind, id }: Pick<Principal, 'kind' | 'id'>): string => `${kind} ${id}`

/** Who may use these routes, and how their errors are written. */
export const admins = { auth: ['session', 'key'], errors: 'problem' } as const

export const acting = (
  { runtime, touch }: Pick<PolicyParts, 'runtime' | 'touch'>,
  by: By,
): Acting => ({
  ids: runtime.ids,
  now: by.now,
  actor: by.actor,
  touch: (act, expected, terms) => touch(act, expected, by, terms),
})
