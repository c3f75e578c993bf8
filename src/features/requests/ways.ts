import { allRoles, groupByName, mayAct, nameKey, type Acting } from '#features/access/index.ts'
import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import type { Wanted, Ways } from './schema.ts'
import { requestById } from './store.ts'
import { wantedOf } from './view.ts'

/** What the one who decides may answer a request with; what fits it best comes first. */
export function* waysFor(actor: Acting, id: string): Work<Ways> {
  const wanted = wantedOf(found(yield* requestById(id), 'request'))
  const roles = (yield* allRoles())
    .filter(
      ({ permissions }) =>
        mayAct(actor, { kind: 'give_role', permissions, asked: true }) === undefined,
    )
    .map((role) => ({ id: role.id, name: role.name, fits: fits(wanted, role) }))
    .toSorted((a, b) => Number(b.fits) - Number(a.fits))
  const groups = actor.permissions.has('members.manage')
  const named = groups && wanted.kind === 'group' ? yield* groupByName(wanted.name) : undefined
  return {
    roles,
    groups,
    group: named?.source === 'manual' ? { id: named.id, name: named.name } : null,
  }
}

const fits = (
  wanted: Wanted,
  role: { readonly name: string; readonly permissions: readonly string[] },
): boolean =>
  wanted.kind === 'permission'
    ? role.permissions.includes(wanted.permission)
    : wanted.kind === 'role' && nameKey(wanted.name) === nameKey(role.name)
