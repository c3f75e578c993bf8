/** Versions that one transaction writes: each is three rows, and policy fetches wait as long as the transaction takes. */
export const versionsAtOnce = 40
/** Versions of several small snapshots that one transaction writes together, so that it is a short one. */
export const versionsTogether = 12
/** Characters of text that are judged and encoded at once. */
export const charactersAtOnce = 4_000_000
