import type { Fix, Span } from './complaint.ts'
import { REFUSES, replace, type Report } from './report.ts'
import {
  entryOf,
  itemsOf,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

/** Sandbox modes, automatic review and folders: what the table of keys cannot say. */
export function checkSandbox(root: TableNode, report: Report): void {
  readOnlyEverywhere(root, report)
  modesAndProfiles(root, report)
  reviewedModels(root, report)
  for (const name of ['guardian_policy_config', 'guardian_extra_policy'])
    blank(entryOf(root, name), report)
  for (const name of ['log_dir', 'sqlite_home']) relativeFolder(entryOf(root, name), report)
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
