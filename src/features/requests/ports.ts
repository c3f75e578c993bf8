import type { Acting, MembershipChanged, MembershipWish } from '#features/access/index.ts'
import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { RefusedRule } from './schema.ts'

/** What requests need from other features, wired in wiring.ts. */
export interface RequestPorts {
  readonly mailer: Mailer | undefined
  /** Where people open pages, without a trailing slash. */
  readonly siteUrl: string
  readonly canSignIn: (memberIds: readonly string[]) => Work<ReadonlySet<string>>
  /** The rule that an address in a refusal means; undefined: no version of that policy has it. */
  readonly ruleOf: (policyId: string, rule: string) => Work<RefusedRule | undefined>
  /** Both check what the one who decides may give, and refuse. */
  readonly changeMembership: (
    actor: Acting,
    now: number,
    wish: MembershipWish,
  ) => Work<MembershipChanged>
  readonly giveRole: (actor: Acting, now: number, wish: RoleWish) => Work<Given>
}

export interface RoleWish {
  readonly roleId: string
  readonly memberId: string
  readonly endsAt: number | null
  readonly reason: string
  readonly requestId: string
  readonly changeSet: string | undefined
}

export interface Given {
  readonly name: string
  /** Later than was wished, where she had it for longer. */
  readonly endsAt: number | null
  readonly touches: number
}

export interface Setting {
  readonly runtime: Runtime
  readonly ports: RequestPorts
}
