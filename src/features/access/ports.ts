import type { Work } from '#kernel/work.ts'
import type { Holding, UsedBy } from './schema.ts'

/** Acts of this feature that change what policy somebody gets, as the feature that resolves policies knows them. */
export type TouchingAct =
  | {
      readonly kind: 'membership'
      readonly groupId: string
      readonly add: readonly string[]
      readonly remove: readonly string[]
    }
  | { readonly kind: 'remove_member'; readonly memberId: string }
  | { readonly kind: 'activate_member'; readonly memberId: string }
  | {
      readonly kind: 'join_groups'
      readonly joins: readonly { readonly memberId: string; readonly groupId: string }[]
    }

/** What access needs from features above it, wired in app.ts. Each one runs inside the transaction of the act. */
export interface AccessPorts {
  /** Ends every session and open link of the member; how many sessions it ended. */
  readonly endSessions: (memberId: string) => Work<number>
  /** One-time links to the account open nothing any more; sessions go on. How many links that were. */
  readonly endLinks: (memberId: string) => Work<number>
  /** Those of the members who have a way to sign in. */
  readonly canSignIn: (memberIds: readonly string[]) => Work<ReadonlySet<string>>
  /** Removes what other features keep about a member (password, sessions, links) before the row goes. */
  readonly forget: (memberId: string) => Work<void>
  /** What the member holds in other features: sessions, drafts. */
  readonly holdings: (memberId: string) => Work<readonly Holding[]>
  /** Rules and enrolments that refer to the group. */
  readonly groupUsedBy: (groupId: string) => Work<readonly UsedBy[]>
  readonly changeSets: {
    /**
     * How many principals get another effective policy by the act. Called before the act changes anything. Throws
     * `preview_outdated` when a hash is given and the effect is not the one that was looked at.
     */
    readonly touch: (act: TouchingAct, expectedHash?: string) => Work<{ readonly touches: number }>
  }
}
