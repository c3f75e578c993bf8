import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { PolicyTables } from './migrations.ts'
import type { SnapshotRule } from './snapshot.ts'

const q = queries<PolicyTables>()

export interface RuleSettings {
  readonly defaultPolicyId: string | null
  /** Goes up with every change of the rules or of the default. */
  readonly revision: number
  /** What the request addresses in justifications begin with; null: none are put there. */
  readonly requestSite: string | null
}

export function* groupRules(): Work<readonly SnapshotRule[]> {
  const rows = yield* all(q.selectFrom('group_rules').selectAll().orderBy('position'))
  return rows.map((r) => ({
    id: r.id,
    position: r.position,
    groupId: r.group_id,
    policyId: r.policy_id,
  }))
}

export function* ruleSettings(): Work<RuleSettings> {
  const row = yield* first(q.selectFrom('policy_settings').selectAll())
  return {
    defaultPolicyId: row?.default_policy_id ?? null,
    revision: row?.revision ?? 0,
    requestSite: row?.request_site ?? null,
  }
}

/** Replaces the whole list. */
export function* replaceRules(rules: readonly SnapshotRule[], revision: number): Work<void> {
  yield* run(q.deleteFrom('group_rules'))
  // Two hundred at a time: SQLite takes 32,766 values in a statement, PostgreSQL 65,535.
  for (let from = 0; from < rules.length; from += 200)
    yield* run(
      q.insertInto('group_rules').values(
        rules.slice(from, from + 200).map((r) => ({
          id: r.id,
          position: r.position,
          group_id: r.groupId,
          policy_id: r.policyId,
        })),
      ),
    )
  yield* run(q.updateTable('policy_settings').set({ revision }))
}

export function* writeDefault(policyId: string | null, revision: number): Work<void> {
  yield* run(q.updateTable('policy_settings').set({ default_policy_id: policyId, revision }))
}

export function* writeRequestSite(site: string | null): Work<void> {
  yield* run(q.updateTable('policy_settings').set({ request_site: site }))
}
