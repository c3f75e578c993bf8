import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { PolicyTables } from './migrations.ts'

const q = queries<PolicyTables>()

export type PolicyRow = PolicyTables['policies']
export type DraftRow = PolicyTables['policy_drafts']

/** A policy with what lists and pages show of its published version and its draft, texts left out. */
export interface PolicyHead extends PolicyRow {
  readonly number: number | null
  readonly published_at: number | null
  readonly published_by: string | null
  readonly published_message: string | null
  readonly draft_changed: boolean
  readonly draft_sha: string
  readonly draft_at: number
  readonly draft_by: string
}

const heads = () =>
  q
    .selectFrom('policies')
    .innerJoin('policy_drafts', 'policy_drafts.policy_id', 'policies.id')
    .leftJoin('policy_versions', 'policy_versions.id', 'policies.published_id')
    .selectAll('policies')
    .select([
      'policy_versions.number as number',
      'policy_versions.at as published_at',
      'policy_versions.author as published_by',
      'policy_versions.message as published_message',
      'policy_versions.sha256 as published_sha',
      'policy_drafts.sha256 as draft_sha',
      'policy_drafts.updated_at as draft_at',
      'policy_drafts.updated_by as draft_by',
    ])

const asHead = (
  row: Omit<PolicyHead, 'draft_changed'> & { published_sha: string | null },
): PolicyHead => ({ ...row, draft_changed: row.draft_sha !== row.published_sha })

/** Every policy by name. A workspace has tens of them, so lists are filtered and sorted in memory. */
export function* policyHeads(): Work<readonly PolicyHead[]> {
  return (yield* all(heads().orderBy('policies.name_key'))).map(asHead)
}

export function* policyHead(id: string): Work<PolicyHead | undefined> {
  const row = yield* first(heads().where('policies.id', '=', id))
  return row && asHead(row)
}

export function* insertPolicy(policy: PolicyRow, draft: DraftRow): Work<void> {
  yield* run(q.insertInto('policies').values(policy))
  yield* run(q.insertInto('policy_drafts').values(draft))
}

/** Changes name, description or archiving; the revision goes up. */
export function* updatePolicy(
  policy: PolicyRow,
  change: Partial<Pick<PolicyRow, 'name' | 'name_key' | 'description' | 'archived_at'>>,
): Work<void> {
  yield* run(
    q
      .updateTable('policies')
      .set({ ...change, revision: policy.revision + 1 })
      .where('id', '=', policy.id),
  )
}

/** Only for a policy that has no versions; the foreign key refuses any other. */
export function* deletePolicy(id: string): Work<void> {
  yield* run(q.deleteFrom('policy_drafts').where('policy_id', '=', id))
  yield* run(q.deleteFrom('policies').where('id', '=', id))
}

export function* draftOf(policyId: string): Work<DraftRow | undefined> {
  return yield* first(q.selectFrom('policy_drafts').selectAll().where('policy_id', '=', policyId))
}

export function* writeDraft(draft: DraftRow): Work<void> {
  const { policy_id, ...values } = draft
  yield* run(q.updateTable('policy_drafts').set(values).where('policy_id', '=', policy_id))
}
