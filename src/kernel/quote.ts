/**
 * Values in generated scripts and files: names are free text and must never become code. Each function gives the literal
 * with its quotes; `comment` gives one line of plain text.
 */

/** POSIX shell: between single quotes nothing has a meaning (XCU 2.2.2). */
export const shell = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`

/** PowerShell: a single-quoted string ends at any of its five single quotation marks, so each is doubled (about_Quoting_Rules). */
export const powershell = (value: string): string =>
  `'${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`

/** YAML 1.2, section 5.7: a double-quoted scalar takes JSON's escapes; what is not printable ASCII is escaped as well. */
export const yaml = (value: string): string => escaped(value)

/** TOML 1.0, "String": a basic string. */
export const toml = (value: string): string => escaped(value)

/** JSON strings in ASCII are valid in both: a character outside the BMP goes as it is, because TOML has no surrogates. */
const escaped = (value: string): string =>
  JSON.stringify(value.toWellFormed()).replaceAll(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** XML 1.0 text: what the standard has no character for becomes U+FFFD. */
export const xml = (value: string): string =>
  value
    .toWellFormed()
    // The characters that XML 1.0, production 2, leaves out.
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** A comment of any of these languages: one line, and nothing that could end it. */
export const comment = (value: string): string =>
  value
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll(/--+/g, '–')
    .trim()
