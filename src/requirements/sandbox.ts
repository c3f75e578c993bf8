import type { Fix, Span } from './complaint.ts'
import { nearest } from './nearest.ts'
import { REFUSES, replace, type Report } from './report.ts'
import {
  entriesOf,
  entryOf,
  itemsOf,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

/** Sandbox modes, automatic review and model providers: what the table of keys cannot say. */
export function checkSandbox(root: TableNode, report: Report): void {
  readOnlyEverywhere(root, report)
  modesAndProfiles(root, report)
  reviewedModels(root, report)
  for (const name of ['guardian_policy_config', 'guardian_extra_policy'])
    blank(entryOf(root, name), report)
  for (const name of ['log_dir', 'sqlite_home']) relativeFolder(entryOf(root, name), report)
  provider(root, report)
  for (const entry of entriesOf(nodeAt(root, 'model_providers'))) definition(entry, report)
}

function readOnlyEverywhere(root: TableNode, report: Report): void {
  const top = entryOf(root, 'allowed_sandbox_modes')
  if (top !== undefined)
    readOnly(top.value, ['allowed_sandbox_modes'], 'every machine that gets this policy', report)
  for (const [index, host] of itemsOf(nodeAt(root, 'remote_sandbox_config')).entries()) {
    const path = ['remote_sandbox_config', index]
    const modes = entryOf(host, 'allowed_sandbox_modes')
    if (modes !== undefined)
      readOnly(
        modes.value,
        [...path, 'allowed_sandbox_modes'],
        'every machine whose host name matches',
        report,
      )
    const patterns = entryOf(host, 'hostname_patterns')
    if (patterns?.value.kind === 'list' && patterns.value.items.length === 0)
      report.warning({
        code: 'never_matches',
        span: patterns.value.span,
        path: [...path, 'hostname_patterns'],
        message: 'Without a pattern this block matches no machine.',
        effect: 'Codex 0.169 accepts it and never uses it.',
        remedy: 'Add a host name pattern, or take the block out.',
      })
  }
}

function readOnly(node: Node, path: Path, who: string, report: Report): void {
  if (node.kind !== 'list' || node.items.some((item) => textOf(item) === 'read-only')) return
  report.error({
    code: 'read_only_missing',
    span: node.span,
    path,
    message: 'allowed_sandbox_modes must contain "read-only".',
    effect: `Codex 0.169 refuses to start: ${who} stops.`,
    remedy: 'Add "read-only".',
    fix: node.inline ? addFirst(node.span, node.items.length > 0) : undefined,
  })
}

function addFirst(span: Span, more: boolean): Fix {
  const at = { from: span.from + 1, to: span.from + 1 }
  return replace('Add "read-only"', at, more ? '"read-only", ' : '"read-only"')
}

function modesAndProfiles(root: TableNode, report: Report): void {
  const modes = entryOf(root, 'allowed_sandbox_modes')
  if (modes === undefined || entryOf(root, 'allowed_permission_profiles') === undefined) return
  report.warning({
    code: 'modes_and_profiles',
    span: modes.keySpan,
    path: ['allowed_sandbox_modes'],
    message: 'Sandbox modes and permission profiles are two ways to say the same thing.',
    effect:
      'Codex 0.169 accepts both and works with profiles; clients before 0.138 know only the modes.',
    remedy: 'Keep both only while older clients are in use, and let them say the same.',
  })
}

// The client's own wording: no blanks around, no provider in front.
function reviewedModels(root: TableNode, report: Report): void {
  for (const [index, item] of itemsOf(
    nodeAt(root, 'auto_review', 'required_on_models'),
  ).entries()) {
    const slug = textOf(item)
    if (slug === undefined || (slug !== '' && slug === slug.trim() && !slug.includes('/'))) continue
    report.error({
      code: 'model_slug',
      span: item.span,
      path: ['auto_review', 'required_on_models', index],
      message: 'This is not a bare model name.',
      effect: REFUSES,
      remedy: 'Write the model name without spaces around it and without a provider in front.',
    })
  }
}

function blank(entry: Entry | undefined, report: Report): void {
  if (entry === undefined || textOf(entry.value)?.trim() !== '') return
  report.warning({
    code: 'no_effect',
    span: entry.value.span,
    path: [entry.key],
    message: `${entry.key} is blank.`,
    effect: 'Codex 0.169 treats it as if it were not there.',
    remedy: 'Write the text, or take the key out.',
  })
}

function relativeFolder(entry: Entry | undefined, report: Report): void {
  const folder = textOf(entry?.value)
  if (entry === undefined || folder === undefined || /^(?:\/|~\/|[A-Za-z]:[\\/]|\\\\)/.test(folder))
    return
  report.warning({
    code: 'path_relative',
    span: entry.value.span,
    path: [entry.key],
    message: `${entry.key} is a relative path.`,
    effect: 'Codex 0.169 takes it from the CODEX_HOME of each person.',
    remedy: 'Write an absolute path, or one that begins with ~/.',
  })
}

/** Providers the client 0.169 brings along. */
const BUILT_IN = ['openai', 'ollama', 'lmstudio', 'amazon-bedrock', 'amazon-bedrock-runtime']

function provider(root: TableNode, report: Report): void {
  const entry = entryOf(root, 'model_provider')
  const id = textOf(entry?.value)
  if (entry === undefined || id === undefined) return
  const known = [...BUILT_IN, ...entriesOf(nodeAt(root, 'model_providers')).map((e) => e.key)]
  if (known.includes(id)) return
  const meant = nearest(id, known)
  report.error({
    code: 'provider_unknown',
    span: entry.value.span,
    path: ['model_provider'],
    message: `There is no model provider "${id}" in this policy, and none is built in.`,
    effect: 'Codex 0.169 refuses to start where nothing else defines that provider.',
    remedy: `Define it under model_providers, or name one of: ${known.join(', ')}.`,
    fix:
      meant === undefined
        ? undefined
        : replace(`Change to "${meant}"`, entry.value.span, JSON.stringify(meant)),
  })
}

function definition(entry: Entry, report: Report): void {
  const path = ['model_providers', entry.key]
  const refuse = (at: Entry | undefined, message: string, remedy: string): void =>
    report.error({
      code: 'provider_invalid',
      span: at?.value.span ?? entry.keySpan,
      path: at === undefined ? path : [...path, at.key],
      message,
      effect: REFUSES,
      remedy,
    })
  // An empty table says nothing; for `openai` the client lets it pass (measured).
  if (entry.key === 'openai' && entriesOf(entry.value).length === 0) return
  if (['openai', 'ollama', 'lmstudio'].includes(entry.key)) {
    report.error({
      code: 'provider_reserved',
      span: entry.keySpan,
      path,
      message: `${entry.key} is built in and cannot be defined again.`,
      effect: REFUSES,
      remedy: 'Give your provider another id, and name that one in model_provider.',
    })
    return
  }
  if (entry.key.startsWith('amazon-bedrock')) return
  const name = entryOf(entry.value, 'name')
  if (name === undefined || textOf(name.value)?.trim() === '')
    refuse(name, 'A model provider needs a name.', 'Add name = "…": what people are shown.')
  const aws = entryOf(entry.value, 'aws')
  if (aws !== undefined)
    refuse(aws, 'aws only belongs to the built-in Amazon providers.', 'Take it out.')
  const auth = entryOf(entry.value, 'auth')
  if (auth === undefined) return
  for (const other of ['env_key', 'experimental_bearer_token', 'requires_openai_auth']) {
    const clash = entryOf(entry.value, other)
    if (
      clash !== undefined &&
      clash.value.kind !== 'table' &&
      clash.value.kind !== 'list' &&
      clash.value.value !== false
    )
      refuse(clash, `${other} and auth cannot stand together.`, 'Keep one of them.')
  }
  const command = entryOf(auth.value, 'command')
  if (textOf(command?.value)?.trim() === '')
    refuse(auth, 'auth.command must not be blank.', 'Write the command that prints a token.')
}
