import type { Call } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Directory } from './directory.ts'
import type { Acting } from './publish.ts'

/** What the routes of this feature work with. */
export interface PolicyParts {
  readonly runtime: Runtime
  readonly directory: Directory
  /** The last fetch with an enrolment, as delivery has recorded it. */
  readonly lastFetch: (
    enrolmentId: string,
  ) => Work<{ readonly at: number; readonly version: number | null } | null>
}

/** Who may use these routes, and how their errors are written. */
export const admins = { auth: ['session', 'key'], errors: 'problem' } as const

export const acting = ({ runtime, directory }: PolicyParts, call: Call): Acting => ({
  ids: runtime.ids,
  now: call.now,
  actor: call.actor,
  present: () => directory.present(),
})
