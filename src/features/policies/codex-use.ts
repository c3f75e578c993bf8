/**
 * Who may use Codex at all, as far as roles decide it: a part of the picture, so that what an act on roles or memberships does
 * to clients is found by comparing two pictures, as with policies.
 */
export interface CodexUse {
  /** Members who may by their built-in role. */
  readonly always: ReadonlySet<string>
  /** By role id; `codex`: the role gives it. */
  readonly roles: ReadonlyMap<string, { readonly name: string; readonly codex: boolean }>
  /** For members to whom no role was given, neither directly nor by a group. */
  readonly defaultRoleId: string | null
  readonly byGroup: RolesOf
  readonly byMember: RolesOf
  /** When the next of them ends (ms). What has ended is in neither. */
  readonly nextEnd: number
}

type RolesOf = ReadonlyMap<string, readonly HeldRole[]>

export interface HeldRole {
  readonly roleId: string
  /** From this moment (ms) on it is not held any more; null: never. */
  readonly endsAt: number | null
}

export interface RoleHolder {
  readonly kind: 'member' | 'group'
  readonly id: string
}

/** As long as nobody says otherwise. */
export const everybodyMay: CodexUse = {
  always: new Set(),
  roles: new Map([['everybody', { name: 'Everybody', codex: true }]]),
  defaultRoleId: 'everybody',
  byGroup: new Map(),
  byMember: new Map(),
  nextEnd: Infinity,
}

/** Each member costs a look-up and one more per group. */
export function mayUseCodex(use: CodexUse, memberId: string, groupIds: readonly string[]): boolean {
  if (use.always.has(memberId)) return true
  const codex = (roleId: string | null): boolean => use.roles.get(roleId ?? '')?.codex === true
  const held = [
    ...(use.byMember.get(memberId) ?? []),
    ...(use.byGroup.size === 0 ? [] : groupIds.flatMap((id) => use.byGroup.get(id) ?? [])),
  ]
  return held.length === 0 ? codex(use.defaultRoleId) : held.some(({ roleId }) => codex(roleId))
}

/** The roles of each holder, from a list of who was given what. */
export function usesOf(
  grants: Iterable<HeldRole & { readonly holder: RoleHolder }>,
): Pick<CodexUse, 'byGroup' | 'byMember' | 'nextEnd'> {
  const byGroup = new Map<string, HeldRole[]>()
  const byMember = new Map<string, HeldRole[]>()
  for (const { roleId, endsAt, holder } of grants) {
    const map = holder.kind === 'group' ? byGroup : byMember
    const held = map.get(holder.id)
    if (held) held.push({ roleId, endsAt })
    else map.set(holder.id, [{ roleId, endsAt }])
  }
  return { byGroup, byMember, nextEnd: nextEndOf(byGroup, byMember) }
}

function nextEndOf(...maps: readonly RolesOf[]): number {
  let next = Infinity
  for (const map of maps)
    for (const held of map.values())
      for (const { endsAt } of held) if (endsAt !== null && endsAt < next) next = endsAt
  return next
}

/** Without what has come to its end by then (ms). The same object when there is none. */
export function useAt(use: CodexUse, now: number): CodexUse {
  if (use.nextEnd > now) return use
  const running = ({ endsAt }: HeldRole): boolean => endsAt === null || endsAt > now
  const left = (map: RolesOf): RolesOf =>
    new Map([...map].map(([id, held]) => [id, held.filter(running)]))
  const [byGroup, byMember] = [left(use.byGroup), left(use.byMember)]
  return { ...use, byGroup, byMember, nextEnd: nextEndOf(byGroup, byMember) }
}

/** With another role given to a holder, or without the one that she has. */
export function withGrant(
  use: CodexUse,
  holder: RoleHolder,
  roleId: string,
  endsAt: number | null | 'taken',
): CodexUse {
  const side = holder.kind === 'group' ? 'byGroup' : 'byMember'
  const others = (use[side].get(holder.id) ?? []).filter((held) => held.roleId !== roleId)
  const held = endsAt === 'taken' ? others : [...others, { roleId, endsAt }]
  return { ...use, [side]: new Map([...use[side], [holder.id, held]]) }
}
