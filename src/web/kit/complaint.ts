/** What is wrong at one place of a text, as `#requirements` says it. Lines and columns count from 1. */
export interface EditorComplaint {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly severity: 'error' | 'warning'
  readonly key?: string
  readonly message: string
  /** What the client would do. */
  readonly effect: string
  readonly remedy: string
  readonly fix?: { readonly title: string; readonly edits: readonly TextEdit[] }
}

/** Replaces the characters from `from` up to `to`. Offsets are those of the text before any edit. */
export interface TextEdit {
  readonly from: number
  readonly to: number
  readonly insert: string
}

/** Applies edits that do not overlap, in whatever order they come. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text)
}

/** The smallest single edit that turns one text into the other, so that an editor keeps its cursor and its undo steps. */
export function smallestEdit(before: string, after: string): TextEdit | undefined {
  if (before === after) return undefined
  const shorter = Math.min(before.length, after.length)
  let from = 0
  while (from < shorter && before[from] === after[from]) from++
  let end = 0
  while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end++
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) }
}
