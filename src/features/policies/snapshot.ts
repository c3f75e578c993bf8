import { everybodyMay, type CodexUse } from './codex-use.ts'

/**
 * The workspace as resolution sees it: one consistent picture of one workspace revision, held in memory. Nothing in it
 * changes; a newer revision is a newer snapshot.
 */
export interface Snapshot {
  readonly revision: number
  /** In the order in which they are tried; `position` counts from 1. */
  readonly rules: readonly SnapshotRule[]
  readonly defaultPolicyId: string | null
  /** Published policies only: what was never published is nothing that anybody could get. */
  readonly policies: ReadonlyMap<string, SnapshotPolicy>
  /** Policy id → the newer version that a part of its principals is served. */
  readonly rollouts: ReadonlyMap<string, SnapshotRollout>
  readonly groups: ReadonlyMap<string, { readonly id: string; readonly name: string }>
  /** Member id → ids of her groups. A member without groups may be absent. */
  readonly memberGroups: ReadonlyMap<string, readonly string[]>
  /** Those of the memberships that end by themselves, the next one first. What has ended is in neither. */
  readonly ending: readonly Ending[]
  readonly members: ReadonlyMap<string, SnapshotMember>
  readonly codexUse: CodexUse
  readonly surfaces: ReadonlyMap<string, { readonly on: boolean; readonly message: string }>
  /** Every enrolment that is not revoked. */
  readonly enrolments: ReadonlyMap<string, Principal>
  /** Every service account, suspended ones too. */
  readonly accounts: ReadonlyMap<string, SnapshotAccount>
}

export interface Ending {
  readonly memberId: string
  readonly groupId: string
  /** From this moment (ms) on she is not in the group any more. */
  readonly endsAt: number
}

export interface SnapshotRule {
  readonly id: string
  readonly position: number
  readonly groupId: string
  readonly policyId: string
}

/** A policy with the version that is served now. */
export interface SnapshotPolicy {
  readonly id: string
  readonly name: string
  readonly versionId: string
  readonly version: number
  readonly text: string
  /** The overridable config.toml beside it; empty when there is none. */
  readonly defaults: string
  /** Of both texts. */
  readonly sha256: string
}

/** A version on its way: those in the stage are served it, all others what is published. */
export interface SnapshotRollout {
  readonly id: string
  readonly policy: SnapshotPolicy
  readonly stage: Stage
}

export interface Stage {
  /** Everybody in one of these groups, enrolments bound to one included. */
  readonly groupIds: readonly string[]
  readonly enrolmentIds: readonly string[]
  /** Of the members and service accounts, 0 to 100. */
  readonly percent: number
}

export interface SnapshotMember {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly status: string
}

/** Who a policy is resolved for. */
export interface Principal {
  readonly kind: 'member' | 'enrolment' | 'service_account'
  readonly id: string
  /** The e-mail address, or the name of the enrolment or service account. */
  readonly label: string
  readonly groupIds: readonly string[]
}

/** Access tokens that are tied to no person, with groups of their own. */
export interface SnapshotAccount extends Principal {
  readonly kind: 'service_account'
  readonly status: 'active' | 'suspended'
}

export const emptySnapshot: Snapshot = {
  revision: 0,
  rules: [],
  defaultPolicyId: null,
  policies: new Map(),
  rollouts: new Map(),
  groups: new Map(),
  memberGroups: new Map(),
  ending: [],
  members: new Map(),
  codexUse: everybodyMay,
  surfaces: new Map(),
  enrolments: new Map(),
  accounts: new Map(),
}

/** A member as a principal. */
export function memberPrincipal(snapshot: Snapshot, member: SnapshotMember): Principal {
  return {
    kind: 'member',
    id: member.id,
    label: member.email,
    groupIds: snapshot.memberGroups.get(member.id) ?? [],
  }
}

/** Only who is active can have a client; the others are not counted as touched. */
export function* principals(snapshot: Snapshot): Generator<Principal> {
  for (const member of snapshot.members.values())
    if (member.status === 'active') yield memberPrincipal(snapshot, member)
  yield* snapshot.enrolments.values()
  for (const account of snapshot.accounts.values()) if (account.status === 'active') yield account
}
