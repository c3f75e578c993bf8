import { nameKey } from '#features/access/index.ts'
import { permissions } from '#features/workspace/index.ts'
import type { RefusedRule, Wanted } from './schema.ts'

/** Equal for the same wish. */
export function wishKey(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'permission':
      return `permission ${wanted.permission}`
    case 'role':
    case 'group':
      return `${wanted.kind} ${nameKey(wanted.name)}`
    case 'refusal':
      return `refusal ${wanted.policyId ?? ''} ${wanted.rule ?? ''} ${nameKey(wanted.what)}`
  }
}

/** The wish in a line, for lists, mails and the trail. */
export function titleOf(wanted: Wanted, rule: RefusedRule | null = null): string {
  switch (wanted.kind) {
    case 'permission':
      return permissions[wanted.permission]
    case 'role':
      return `The role ${wanted.name}`
    case 'group':
      return `Membership of ${wanted.name}`
    case 'refusal':
      return rule ? `${wanted.what} (${rule.policyName})` : wanted.what
  }
}
