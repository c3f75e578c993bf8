import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Guard } from './guard.ts'
import type { Limiter } from '#kernel/ratelimit.ts'
import type { Party } from './passkeys/party.ts'

export interface SigninPorts {
  /** Undefined: mail is not configured. */
  readonly mailer: Pick<Mailer, 'send'> | undefined
  /** The address that people open in their browser, without a trailing slash: links start with it. */
  readonly siteUrl: string
  /** Signs every client of the member out, because her password is a new one; how many there were. `by`: her label. */
  readonly endClients: (memberId: string, at: number, by: string) => Work<number>
  readonly singleSignOn: SsoPorts
}

/** What single sign-on needs of others. */
export interface SsoPorts {
  /** The policy that the member gets now. */
  readonly policyOf: (
    memberId: string,
  ) => Work<{ readonly id: string; readonly versionId: string } | null>
  /** Hosts that may be called although they are not public, as `host:port`. */
  readonly exceptions: () => Promise<readonly string[]>
}

/** An identity provider as the sign-in page shows it. */
export interface Provider {
  readonly id: string
  readonly name: string
  /** Where the browser goes to sign in there. */
  readonly startUrl: string
}

/** What the rest of the feature has to know of single sign-on. */
export interface SingleSignOn {
  /** Those that people may sign in at now. */
  readonly providers: () => Work<readonly Provider[]>
  /** Whether signing in at a provider is the only way in. */
  readonly enforced: () => Work<boolean>
  /** Throws `single_sign_on_required` where this member has to sign in at a provider. */
  readonly refuseOtherWays: (memberId: string) => Work<void>
  /** Where she can confirm that it is her; `startUrl` leads back to the page she is on. */
  readonly confirmingAt: (memberId: string) => Work<readonly Provider[]>
  /** Those of the members who can sign in at a provider. */
  readonly linked: (memberIds: readonly string[]) => Work<ReadonlySet<string>>
  /** Removes what is kept about a member, before her row goes. */
  readonly forget: (memberId: string) => Work<void>
}

/** What the routes of this feature stand in. */
export interface Setting {
  readonly runtime: Runtime
  readonly ports: SigninPorts
  /** For passwords and passkeys. */
  readonly guard: Guard
  /** For the codes of authenticator apps and for recovery codes. */
  readonly codeGuard: Guard
  /** Undefined: passkeys cannot work at the address of this Gatehouse. */
  readonly party: Party | undefined
  readonly sso: SingleSignOn
  /** Challenges that one address may ask for before anybody is signed in. */
  readonly challenges: Limiter
  /** Mails with new passwords that one account, and one address, may ask for. */
  readonly resets: { readonly byAccount: Limiter; readonly byAddress: Limiter }
}
