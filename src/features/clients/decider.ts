import { memberById } from '#features/access/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'

/** Who is asked, as the page shows her. */
export function* deciderOf(memberId: string): Work<{
  readonly id: string
  readonly name: string
  readonly email: string
}> {
  const { id, name, email } = found(yield* memberById(memberId), 'member')
  return { id, name, email }
}

/**
 * Throws when the page showed somebody else than who is signed in now: she signed in in another tab, or took her seat. What is
 * allowed goes to the account, so it must be the one that was read on the page.
 */
export function refuseOther(actor: { readonly id: string }, shown: string): void {
  if (actor.id === shown) return
  throw new Problem(
    'edited_meanwhile',
    'Another member is signed in here than the page showed. Nothing was decided.',
    { remedy: 'Load the page again: it shows who is signed in now, and she decides.' },
  )
}
