import { checkRequirements } from '#requirements/index.ts'

/** One key of the served policy beside what the client says it has. */
export interface Comparison {
  readonly key: string
  readonly served: string
  /** null: the client has no such requirement. */
  readonly client: string | null
  readonly same: boolean
}

/** Keys that Codex 0.169 prints back unchanged, by their name in `--print-startup-config`. */
const printed: Readonly<Record<string, string>> = {
  allowed_approval_policies: 'allowedApprovalPolicies',
  allowed_approvals_reviewers: 'allowedApprovalsReviewers',
  allowed_sandbox_modes: 'allowedSandboxModes',
  allowed_web_search_modes: 'allowedWebSearchModes',
  allow_appshots: 'allowAppshots',
  allow_managed_hooks_only: 'allowManagedHooksOnly',
  allow_remote_control: 'allowRemoteControl',
  default_permissions: 'defaultPermissions',
  enforce_residency: 'enforceResidency',
  features: 'featureRequirements',
}

/**
 * Compares a served text with what the client printed at its start, key by key, as far as the client prints it. Command
 * rules, the MCP allowlist and nested permissions are enforced by the client but not printed.
 */
export function compare(
  text: string,
  requirements: Readonly<Record<string, unknown>>,
): readonly Comparison[] {
  const document = checkRequirements(text).document ?? {}
  return Object.entries(printed)
    .filter(([key]) => document[key] !== undefined)
    .map(([key, name]) => {
      const served = document[key]
      const client = requirements[name] ?? null
      return {
        key,
        served: shown(served),
        client: client === null ? null : shown(client),
        same: plain(served, key) === plain(client, key),
      }
    })
}

/** `disabled` is always allowed by the client, named or not; the order of a list and of a table says nothing here. */
function plain(value: unknown, key: string): string {
  if (Array.isArray(value)) {
    const items = new Set(value.map((item) => JSON.stringify(item)))
    if (key === 'allowed_web_search_modes') items.add('"disabled"')
    return [...items].sort().join(',')
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, inner]) => `${name}=${JSON.stringify(inner)}`)
      .sort()
      .join(',')
  return JSON.stringify(value)
}

const shown = (value: unknown): string => JSON.stringify(value)
