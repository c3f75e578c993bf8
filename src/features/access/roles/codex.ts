import { all, type Work } from '#kernel/work.ts'
import { q } from '../tables.ts'
import { roles } from './builtin.ts'
import { defaultGrant } from './store.grants.ts'
import { allRoles } from './store.ts'

/** Who may use Codex as far as roles decide it, for those who keep everybody in memory. */
export interface UseOfCodex {
  readonly always: ReadonlySet<string>
  readonly roles: ReadonlyMap<string, { readonly name: string; readonly codex: boolean }>
  readonly defaultRoleId: string | null
  readonly grants: readonly {
    readonly roleId: string
    readonly holder: { readonly kind: 'member' | 'group'; readonly id: string }
    readonly endsAt: number | null
  }[]
}

const use = 'codex.local.use'

/** Four queries, whatever the number of members: most of them hold a role by their group or as the default. */
export function* codexUse(): Work<UseOfCodex> {
  const always = Object.values(roles)
    .filter(({ permissions }) => permissions.has(use))
    .map(({ key }) => key)
  const members = yield* all(q.selectFrom('members').select('id').where('role', 'in', always))
  const grants = yield* all(
    q.selectFrom('role_grants').select(['role_id', 'holder_kind', 'holder_id', 'ends_at']),
  )
  return {
    always: new Set(members.map(({ id }) => id)),
    roles: new Map(
      (yield* allRoles()).map(({ id, name, permissions }) => [
        id,
        { name, codex: permissions.includes(use) },
      ]),
    ),
    defaultRoleId: (yield* defaultGrant())?.from.id ?? null,
    grants: grants.map((row) => ({
      roleId: row.role_id,
      holder: { kind: row.holder_kind, id: row.holder_id },
      endsAt: row.ends_at,
    })),
  }
}
