/**
 * The key by which an e-mail address is unique and found. The part before the @ is case-sensitive by RFC 5321 section
 * 2.4 and nowhere in practice, so the whole address is compared in lower case.
 */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase()
}

/** The key by which a name is unique (of a group, a policy, an enrolment): case and the composition of characters do not count. */
export function nameKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase()
}

/** What the search box looks in. Lower-cased here: `lower()` of both engines knows the ASCII letters only. */
export function searchText(...parts: readonly string[]): string {
  return parts.map(nameKey).join(' ')
}
