import type { Aside } from '#kernel/aside.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Subject } from './schema.ts'

/** What `wiring.ts` gives to the compliance log. */
export interface CompliancePorts {
  /** The data folder: exports to a folder stand below `exports` in it. */
  readonly dataDir: string
  /** Where people open the pages, without a trailing slash. */
  readonly siteUrl: string
  readonly version: string
  /** host:port entries that may be called although they are not public. */
  readonly exceptions: () => Promise<readonly string[]>
  /** How a person, an enrolment or a service account is called; undefined: there is none. */
  readonly labelOf: (subjectId: string) => Work<string | undefined>
  /** All of them, as they are now. */
  readonly subjects: () => Work<readonly Subject[]>
  /** Resolves when every act that was committed before is in the chain of the audit trail. */
  readonly settled: () => Promise<void>
}

export interface ComplianceParts extends CompliancePorts {
  readonly runtime: Runtime
  readonly aside: Aside
}
