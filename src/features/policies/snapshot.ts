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
  readonly groups: ReadonlyMap<string, { readonly id: string; readonly name: string }>
  /** Member id → ids of her groups. A member without groups may be absent. */
  readonly memberGroups: ReadonlyMap<string, readonly string[]>
  readonly members: ReadonlyMap<string, SnapshotMember>
  readonly surfaces: ReadonlyMap<string, { readonly on: boolean; readonly message: string }>
  /** Every enrolment that is not revoked. */
  readonly enrolments: ReadonlyMap<string, Principal>
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
  readonly sha256: string
}

export interface SnapshotMember {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly status: string
}

/** Who a policy is resolved for. */
export interface Principal {
  readonly kind: 'member' | 'enrolment'
  readonly id: string
  /** The e-mail address, or the enrolment's name. */
  readonly label: string
  readonly groupIds: readonly string[]
}

export const emptySnapshot: Snapshot = {
  revision: 0,
  rules: [],
  defaultPolicyId: null,
  policies: new Map(),
  groups: new Map(),
  memberGroups: new Map(),
  members: new Map(),
  surfaces: new Map(),
  enrolments: new Map(),
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

/** Only active members can have a client; suspended and archived ones are not counted as touched. */
export function* principals(snapshot: Snapshot): Generator<Principal> {
  for (const member of snapshot.members.values())
    if (member.status === 'active') yield memberPrincipal(snapshot, member)
  yield* snapshot.enrolments.values()
}
