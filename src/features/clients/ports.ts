import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { SigningKeys } from './keys/index.ts'
import type { Limits } from './limits.ts'

/** Acts of this feature that change what somebody gets, as the feature that resolves policies knows them. */
export type TouchingAct =
  | {
      readonly kind: 'service_account'
      readonly accountId: string
      readonly groupIds: readonly string[]
      readonly status: 'active' | 'suspended'
    }
  | { readonly kind: 'remove_service_account'; readonly accountId: string }

export interface ClientsPorts {
  readonly changeSets: {
    /** Called before the act; throws `preview_outdated` for another hash, or `approval_required`. */
    readonly touch: (
      act: TouchingAct,
      expectedHash: string | undefined,
      by: Call,
    ) => Work<{ readonly touches: number }>
  }
  /** Undefined: mail is not configured. */
  readonly mailer: Pick<Mailer, 'send'> | undefined
  /** The address that people open in their browser, without a trailing slash. */
  readonly siteUrl: string
  /** What the member would be served now, for the page on which she agrees; null: no policy. */
  readonly policyOf: (
    memberId: string,
  ) => Work<{ readonly id: string; readonly name: string; readonly version: number } | null>
  /** The certificate (PEM) of the local authority, where the server's certificate comes from it. */
  readonly localCa: () => string | null
}

/** What the routes of this feature stand in. */
export interface Setting {
  readonly runtime: Runtime
  readonly ports: ClientsPorts
  readonly keys: SigningKeys
  readonly limits: Limits
}
