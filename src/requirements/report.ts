import type { Complaint, ComplaintCode, Fix, Severity, Span } from './complaint.ts'
import type { Ruler } from './positions.ts'
import { writeKey, writePath, type Entry, type Path } from './tree.ts'

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

/** What is said of keys that the table does not know; it differs between the kinds of document. */
export interface Dialect {
  /** What the client does with such a key. */
  readonly ignored: string
  /** What to do with a top-level key that belongs elsewhere. */
  readonly misplaced: (key: string) => string | undefined
}

/** Collects complaints in the order of the text. */
export interface Report {
  readonly dialect: Dialect
  readonly error: (finding: Finding) => void
  readonly warning: (finding: Finding) => void
  /** Whether further warnings would be dropped, so that looking for them is in vain. */
  readonly full: () => boolean
  readonly complaints: () => readonly Complaint[]
}

/** A hundred thousand complaints help nobody and would be slow to show. */
export const MAX_COMPLAINTS = 500

export function openReport(ruler: Ruler, dialect: Dialect): Report {
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
    dialect,
    error: (finding) => add('error', finding),
    warning: (finding) => add('warning', finding),
    full: () => found.length >= MAX_COMPLAINTS,
    complaints: () => found.sort((a, b) => a.at - b.at).map((f) => f.complaint),
  }
}

/** How every effect begins that keeps a client from starting. */
export const REFUSES_TO_START = 'Codex 0.169 refuses to start'

/** Measured with 0.169: an error of this kind stops `codex` at start, in every surface. */
export const REFUSES = `${REFUSES_TO_START}: every machine that gets this policy stops.`

/**
 * Measured with 0.169: its reader takes some lists for a table, by position, and `{ value = {} }` for a value. Nothing
 * documents either, so neither can be published.
 */
export const POSITIONAL =
  'Codex 0.169 refuses to start with most values like this, and reads a few by their position.'

/** Measured with 0.169, of the command and url of an MCP server. */
export const BESIDE =
  'Codex 0.169 refuses to start, unless the other one stands beside it in plain text: then it ignores this.'

export function replace(title: string, span: Span, insert: string): Fix {
  return { title, edits: [{ from: span.from, to: span.to, insert }] }
}

/** Writes a key otherwise, wherever it is written. */
export function rename(entry: Entry, name: string): Fix {
  const insert = writeKey(name)
  const places = [entry.keySpan, ...(entry.again ?? [])].sort((a, b) => a.from - b.from)
  return {
    title: `Change to ${insert}`,
    edits: places.map(({ from, to }) => ({ from, to, insert })),
  }
}
