import { allGroups, followClaims, type Member } from '#features/access/index.ts'
import type { Work } from '#kernel/work.ts'
import { mappingsOf } from './store.providers.ts'
import type { ProviderRow } from './tables.ts'

/** What a policy is told apart by. */
export type PolicyOf = (
  memberId: string,
) => Work<{ readonly id: string; readonly versionId: string } | null>

export interface Followed {
  /** Names, for the record. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** 1 where she gets another policy by it. */
  readonly touches: number
}

/**
 * Makes her groups what the provider says, of those that its claim is connected to. Not stopped by the four-eyes rule
 * (docs/decisions/0019): whoever connected a claim decided who may say it.
 */
export function* followGroups(
  policyOf: PolicyOf,
  now: number,
  provider: Pick<ProviderRow, 'id'>,
  member: Pick<Member, 'id'>,
  groups: readonly string[] | null,
): Work<Followed | undefined> {
  if (groups === null) return undefined
  const mappings = yield* mappingsOf(provider.id)
  if (mappings.length === 0) return undefined
  const said = new Set(groups)
  const decides = [...new Set(mappings.map((m) => m.group_id))]
  const named = mappings.filter((m) => said.has(m.value)).map((m) => m.group_id)
  const before = yield* policyOf(member.id)
  const { added, removed } = yield* followClaims(now, member.id, decides, named)
  if (added.length + removed.length === 0) return undefined
  const after = yield* policyOf(member.id)
  const names = new Map((yield* allGroups()).map((g) => [g.id, g.name]))
  const nameAll = (ids: readonly string[]) => ids.map((id) => names.get(id) ?? id)
  const same = before?.id === after?.id && before?.versionId === after?.versionId
  return { added: nameAll(added), removed: nameAll(removed), touches: same ? 0 : 1 }
}
