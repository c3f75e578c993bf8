import type {
  ReferenceComplaint,
  ReferenceKey,
  RequirementsSchema,
} from '../../schema.reference.ts'

/** A key of the policy itself with everything below it. */
export interface ReferenceSection {
  readonly name: string
  readonly keys: readonly ReferenceKey[]
}

export function sectionsOf(keys: readonly ReferenceKey[]): readonly ReferenceSection[] {
  const sections = new Map<string, ReferenceKey[]>()
  for (const key of keys) {
    const name = key.path.split('.')[0] ?? ''
    const there = sections.get(name)
    if (there === undefined) sections.set(name, [key])
    else there.push(key)
  }
  return [...sections].map(([name, list]) => ({ name, keys: list }))
}

/** Without what is told already: the keys below a table that is like an earlier one. */
export function toldOnce(keys: readonly ReferenceKey[]): readonly ReferenceKey[] {
  const repeated = keys.filter((key) => key.like !== undefined).map((key) => `${key.path}.`)
  return keys.filter((key) => !repeated.some((prefix) => key.path.startsWith(prefix)))
}

/** What has all of the words in it, in any order and case. */
export function filtered(
  whole: RequirementsSchema,
  q: string,
): { readonly keys: readonly ReferenceKey[]; readonly complaints: readonly ReferenceComplaint[] } {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const has = (texts: readonly (string | undefined)[]): boolean => {
    const text = texts.join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return {
    keys: whole.keys.filter((key) =>
      has([
        key.path,
        key.about,
        key.caution?.message,
        ...key.aliases,
        ...key.values.flatMap(({ value, about }) => [value, about]),
      ]),
    ),
    complaints: whole.complaints.filter((one) => has([one.code, one.message, one.remedy])),
  }
}
