import { permissionKeys, permissions, type Permission } from '#features/workspace/index.ts'
import type { Comparison } from './schema.ts'

/** What one set has more and less than another, in the order of the permission list. */
export function differenceOf(
  before: readonly Permission[],
  after: readonly Permission[],
): { readonly added: Permission[]; readonly removed: Permission[] } {
  const [old, now] = [new Set(before), new Set(after)]
  return {
    added: permissionKeys.filter((key) => now.has(key) && !old.has(key)),
    removed: permissionKeys.filter((key) => old.has(key) && !now.has(key)),
  }
}

/** Two sets side by side: a row for each permission that either holds. */
export function rowsOf(
  left: Iterable<Permission>,
  right: Iterable<Permission>,
): Comparison['rows'] {
  const [a, b] = [new Set(left), new Set(right)]
  return permissionKeys
    .filter((key) => a.has(key) || b.has(key))
    .map((key) => ({ key, sentence: permissions[key], left: a.has(key), right: b.has(key) }))
}
