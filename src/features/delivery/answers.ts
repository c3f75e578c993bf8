import {
  mayUseCodex,
  memberPrincipal,
  resolve,
  type Principal,
  type Snapshot,
  type SnapshotAccount,
} from '#features/policies/index.ts'
import type { Bearer } from '#features/clients/index.ts'
import { noPermissionText } from '#features/access/index.ts'
import { surfaceText, type SurfaceKey } from '#features/workspace/index.ts'
import { bundleOf, servedName, type Bundle } from './bundle.ts'
import type { EnrolmentRow, KeyRow } from './store.ts'

/** What the holder of one key gets. Everything a fetch needs, so that answering it is one look-up. */
export interface KeyAnswer {
  readonly keyId: string
  readonly prefix: string
  readonly enrolmentId: string
  readonly enrolment: string
  /** The key is refused from this moment (ms) on. */
  readonly endsAt: number | null
  readonly outcome: Served | Refused
}

export interface Served {
  readonly kind: 'served'
  readonly bundle: Bundle
  readonly policyId: string
  readonly versionId: string
  /** `Baseline v3`; empty when there is no policy for it. */
  readonly served: string
}

export interface Refused<Code = 'enrolment_revoked' | 'surface_off'> {
  readonly kind: 'refused'
  readonly code: Code
  readonly message: string
}

/** Why a member or a service account gets no policy. */
export const memberRefusals = [
  'member_suspended',
  'account_suspended',
  'surface_off',
  'no_permission_for_codex',
] as const

/** What the clients of a member or of a service account get. */
export type MemberAnswer = Served | Refused<(typeof memberRefusals)[number]>

/** Every answer that this process can give, by the SHA-256 of the key. */
export interface Answers {
  readonly revision: number
  readonly byHash: ReadonlyMap<string, KeyAnswer>
}

export interface Register {
  readonly enrolments: readonly EnrolmentRow[]
  readonly keys: readonly KeyRow[]
}

const keyEnded: Refused = {
  kind: 'refused',
  code: 'enrolment_revoked',
  message:
    'The key of this machine was replaced and has ended. Your administrator has to put the newer key on the machine.',
}
const revoked: Refused = {
  kind: 'refused',
  code: 'enrolment_revoked',
  message:
    'The enrolment of this machine was revoked. Your administrator has to give the machine another one.',
}

/** Pure: all answers at once. One resolution for each enrolment, one bundle for each policy version. */
export function composeAnswers(snapshot: Snapshot, register: Register): Answers {
  const outcomeFor = outcomes(snapshot)
  const enrolments = new Map(register.enrolments.map((row) => [row.id, row]))
  const byHash = new Map<string, KeyAnswer>()
  for (const key of register.keys) {
    const enrolment = enrolments.get(key.enrolment_id)
    if (!enrolment) continue
    byHash.set(key.hash, {
      keyId: key.id,
      prefix: key.prefix,
      enrolmentId: enrolment.id,
      enrolment: enrolment.name,
      endsAt: key.ends_at,
      outcome:
        enrolment.revoked_at !== null
          ? revoked
          : key.ended_at !== null
            ? keyEnded
            : outcomeFor(enrolment),
    })
  }
  return { revision: snapshot.revision, byHash }
}

/** An enrolment as resolution sees it. */
export const principalOf = (row: EnrolmentRow): Principal => ({
  kind: 'enrolment',
  id: row.id,
  label: row.name,
  groupIds: row.group_id === null ? [] : [row.group_id],
})

function outcomes(snapshot: Snapshot): (enrolment: EnrolmentRow) => Served | Refused {
  const { off, serve } = servingOf(snapshot)
  if (off) return () => off
  // The snapshot's binding, so that group, rules and policies are of one revision; a new enrolment may be missing there.
  return (enrolment) => serve(snapshot.enrolments.get(enrolment.id) ?? principalOf(enrolment))
}

