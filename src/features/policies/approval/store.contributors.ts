import { all, queries, run, type Work } from '#kernel/work.ts'
import type { ApprovalTables } from './migrations.ts'

const q = queries<ApprovalTables>()

export interface Contributor {
  readonly id: string
  readonly label: string
}

/** Remembers that somebody wrote in the draft that is going to be this version. */
export function* addContributor(
  policyId: string,
  number: number,
  who: Contributor,
  at: number,
): Work<void> {
  yield* run(
    q
      .insertInto('draft_contributors')
      .values({ policy_id: policyId, number, person_id: who.id, label: who.label, at })
      .onConflict((c) => c.columns(['policy_id', 'number', 'person_id']).doUpdateSet({ at })),
  )
}

/** Who wrote between two versions: after the one, up to the other. */
export function* contributorsBetween(
  policyId: string,
  after: number,
  upTo: number,
): Work<readonly Contributor[]> {
  const rows = yield* all(
    q
      .selectFrom('draft_contributors')
      .select(['person_id as id', 'label'])
      .where('policy_id', '=', policyId)
      .where('number', '>', after)
      .where('number', '<=', upTo)
      .orderBy('at'),
  )
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

/** Before its policy is deleted. */
export function* forgetContributors(policyId: string): Work<void> {
  yield* run(q.deleteFrom('draft_contributors').where('policy_id', '=', policyId))
}
