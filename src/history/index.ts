/**
 * Comparing two versions of a text. Pure, without input or output, for the server and the browser
 * alike.
 *
 * `diffLines` compares; `sideBySide`, `unified` and `unifiedPatch` show what it found.
 */
export { diffLines, splitLines, type Edit, type LineDiff, type Span } from './lines.ts'
export { refineWords, type Mark, type Refinement } from './words.ts'
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
export { unifiedPatch, type PatchOptions } from './patch.ts'
export { isMarkdownHeading, isTomlTable } from './sections.ts'
export { stats, type Stats } from './stats.ts'
