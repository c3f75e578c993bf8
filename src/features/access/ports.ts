import type { AuditActor } from '#kernel/audit.ts'
import type { Permission } from '#features/workspace/index.ts'
import type { Work } from '#kernel/work.ts'
import type { Holding, UsedBy } from './schema.ts'

/** Acts of this feature that change what policy somebody gets, as the feature that resolves policies knows them. */
export type TouchingAct =
  | {
      readonly kind: 'membership'
      readonly groupId: string
      readonly add: readonly string[]
      readonly remove: readonly string[]
      /** How long those who are added stay (ms); left out: for good. */
      readonly lasts?: number
    }
  | { readonly kind: 'remove_member'; readonly memberId: string }
  | { readonly kind: 'activate_member'; readonly memberId: string }
  | {
      readonly kind: 'join_groups'
      readonly joins: readonly { readonly memberId: string; readonly groupId: string }[]
    }
  | {
      readonly kind: 'role_grant'
      readonly roleId: string
      readonly holder: { readonly kind: 'member' | 'group'; readonly id: string }
      readonly given: boolean
      readonly lasts?: number
    }
  | {
      readonly kind: 'role_change'
      readonly roleId: string
      readonly permissions: readonly Permission[]
    }
  | { readonly kind: 'default_role'; readonly roleId: string | null }

/** What access needs from features above it, wired in wiring.ts. Each one runs inside the transaction of the act. */
export interface AccessPorts {
  /** Ends every session and open link of the member; how many sessions it ended. */
  readonly endSessions: (memberId: string) => Work<number>
  /** Signs every client of the member out, for good; how many there were. `by`: the label of the one who does it. */
  readonly endClients: (memberId: string, at: number, by: string) => Work<number>
  /** One-time links to the account open nothing any more; sessions go on. How many links that were. */
  readonly endLinks: (memberId: string) => Work<number>
  /** Those of the members who have a way to sign in. */
  readonly canSignIn: (memberIds: readonly string[]) => Work<ReadonlySet<string>>
  /** Refuses what would leave nobody who gets in without the organisation's provider, while others may not. */
  readonly keepBreakGlass: (ownerId: string) => Work<void>
  /** Removes what other features keep about a member (password, sessions, links) before the row goes. */
  readonly forget: (memberId: string) => Work<void>
  /** What the member holds in other features: sessions, drafts. */
  readonly holdings: (memberId: string) => Work<readonly Holding[]>
  /** The directory that keeps a member or a group, and whether it says that she is active. Left out: none keeps anything. */
  readonly keeperOf?: (
    kind: 'member' | 'group',
    id: string,
  ) => Work<{ readonly id: string; readonly name: string; readonly active: boolean } | undefined>
  /** Rules and enrolments that refer to the group. */
  readonly groupUsedBy: (groupId: string) => Work<readonly UsedBy[]>
  readonly changeSets: {
    /**
     * How many principals get another effective policy by the act. Called before the act changes anything. Throws
     * `preview_outdated` when a hash is given and the effect is not the one that was looked at, and `approval_required`
     * when somebody else has to approve it first.
     */
    readonly touch: (
      act: TouchingAct,
      expectedHash: string | undefined,
      by: { readonly actor: AuditActor; readonly now: number },
    ) => Work<{ readonly touches: number }>
    /** The same number, where nothing is about to happen. */
    readonly reach: (act: TouchingAct) => Work<number>
  }
}
