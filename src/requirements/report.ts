import type { Complaint, ComplaintCode, Fix, Severity, Span } from './complaint.ts'
import type { Ruler } from './positions.ts'
import { writePath, type Path } from './tree.ts'

/** What one complaint says; the report adds lines, columns and severity. */
export interface Finding {
  readonly code: ComplaintCode
  readonly span: Span
  readonly path: Path
  readonly message: string
  readonly effect: string
  readonly remedy: string
  readonly fix?: Fix | undefined
}

/** Collects complaints in the order of the text. */
export interface Report {
  readonly error: (finding: Finding) => void
  readonly warning: (finding: Finding) => void
  /** Whether further warnings would be dropped, so that looking for them is in vain. */
  readonly full: () => boolean
  readonly complaints: () => readonly Complaint[]
}

/** A hundred thousand complaints help nobody and would be slow to show. */
export const MAX_COMPLAINTS = 500

export function openReport(ruler: Ruler): Report {
  const found: { readonly at: number; readonly complaint: Complaint }[] = []
  const add = (severity: Severity, finding: Finding): void => {
    // Warnings give way: an error must never be lost to the limit, or a bad policy would pass.
    if (severity === 'warning' && found.length >= MAX_COMPLAINTS) return
    if (found.length >= 2 * MAX_COMPLAINTS) return
    const start = ruler.place(finding.span.from)
    const end = ruler.place(finding.span.to)
    found.push({
      at: finding.span.from,
      complaint: {
        code: finding.code,
        severity,
        line: start.line,
        column: start.column,
        endLine: end.line,
        endColumn: end.column,
        key: writePath(finding.path),
        message: finding.message,
        effect: finding.effect,
        remedy: finding.remedy,
        ...(finding.fix === undefined ? {} : { fix: finding.fix }),
      },
    })
  }
  return {
    error: (finding) => add('error', finding),
    warning: (finding) => add('warning', finding),
    full: () => found.length >= MAX_COMPLAINTS,
    complaints: () => found.sort((a, b) => a.at - b.at).map((f) => f.complaint),
  }
}

/** Measured with 0.169: an error of this kind stops `codex` at start, in every surface. */
export const REFUSES = 'Codex 0.169 refuses to start: every machine that gets this policy stops.'

/** Measured with 0.169: it prints "is ignored" for keys it does not know. */
export const IGNORED = 'Codex 0.169 ignores it and says so in a warning; nothing is enforced.'

export function replace(title: string, span: Span, insert: string): Fix {
  return { title, edits: [{ from: span.from, to: span.to, insert }] }
}
