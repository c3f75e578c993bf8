import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Report } from './content.ts'

/** What `wiring.ts` gives to telling people. */
export interface NotifyPorts {
  readonly mailer: Mailer | undefined
  /** Where people open the pages, without a trailing slash. */
  readonly siteUrl: string
  /** host:port entries of the configuration that may be called; those of the workspace are added. */
  readonly fixedExceptions: readonly string[]
  /** One step as people are told of it; undefined when nothing of it is left after the options. */
  readonly report: Report
}

/** What every room of telling is given. */
export interface NotifyParts extends NotifyPorts {
  readonly runtime: Runtime
}
