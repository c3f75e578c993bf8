/** A diff as a unified patch that `git apply` and `patch` take. */
import type { Span } from './edits.ts'
import { groupEdits } from './groups.ts'
import { applyEdits, diffLines, type LineDiff } from './lines.ts'

export type PatchOptions = {
  /**
   * Written as they are after `---` and `+++`; for `git apply` they start with `a/` and `b/`, or
   * are `/dev/null`.
   */
  readonly fromName: string
  readonly toName: string
  /** Equal lines around each change; 3 when left out. */
  readonly context?: number
}

/**
 * The unified format as POSIX `diff -u` and git write it, `\ No newline at end of file` included.
 * Lines keep their own carriage returns. Equal texts give the empty string. A comparison that hides
 * formatting gives a patch that leaves the formatting of the left text as it is.
 */
export function unifiedPatch(
  compared: LineDiff,
  { fromName, toName, context = 3 }: PatchOptions,
): string {
  const diff =
    compared.units === undefined ? compared : diffLines(compared.a.join(''), applyEdits(compared))
  const groups = groupEdits(diff.edits, context)
  if (groups.length === 0) return ''
  const parts = [`--- ${patchName(fromName)}\n`, `+++ ${patchName(toName)}\n`]
  for (const group of groups) {
    parts.push(`@@ -${range(group.a)} +${range(group.b)} @@\n`)
    for (const { kind, a, b } of group.edits) {
      const lines = kind === 'added' ? diff.b.slice(b[0], b[1]) : diff.a.slice(a[0], a[1])
      const sign = { same: ' ', removed: '-', added: '+' }[kind]
      for (const line of lines) {
        parts.push(sign, line)
        if (!line.endsWith('\n')) parts.push('\n\\ No newline at end of file\n')
      }
    }
  }
  return parts.join('')
}

/**
 * `start,count` counted from 1; a count of 1 is left out, and an empty range names the line before
 * it.
 */
function range([from, to]: Span): string {
  const count = to - from
  if (count === 1) return String(from + 1)
  return `${count === 0 ? from : from + 1},${count}`
}

/**
 * Signs that would end or change the header line are quoted as git does; a name with a space ends
 * in a tab for `patch`.
 */
function patchName(name: string): string {
  if (!/["\\\u0000-\u001f\u007f]/.test(name)) return name.includes(' ') ? `${name}\t` : name
  const quoted = Array.from(name, (sign) => {
    if (sign === '"' || sign === '\\') return `\\${sign}`
    const code = sign.charCodeAt(0)
    return code < 32 || code === 127 ? `\\${code.toString(8).padStart(3, '0')}` : sign
  })
  return `"${quoted.join('')}"`
}
