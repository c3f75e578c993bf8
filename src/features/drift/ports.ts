import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Notify } from '#features/notify/index.ts'
import type { DriftClient } from './schema.ts'

export interface DriftPorts {
  /** How somebody is called, from memory; undefined: gone, or an enrolment that is revoked. */
  readonly labelOf: (kind: DriftClient['principal']['kind'], id: string) => string | undefined
  readonly webhooks: Notify['endpoints']
  /** Undefined: mail is not configured. */
  readonly mailer: Mailer | undefined
  /** Where the pages are, for links in messages. */
  readonly siteUrl: string
}

export interface DriftParts extends DriftPorts {
  readonly runtime: Runtime
}
