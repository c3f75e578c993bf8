import { compose, type Plain, type PlainTable } from '#requirements/index.ts'

/** What one policy allows of what clients report. A member that is null is not limited; `unsure`: only the client knows. */
export interface Limits {
  readonly approval: readonly string[] | null
  readonly sandbox: readonly string[] | 'unsure' | null
  readonly servers: { readonly names: readonly string[]; readonly plugins: boolean } | null
}

export const unlimited: Limits = { approval: null, sandbox: null, servers: null }

/** A server of the client itself: it stands in every report, and lists of servers say nothing about it (0.169). */
const builtIn: ReadonlySet<string> = new Set(['codex_apps'])

/** @param host the machine's name as it reports it; empty: unknown. */
export function limitsOf(text: string, host: string): Limits {
  const layer = { kind: 'delivered', name: 'policy', text } as const
  const { document } = compose([layer], host === '' ? {} : { host })
  return {
    approval: listOf(document.allowed_approval_policies, approvalName),
    sandbox: sandboxOf(document, host),
    servers: serversOf(document),
  }
}

function sandboxOf(document: PlainTable, host: string): Limits['sandbox'] {
  const modes = listOf(document.allowed_sandbox_modes, String)
  // Profiles have names of their own, and what a report calls a mode may be one of them.
  if (document.allowed_permission_profiles !== undefined) return 'unsure'
  if (host === '' && document.remote_sandbox_config !== undefined) return 'unsure'
  return modes
}

function serversOf(document: PlainTable): Limits['servers'] {
  const listed = tableOf(document.mcp_servers)
  if (listed === undefined) return null
  const plugins = tableOf(document.plugins)
  const brought = Object.values(plugins ?? {}).flatMap((plugin) =>
    Object.keys(tableOf(tableOf(plugin)?.mcp_servers) ?? {}),
  )
  return { names: [...Object.keys(listed), ...brought], plugins: plugins !== undefined }
}

const tableOf = (value: Plain | undefined): PlainTable | undefined =>
  typeof value === 'object' && !Array.isArray(value) ? (value as PlainTable) : undefined

const listOf = (
  value: Plain | undefined,
  name: (item: Plain) => string,
): readonly string[] | null => (Array.isArray(value) ? (value as readonly Plain[]).map(name) : null)

/** The client takes the old name `on-failure` for `on-request`; a table of single decisions is called `granular`. */
function approvalName(item: Plain): string {
  if (typeof item !== 'string') return 'granular'
  const name = item.toLowerCase()
  if (name === 'on-failure') return 'on-request'
  if (name === 'unless-trusted') return 'untrusted'
  return name.startsWith('granular') ? 'granular' : name
}

/** What a policy says to a reported value: undefined where only the client knows. */
export type Answer = boolean | undefined

/** Names as of 0.169; another name is one that nobody knows yet. */
const approvals: ReadonlySet<string> = new Set(['untrusted', 'on-request', 'never', 'granular'])

export function allowsApproval({ approval }: Limits, reported: string): Answer {
  if (approval === null) return true
  const name = approvalName(reported)
  return approvals.has(name) ? approval.includes(name) : undefined
}

/** The same of modes. */
const modes: ReadonlySet<string> = new Set([
  'read-only',
  'workspace-write',
  'danger-full-access',
  'external-sandbox',
])

export function allowsSandbox({ sandbox }: Limits, reported: string): Answer {
  if (sandbox === null) return true
  if (sandbox === 'unsure' || !modes.has(reported)) return undefined
  return sandbox.includes(reported)
}

/** The reported names, without those of the client itself. */
export const serverNames = (reported: string): readonly string[] =>
  reported
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !builtIn.has(name))

/** Names that are on no list; where plugins are not limited, one of them may have brought it. */
export function allowsServer({ servers }: Limits, name: string): Answer {
  if (servers === null || servers.names.includes(name)) return true
  return servers.plugins ? false : undefined
}

/** As people read it. */
export function limitText(limits: Limits, key: 'approval' | 'sandbox' | 'servers'): string {
  const limit = key === 'servers' ? (limits.servers?.names ?? null) : limits[key]
  if (limit === null) return 'anything'
  if (limit === 'unsure') return 'what only the client knows'
  return limit.length === 0 ? 'none' : limit.join(', ')
}
