import type { Span } from './complaint.ts'
import { expects } from './expects.ts'
import { nearest } from './nearest.ts'
import { REFUSES, rename, replace, type Dialect, type Report } from './report.ts'
import { keyOf, type Key, type TableShape } from './shape.ts'
import { writeKey, writePath, type Entry, type Path, type TableNode } from './tree.ts'

// What there is to say about keys as such, whatever their value.

export function dangerous(entry: Entry, path: Path, report: Report): void {
  report.warning({
    code: 'dangerous',
    span: entry.keySpan,
    path,
    message: `${writePath(path)} opens a hole in the sandbox for everybody who gets this policy.`,
    effect: 'Codex applies it without asking.',
    remedy: 'Take it out unless you know exactly why it is needed.',
    fix: replace('Change to false', entry.value.span, 'false'),
  })
}

export function twice(entry: Entry, first: string, path: Path, report: Report): void {
  report.error({
    code: 'duplicate_key',
    span: entry.keySpan,
    path,
    message: `${writeKey(entry.key)} and ${writeKey(first)} are two names of one key.`,
    effect: REFUSES,
    remedy: 'Keep one of them.',
  })
}

export function missing(span: Span, key: Key, path: Path, report: Report): void {
  report.error({
    code: 'missing_key',
    span,
    path,
    message: `${writeKey(key.name)} is missing.`,
    effect: REFUSES,
    remedy: `Add ${writeKey(key.name)} (${expects(key.shape)}): ${key.about}`,
  })
}

export function unknownKey(
  entry: Entry,
  among: TableNode,
  shape: TableShape,
  path: Path,
  report: Report,
): void {
  if (shape.unknown === 'ignored' && report.full()) return
  const names = shape.keys.filter((k) => k.delivered === 'honoured').map((k) => k.name)
  const misplaced = path.length === 1 ? report.dialect.misplaced(entry.key) : undefined
  const meant = misplaced === undefined ? nearest(entry.key, names) : undefined
  // Renaming onto a key that is there already would only trade this complaint for a worse one.
  const key = meant === undefined ? undefined : keyOf(shape, meant)
  const taken = [meant, ...(key?.aliases ?? [])].some(
    (n) => n !== undefined && among.entries.has(n),
  )
  const fix = meant === undefined || taken ? undefined : rename(entry, meant)
  const finding = {
    span: entry.keySpan,
    path,
    message: `${writePath(path)} is not a key the client knows.`,
    remedy:
      misplaced ??
      (meant === undefined
        ? 'Take it out, or check its spelling.'
        : `Did you mean ${writeKey(meant)}? Otherwise take it out.`),
    fix,
  }
  if (shape.unknown === 'refused')
    report.error({ code: 'refused_key', ...finding, effect: REFUSES })
  else report.warning({ code: 'unknown_key', ...finding, effect: report.dialect.ignored })
}

/** Keys of config.toml that people write here, and the key that does the same for everybody. */
const OF_CONFIG: ReadonlyMap<string, string> = new Map([
  ['approval_policy', 'allowed_approval_policies'],
  ['sandbox_mode', 'allowed_sandbox_modes'],
  ['web_search', 'allowed_web_search_modes'],
  ['approvals_reviewer', 'allowed_approvals_reviewers'],
  ['allowed_permissions', 'allowed_permission_profiles'],
  ['developer_instructions', 'additional_developer_instructions'],
  ['network', 'experimental_network'],
  ['model', 'models'],
])

/** Measured with 0.169: it prints "is ignored" for keys it does not know. */
export const REQUIREMENTS: Dialect = {
  ignored: 'Codex 0.169 ignores it and says so in a warning; nothing is enforced.',
  misplaced: (key) => {
    const meant = OF_CONFIG.get(key)
    return meant && `Did you mean ${writeKey(meant)}? Otherwise take it out.`
  },
}
