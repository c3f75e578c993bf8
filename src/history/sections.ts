/** What a hunk stands under, for {@link LayoutOptions.isSection}. */

/** An ATX heading (CommonMark 0.31, section 4.2). */
export const isMarkdownHeading = (line: string): boolean => /^ {0,3}#{1,6}(?:[ \t]|\r?$)/.test(line)

/**
 * A table or array-of-tables header (TOML 1.0). Text inside a multi-line string can look the same.
 */
export const isTomlTable = (line: string): boolean =>
  /^[ \t]*\[{1,2}[^[\]]+\]{1,2}[ \t]*(?:#[^\n]*)?\r?$/.test(line)
