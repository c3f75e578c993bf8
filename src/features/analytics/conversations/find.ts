import { allMembers } from '#features/access/index.ts'
import { serviceAccounts } from '#features/clients/index.ts'
import { enrolmentPrincipals } from '#features/delivery/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'

/** More are not looked for in one statement; whoever types one letter has not said whom she means. */
const most = 5000

/** The members, service accounts and enrolments whose name or address contains a text; undefined for no text. */
export function* namedBy(
  text: string | undefined,
): Work<{ readonly text: string; readonly principals: readonly string[] } | undefined> {
  const wanted = text?.trim() ?? ''
  if (wanted === '') return undefined
  const folded = wanted.toLowerCase()
  const has = (name: string): boolean => name.toLowerCase().includes(folded)
  const members = (yield* allMembers()).filter(({ name, email }) => has(name) || has(email))
  const others = [...(yield* serviceAccounts()), ...(yield* enrolmentPrincipals())].filter(
    ({ label }) => has(label),
  )
  const principals = [...members, ...others].map(({ id }) => id)
  if (principals.length > most)
    throw new Problem('invalid_input', 'Too many names contain this.', {
      remedy: 'Type more of the name.',
    })
  return { text: wanted, principals }
}