/** A key that has come to its end by time is refused like one that was ended by hand. */
export const outcomeAt = (answer: KeyAnswer, now: number): Served | Refused =>
  answer.endsAt !== null && now >= answer.endsAt && answer.outcome.kind === 'served'
    ? keyEnded
    : answer.outcome

const suspended: MemberAnswer = {
  kind: 'refused',
  code: 'member_suspended',
  message: 'This account is suspended. Ask your administrator.',
}

const noPermission: MemberAnswer = {
  kind: 'refused',
  code: 'no_permission_for_codex',
  message: noPermissionText['codex.local.use'],
}

const accountSuspended: MemberAnswer = {
  kind: 'refused',
  code: 'account_suspended',
  message: 'This service account is suspended. Ask your administrator.',
}

/** Whose token it is, and whether somebody made it instead of signing in. */
export type Subject = Pick<Bearer, 'principalId' | 'made'>

/** What the holder of an access token gets; undefined: there is nobody any more who could have one. */
export function bearerAnswer(
  snapshot: Snapshot,
  { principalId, made }: Subject,
): MemberAnswer | undefined {
  const account = snapshot.accounts.get(principalId)
  const answer = account ? accountAnswer(snapshot, account) : memberAnswer(snapshot, principalId)
  const { madeOff } = servingOf(snapshot)
  return made && madeOff && answer?.kind === 'served' ? madeOff : answer
}

function accountAnswer(snapshot: Snapshot, account: SnapshotAccount): MemberAnswer {
  if (account.status === 'suspended') return accountSuspended
  const { off, serve } = servingOf(snapshot)
  return off ?? serve(account)
}

/**
 * What the clients of a member get; undefined: there is no such member who could have one. Found out when it is asked for, once
 * in each snapshot.
 */
export function memberAnswer(snapshot: Snapshot, memberId: string): MemberAnswer | undefined {
  const { off, serve, members } = servingOf(snapshot)
  const known = members.get(memberId)
  if (known) return known
  const member = snapshot.members.get(memberId)
  if (!member) return undefined
  if (member.status === 'suspended') return suspended
  if (member.status !== 'active') return undefined
  if (off) return off
  const principal = memberPrincipal(snapshot, member)
  const answer = mayUseCodex(snapshot.codexUse, memberId, principal.groupIds)
    ? serve(principal)
    : noPermission
  members.set(memberId, answer)
  return answer
}

/** What is the same for everybody in a snapshot: one bundle for each policy version, shared by enrolments and members. */
interface Serving {
  /** Everybody is refused. */
  readonly off: Refused<'surface_off'> | undefined
  /** Everybody with an access token that somebody made. */
  readonly madeOff: Refused<'surface_off'> | undefined
  readonly serve: (principal: Principal) => Served
  readonly members: Map<string, MemberAnswer>
}
const servings = new WeakMap<Snapshot, Serving>()

function servingOf(snapshot: Snapshot): Serving {
  const known = servings.get(snapshot)
  if (known) return known
  const byVersion = new Map<string, Served>()
  const serving: Serving = {
    off: refusalOf(snapshot, 'codex_local'),
    madeOff: refusalOf(snapshot, 'access_tokens'),
    serve(principal) {
      const { policy } = resolve(snapshot, principal)
      const versionId = policy?.versionId ?? ''
      const served: Served = byVersion.get(versionId) ?? {
        kind: 'served',
        bundle: bundleOf(policy),
        policyId: policy?.id ?? '',
        versionId,
        served: policy ? servedName(policy) : '',
      }
      byVersion.set(versionId, served)
      return served
    },
    members: new Map(),
  }
  servings.set(snapshot, serving)
  return serving
}

function refusalOf(snapshot: Snapshot, key: SurfaceKey): Refused<'surface_off'> | undefined {
  const surface = snapshot.surfaces.get(key)
  if (surface?.on !== false) return undefined
  return {
    kind: 'refused',
    code: 'surface_off',
    message: surfaceText({ key, message: surface.message }),
  }
}
