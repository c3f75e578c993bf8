import { Problem } from './problem.ts'

export const formType = 'application/x-www-form-urlencoded'

/**
 * The fields of a form as an object. A name that comes twice is refused (RFC 6749, section 3.2): two readers of the request could
 * each believe another one. A field without a value counts as left out (section 3.1).
 */
export function readForm(text: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(fields, name))
      throw new Problem('malformed_body', `The field ${JSON.stringify(name)} comes twice.`, {
        remedy: 'Send each field once.',
      })
    fields[name] = value
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}
