import type { Principal, SnapshotRollout } from '../snapshot.ts'

/**
 * Whether a principal is served the version that is rolled out. Who is once in a growing share stays in it; each version
 * draws its share anew, and the preview of a rollout draws as the rollout will.
 */
export function inStage(
  { policy, stage }: SnapshotRollout,
  who: Pick<Principal, 'kind' | 'id' | 'groupIds'>,
): boolean {
  if (stage.groupIds.length > 0 && who.groupIds.some((group) => stage.groupIds.includes(group)))
    return true
  return who.kind === 'enrolment'
    ? stage.enrolmentIds.includes(who.id)
    : stage.percent > 0 && shareOf(`${policy.id}/${policy.version}`, who.id) < stage.percent
}

/**
 * Where somebody stands between 0 and 100 in the draw of one rollout: the same in every process and at every time, and
 * another place for another salt. FNV-1a, then the finish of MurmurHash3 so that ids that differ in one character are far
 * apart; 32 bits are enough for shares of people.
 */
export function shareOf(salt: string, id: string): number {
  let hash = 0x811c9dc5
  for (const text of [salt, '/', id])
    for (let at = 0; at < text.length; at++)
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 42949672.96
}
