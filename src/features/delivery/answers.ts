import { resolve, type Principal, type Snapshot } from '#features/policies/index.ts'
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

export interface Refused {
  readonly kind: 'refused'
  readonly code: 'enrolment_revoked' | 'surface_off'
  readonly message: string
}

/** Every answer that this process can give, by the SHA-256 of the key. */
export interface Answers {
  readonly revision: number
  readonly byHash: ReadonlyMap<string, KeyAnswer>
}

export interface Register {
  readonly enrolments: readonly EnrolmentRow[]
  readonly keys: readonly KeyRow[]
}

export const keyEnded: Refused = {
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
export const surfaceOffText = 'Codex is turned off in this workspace. Ask your administrator.'

/** Pure: all answers at once. One resolution for each group that an enrolment is bound to, one bundle for each policy version. */
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
  const surface = snapshot.surfaces.get('codex_local')
  if (surface && !surface.on) {
    const message = surface.message === '' ? surfaceOffText : surface.message
    return () => ({ kind: 'refused', code: 'surface_off', message })
  }
  const byGroup = new Map<string | null, Served>()
  const byVersion = new Map<string, Served>()
  return (enrolment) => {
    // The snapshot's binding, so that group, rules and policies are of one revision; a new enrolment may be missing there.
    const principal = snapshot.enrolments.get(enrolment.id) ?? principalOf(enrolment)
    const bound = principal.groupIds[0] ?? null
    const known = byGroup.get(bound)
    if (known) return known
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
    byGroup.set(bound, served)
    return served
  }
}

/** A key that has come to its end by time is refused like one that was ended by hand. */
export const outcomeAt = (answer: KeyAnswer, now: number): Served | Refused =>
  answer.endsAt !== null && now >= answer.endsAt && answer.outcome.kind === 'served'
    ? keyEnded
    : answer.outcome
