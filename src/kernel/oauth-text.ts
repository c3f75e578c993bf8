/**
 * A text in the characters that RFC 6749 (sections 4.1.2.1 and 5.2) allows in `error_description`: printable ASCII without `"` and
 * `\`. For what repeats pieces of a request; words for people are not to lose letters.
 */
export const oauthText = (text: string): string =>
  text
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll(/[^\x20-\x7e]/gu, '?')
