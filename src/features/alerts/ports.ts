import type { Notify } from '#features/notify/index.ts'
import type { Aside } from '#kernel/aside.ts'
import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'

export interface AlertPorts {
  readonly webhooks: Notify['endpoints']
  /** Undefined: mail is not configured. */
  readonly mailer: Mailer | undefined
  /** Where the pages are, for links in messages. */
  readonly siteUrl: string
  /** That of questions. */
  readonly aside: Aside
}

export interface AlertParts extends AlertPorts {
  readonly runtime: Runtime
}
