import type { Runtime } from '#kernel/runtime.ts'
import type { MailText } from './mails.ts'
import type { Guard } from './guard.ts'
import type { Limiter } from '#kernel/ratelimit.ts'

/** The part of kernel/mail that this feature needs. */
export interface Mailer {
  readonly send: (
    mail: MailText & { readonly to: string },
  ) => Promise<
    | { readonly ok: true }
    | { readonly ok: false; readonly message: string; readonly remedy: string }
  >
}

export interface SigninPorts {
  /** Undefined: mail is not configured. */
  readonly mailer: Mailer | undefined
  /** The address that people open in their browser, without a trailing slash: links start with it. */
  readonly siteUrl: string
}

/** What the routes of this feature stand in. */
export interface Setting {
  readonly runtime: Runtime
  readonly ports: SigninPorts
  readonly guard: Guard
  /** Mails with new passwords that one account, and one address, may ask for. */
  readonly resets: { readonly byAccount: Limiter; readonly byAddress: Limiter }
}
