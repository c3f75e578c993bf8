/**
 * Comparing two versions of a text. Pure, without input or output, for the server and the browser
 * alike.
 *
 * `diffLines` compares; `sideBySide`, `unified`, `diffHtml` and `unifiedPatch` show what it found.
 */
export {
  applyEdits,
  diffLines,
  diffNumberedTexts,
  formattingOnly,
  splitLines,
  type CompareOptions,
  type LineDiff,
  type NumberedText,
} from './lines.ts'
export { blame } from './blame.ts'
export { diffIds, type Edit, type Span } from './edits.ts'
export { formattingKey, formattingKeys } from './keys.ts'
export { refineWords, type Mark, type Refinement, type RefineOptions } from './words.ts'
export {
  findMoves,
  movedLines,
  movesBetween,
  type Move,
  type MovedLines,
  type PageSpan,
  type Place,
} from './moves.ts'
export {
  gapRows,
  sideBySide,
  unified,
  type Cell,
  type Gap,
  type Hunk,
  type Layout,
  type LayoutOptions,
  type Row,
  type UnifiedRow,
} from './rows.ts'
export { diffHtml, escapeHtml, type HtmlOptions, type HtmlView } from './html.ts'
export { unifiedPatch, type PatchOptions } from './patch.ts'
export { isMarkdownHeading, isTomlTable } from './sections.ts'
export { stats, type Stats } from './stats.ts'
