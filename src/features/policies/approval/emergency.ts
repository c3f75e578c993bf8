import type { Work } from '#kernel/work.ts'
import type { Assessment } from '../preview.ts'
import { fates } from '../rollout/store.ts'
import type { Act } from '../schema.act.ts'
import { decidedNumbers, publishedVersion, setDecided, versionOf } from '../store.versions.ts'
import { canBeEmergency } from './kinds.ts'

/**
 * Whether this very act may be called an emergency. A version that one person published while its policy reached nobody was
 * never looked at by a second one: putting it back would be a way to serve a text alone, at once.
 */
export function* mayBeEmergency(act: Act): Work<boolean> {
  if (act.kind !== 'rollback') return canBeEmergency(act)
  const { policyId, version: number } = act
  if (!(yield* decidedVersions(policyId)).includes(number)) return false
  // There is nothing to put back where the same is served.
  const [old, served] = [yield* versionOf(policyId, number), yield* publishedVersion(policyId)]
  return old?.sha256 !== served?.sha256
}

/** The versions that everybody got whom the policy reached, by a decision that was not one person's under the rule. */
export function* decidedVersions(policyId: string): Work<readonly number[]> {
  const became = yield* fates(policyId)
  return (yield* decidedNumbers(policyId)).filter((number) => {
    const fate = became.get(number)
    return fate === undefined || fate === 'finished'
  })
}

/** Somebody else has approved that these versions are served: of those that are made already. */
export function* decideOn({ changes }: Assessment): Work<void> {
  const served = changes.changes.flatMap(({ after: { policy } }) => policy ?? [])
  for (const { policyId, version } of served) yield* setDecided(policyId, version)
}
