/** What an admin decides about the extraction of a collection's pages. */
export interface ExtractSettings {
  /**
   * CSS selectors of what to keep, in document order; the outermost match counts. Empty keeps
   * `main`, else `article`, else `body`.
   */
  readonly keep: readonly string[]
  /** CSS selectors of what to leave out of that, beside our own boilerplate. */
  readonly remove: readonly string[]
  /** Whether links and images are written with their whole address. */
  readonly absoluteLinks: boolean
}

export const DEFAULT_SETTINGS: ExtractSettings = { keep: [], remove: [], absoluteLinks: true }

/**
 * Bounds of one extraction. Memory is what has to be bounded here (a full heap ends the process,
 * kernel/pool.ts); time is bounded by the pool.
 */
export const LIMITS = {
  /** Bytes of a page. The largest reference page measured has 689 KB. */
  bytes: 10_000_000,
  /**
   * Elements the parser may make. Unclosed formatting elements are opened again in every block, so
   * a small page can ask for billions.
   */
  elements: 400_000,
  /** Elements open at once while parsing; each start tag may look through them all (100,000: 1.3 s). */
  open: 150_000,
  /** Nesting that is kept; what is deeper moves up. Chromium draws the same line at 512. */
  depth: 200,
  /** Lists and quotes inside each other that are kept; each one indents every line inside it. */
  containers: 32,
  /** Characters of the finished text, its indentation included. */
  text: 20_000_000,
  /** Cells of one table, the ones its spans add included. */
  cells: 200_000,
  /** Links that are reported. */
  links: 20_000,
  selectors: 50,
  selectorLength: 500,
} as const

/** Thrown where a bound of {@link LIMITS} is passed; `extract` makes a failure of it. */
export class TooMuch extends Error {}
