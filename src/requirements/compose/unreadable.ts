import type { ComplaintCode } from '../complaint.ts'

const UNREADABLE: ReadonlySet<ComplaintCode> = new Set<ComplaintCode>([
  'too_large',
  'too_deep',
  'too_complex',
  'syntax',
  'duplicate_key',
  'integer_range',
  'wrong_type',
  'out_of_range',
  'unknown_value',
  'missing_key',
  'refused_key',
  'blank_value',
  'application_domain',
  'path_invalid',
  'domains_with_lists',
  'sockets_with_list',
  'network_surfaces',
])

/**
 * Whether the client cannot even read this, as against what it reads and then refuses: only the first is looked for in
 * each layer by itself (measured on 0.169: a fragment with an empty list of approval policies is fine below one that has
 * some, a fragment with a misspelt one is not).
 */
export function isUnreadable({ code, key }: { code: ComplaintCode; key: string }): boolean {
  // Providers are read only after the merge: one layer may name what another defines.
  if (key.startsWith('model_providers.')) return false
  // An empty table is taken for a profile of that name.
  return UNREADABLE.has(code) || (code === 'profile_name' && key === 'permissions.network')
}
