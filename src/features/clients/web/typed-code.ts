/** How many characters a code has without its hyphen. */
export const codeLength = 8
const group = 4

const signs = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')

/** A code as it is shown while it is typed: `abcd efg` is `ABCD-EFG`. */
export function shownCode(text: string): string {
  const all = signs(text).slice(0, codeLength)
  return all.length > group ? `${all.slice(0, group)}-${all.slice(group)}` : all
}

export const isWhole = (text: string): boolean => signs(text).length === codeLength

/** Where the caret stands in the shown code when it stood behind `before` in what was typed. */
export function caretBehind(before: string): number {
  const count = Math.min(signs(before).length, codeLength)
  return count > group ? count + 1 : count
}
