import type { Permission } from '#features/workspace/index.ts'
import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { roleKey } from '../schema.ts'
import { roles } from './builtin.ts'
import { rowsOf } from './difference.ts'
import type { Comparison } from './schema.ts'
import { roleById, versionOf } from './store.ts'

interface Side {
  readonly id: string
  readonly name: string
  readonly version: number | null
  readonly permissions: readonly Permission[]
}

/** Each side is `id`, `id@version` or the key of a built-in role. */
export function* compareRoles(left: string, right: string): Work<Comparison> {
  const [a, b] = [yield* sideOf(left), yield* sideOf(right)]
  return { left: shown(a), right: shown(b), rows: rowsOf(a.permissions, b.permissions) }
}

const shown = (side: Side) => ({ ...side, permissions: side.permissions.length })

function* sideOf(text: string): Work<Side> {
  const builtIn = roleKey.safeParse(text)
  if (builtIn.success) {
    const { key, name, permissions } = roles[builtIn.data]
    return { id: key, name, version: null, permissions: [...permissions] }
  }
  const [id = '', number] = text.split('@')
  const role = found(yield* roleById(id), 'role')
  if (number === undefined)
    return { id, name: role.name, version: role.version, permissions: role.permissions }
  const version = Number(number)
  const { name, permissions } = found(
    Number.isSafeInteger(version) ? yield* versionOf(id, version) : undefined,
    'version of the role',
  )
  return { id, name, version, permissions }
}
