import type { Complaint } from '../complaint.ts'
import { checkAgainst } from '../check.ts'
import { readToml, type Ruler } from '../positions.ts'
import { LIMITS } from '../schema.limits.ts'
import { anything, key, map, oneOf, type Shape } from '../shape.ts'
import { textOf, type ListNode, type Node, type ScalarNode } from '../tree.ts'
import { taken, type TakenEntry, type TakenTable } from './taken.ts'

/** The items of a list of the requirements. */
function itemsAllowedIn(name: string): Shape {
  const shape = LIMITS.find((one) => one.name === name)?.shape
  return shape?.kind === 'list' ? shape.of : anything
}

// The rest of a managed_config.toml is ordinary configuration, and not looked into here. `external-sandbox` is a mode
// that requirements may name and this file may not (measured).
const MANAGED_CONFIG = map(
  anything,
  key('approval_policy', itemsAllowedIn('allowed_approval_policies'), 'The only one allowed.'),
  key(
    'approvals_reviewer',
    itemsAllowedIn('allowed_approvals_reviewers'),
    'The only one allowed; automatic review leaves people the choice.',
  ),
  key(
    'sandbox_mode',
    oneOf('read-only', 'workspace-write', 'danger-full-access'),
    'The widest one allowed.',
  ),
)

/**
 * A managed_config.toml as the limits the client makes of it (measured on 0.169): a value becomes the only one that is
 * allowed, but that `read-only` always stays among the sandbox modes and `user` among the reviewers.
 */
export function readLegacy(
  text: string,
  ruler: Ruler,
): {
  readonly root: TakenTable
  readonly complaints: readonly Complaint[]
  readonly refused: readonly Complaint[]
} {
  const { complaints } = checkAgainst(text, MANAGED_CONFIG)
  const refused = complaints.filter(({ severity }) => severity === 'error')
  const read = readToml(text)
  const entries = new Map<string, TakenEntry>()
  const limit = (from: string, to: string, also: (value: string) => readonly string[]): void => {
    const entry = 'root' in read ? read.root.entries.get(from) : undefined
    if (entry === undefined) return
    const { value } = entry
    const more = also(textOf(value) ?? '').map((word): ScalarNode => {
      return { kind: 'string', span: value.span, value: word }
    })
    const items: readonly Node[] =
      to === 'allowed_sandbox_modes' ? [...more, value] : [value, ...more]
    const list: ListNode = { kind: 'list', span: value.span, inline: true, items }
    entries.set(to, taken(entry, to, list, ruler))
  }
  limit('approval_policy', 'allowed_approval_policies', () => [])
  limit('approvals_reviewer', 'allowed_approvals_reviewers', (value) =>
    value === 'user' ? [] : ['user'],
  )
  limit('sandbox_mode', 'allowed_sandbox_modes', (value) =>
    value === 'read-only' ? [] : ['read-only'],
  )
  return {
    root: { kind: 'table', span: { from: 0, to: 0 }, entries },
    complaints,
    refused,
  }
}
