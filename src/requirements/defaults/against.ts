import type { Check } from '../check.ts'
import { REFUSES, replace, type Report } from '../report.ts'
import {
  entriesOf,
  entryOf,
  nodeAt,
  textOf,
  toPlain,
  type Entry,
  type Node,
  type Path,
  type Plain,
  type PlainTable,
  type TableNode,
} from '../tree.ts'
import { isTable, listIn, tableIn, valueIn } from './plain.ts'

/**
 * Where the defaults say something that the requirements of the same policy do not let through. The requirements win, so
 * these are warnings: nobody is kept from working, but everybody is told at every start.
 */
export function checkAgainstRequirements(requirements: PlainTable): Check {
  return (root, report) => {
    for (const limit of LIMITS) choice(limit, root, requirements, report)
    fullAccess(root, requirements, report)
    mxcForbidden(root, requirements, report)
    for (const name of EXACT) exact([name], root, requirements, report)
    for (const name of ['feedback', 'otel'])
      for (const key of Object.keys(tableIn(requirements, name)))
        exact([name, key], root, requirements, report)
    for (const { key, path } of features(root)) exact(path, root, requirements, report, key)
    servers(root, requirements, report)
  }
}

interface Limit {
  readonly path: readonly string[]
  readonly allowed: (requirements: PlainTable) => readonly string[] | undefined
  /** Other names of the same value. */
  readonly same?: Readonly<Record<string, string>>
}

const strings = (list: readonly Plain[] | undefined): readonly string[] | undefined =>
  list?.map((item) => (typeof item === 'string' ? item : isTable(item) ? 'granular' : ''))

const LIMITS: readonly Limit[] = [
  {
    path: ['approval_policy'],
    allowed: (policy) => strings(listIn(policy, 'allowed_approval_policies')),
    same: { 'on-failure': 'on-request' },
  },
  {
    path: ['sandbox_mode'],
    allowed: (policy) => strings(listIn(policy, 'allowed_sandbox_modes')),
  },
  {
    path: ['web_search'],
    allowed: (policy) => {
      const modes = strings(listIn(policy, 'allowed_web_search_modes'))
      return modes && [...modes, 'disabled']
    },
  },
  {
    path: ['approvals_reviewer'],
    allowed: (policy) => strings(listIn(policy, 'allowed_approvals_reviewers')),
    same: { guardian_subagent: 'auto_review' },
  },
  {
    path: ['windows', 'sandbox'],
    allowed: (policy) => strings(listIn(policy, 'windows', 'allowed_sandbox_implementations')),
  },
  {
    path: ['model_provider'],
    allowed: (policy) => {
      const demanded = valueIn(policy, 'model_provider')
      return typeof demanded === 'string' ? [demanded] : undefined
    },
  },
  {
    path: ['default_permissions'],
    allowed: (policy) =>
      'allowed_permission_profiles' in policy
        ? Object.entries(tableIn(policy, 'allowed_permission_profiles'))
            .filter(([, may]) => may === true)
            .map(([name]) => name)
        : undefined,
  },
]

function choice(limit: Limit, root: TableNode, requirements: PlainTable, report: Report): void {
  const node = nodeAt(root, ...limit.path)
  const allowed = limit.allowed(requirements)
  if (node === undefined || allowed === undefined) return
  const written = node.kind === 'table' ? 'granular' : textOf(node)
  if (written === undefined) return
  const plain = (value: string): string => limit.same?.[value] ?? value
  const may = [...new Set(allowed.map(plain))]
  if (may.includes(plain(written))) return
  const first = may.find((value) => value !== 'granular')
  against(
    { node, path: limit.path, says: JSON.stringify(written) },
    `the requirements allow only ${may.map((value) => JSON.stringify(value)).join(', ')}`,
    first === undefined || node.kind === 'table' ? undefined : JSON.stringify(first),
    report,
  )
}

interface Said {
  readonly node: Node
  readonly path: Path
  readonly says: string
}

function against(said: Said, because: string, instead: string | undefined, report: Report): void {
  report.warning({
    code: 'against_requirements',
    span: said.node.span,
    path: said.path,
    message: `People start with ${said.says}, but ${because}.`,
    effect: 'Codex 0.169 falls back to what is allowed. The default has no effect.',
    remedy: 'Write what the requirements allow, or take it out.',
    fix:
      instead === undefined ? undefined : replace(`Change to ${instead}`, said.node.span, instead),
  })
}

/** Files that nobody may read rule full access out, whatever the modes say (measured). */
function fullAccess(root: TableNode, requirements: PlainTable, report: Report): void {
  const denied = listIn(requirements, 'permissions', 'filesystem', 'deny_read') ?? []
  const node = nodeAt(root, 'sandbox_mode')
  if (denied.length === 0 || node === undefined || textOf(node) !== 'danger-full-access') return
  against(
    { node, path: ['sandbox_mode'], says: '"danger-full-access"' },
    'the requirements name files that nobody may read',
    undefined,
    report,
  )
}

// The one conflict that is no fallback (measured).
function mxcForbidden(root: TableNode, requirements: PlainTable, report: Report): void {
  const node = nodeAt(root, 'windows', 'sandbox')
  if (textOf(node) !== 'mxc' || node === undefined) return
  if (valueIn(requirements, 'windows', 'allow_mxc') !== false) return
  report.error({
    code: 'mxc_excluded',
    span: node.span,
    path: ['windows', 'sandbox'],
    message: 'The MXC sandbox is chosen here and ruled out by the requirements.',
    effect: REFUSES,
    remedy: 'Choose another sandbox.',
  })
}

const EXACT = [
  'allow_login_shell',
  'check_for_update_on_startup',
  'log_dir',
  'sqlite_home',
  'model_catalog_json',
]

/** A value that the requirements set themselves. */
function exact(
  path: readonly string[],
  root: TableNode,
  requirements: PlainTable,
  report: Report,
  key = path,
): void {
  const node = nodeAt(root, ...path)
  const demanded = valueIn(requirements, ...key)
  if (node === undefined || demanded === undefined) return
  const [says, demands] = [toPlain(node), demanded].map((value) => JSON.stringify(value))
  if (says === undefined || demands === undefined || says === demands) return
  const simple = typeof demanded !== 'object'
  against(
    { node, path, says: simple ? says : 'this' },
    simple ? `the requirements set ${demands}` : 'the requirements set something else',
    simple && node.kind !== 'table' ? demands : undefined,
    report,
  )
}

/** Switches of features, each with the path of its value: a feature with settings has it in `enabled`. */
function features(root: TableNode): readonly { readonly key: string[]; readonly path: string[] }[] {
  return entriesOf(nodeAt(root, 'features')).map(({ key, value }) => ({
    key: ['features', key],
    path: value.kind === 'table' ? ['features', key, 'enabled'] : ['features', key],
  }))
}

function servers(root: TableNode, requirements: PlainTable, report: Report): void {
  if (!('mcp_servers' in requirements)) return
  const allowed = tableIn(requirements, 'mcp_servers')
  const missing = (entry: Entry): boolean => !Object.hasOwn(allowed, entry.key)
  for (const entry of entriesOf(entryOf(root, 'mcp_servers')?.value).filter(missing))
    report.warning({
      code: 'against_requirements',
      span: entry.keySpan,
      path: ['mcp_servers', entry.key],
      message: `The requirements do not allow the MCP server ${JSON.stringify(entry.key)}.`,
      effect: 'Codex 0.169 lists it as disabled by the requirements.',
      remedy: 'Allow it in the requirements by its name and identity, or take it out.',
    })
}
