import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

export interface ApprovalTables {
  approval_setting: {
    id: string
    is_on: number
    changed_at: number | null
    changed_by: string | null
  }
  approval_proposals: {
    id: string
    kind: string
    /** The act as JSON, and its hash in canonical form: two acts with one hash are the same act. */
    act: string
    act_hash: string
    /** How it is to be done, as JSON: what is no part of the effect. */
    how: string
    title: string
    message: string
    /** Of the effect, and the change set as it was looked at (JSON; null: the act is about the rule itself). */
    effect_hash: string
    touches: number
    change_set: string | null
    /** The policy whose draft would be served, and the revision of it that was looked at. */
    policy_id: string | null
    draft_revision: number | null
    proposer_kind: string
    proposer_id: string
    proposer: string
    /** The person behind: who made the key, where a key proposed. */
    proposer_person: string
    created_at: number
    expires_at: number
    state: StoredState
    decided_by_id: string | null
    decided_by: string | null
    decided_at: number | null
    comment: string
    used_by: string | null
    used_at: number | null
  }
  /** Who wrote in a draft on its way to a version. */
  draft_contributors: {
    policy_id: string
    /** The version that the draft was going to be. */
    number: number
    person_id: string
    label: string
    at: number
  }
  /** Acts that did not wait for approval, until somebody else has looked at them. */
  approval_reviews: {
    id: string
    why: ReviewReason
    act: string
    title: string
    reason: string
    touches: number
    change_set: string | null
    actor_kind: string
    actor_id: string
    actor: string
    /** The person behind: who made the key, where a key acted. */
    actor_person: string
    at: number
    reviewed_by_id: string | null
    reviewed_by: string | null
    reviewed_at: number | null
    comment: string
  }
}

/** `planned`: used for an act that is to happen later. Whether an open or approved one has expired is a matter of the time. */
export type StoredState = 'open' | 'approved' | 'declined' | 'withdrawn' | 'planned' | 'used'

/** Somebody said that it could not wait; it took access away; or the rule was turned off on the machine itself. */
export type ReviewReason = 'emergency' | 'safety' | 'operator'

const q = queries<ApprovalTables>()

export const approvalMigrations: readonly Migration[] = [
  {
    name: 'policies-approval-001',
    *up() {
      yield* run(
        q.schema
          .createTable('approval_setting')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('is_on', 'bigint', (c) => c.notNull())
          .addColumn('changed_at', 'bigint')
          .addColumn('changed_by', 'text'),
      )
      yield* run(
        q
          .insertInto('approval_setting')
          .values({ id: 'four_eyes', is_on: 0, changed_at: null, changed_by: null }),
      )
      yield* run(
        q.schema
          .createTable('approval_proposals')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('act', 'text', (c) => c.notNull())
          .addColumn('act_hash', 'text', (c) => c.notNull())
          .addColumn('how', 'text', (c) => c.notNull())
          .addColumn('title', 'text', (c) => c.notNull())
          .addColumn('message', 'text', (c) => c.notNull())
          .addColumn('effect_hash', 'text', (c) => c.notNull())
          .addColumn('touches', 'bigint', (c) => c.notNull())
          .addColumn('change_set', 'text')
          .addColumn('policy_id', 'text')
          .addColumn('draft_revision', 'bigint')
          .addColumn('proposer_kind', 'text', (c) => c.notNull())
          .addColumn('proposer_id', 'text', (c) => c.notNull())
          .addColumn('proposer', 'text', (c) => c.notNull())
          .addColumn('proposer_person', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('expires_at', 'bigint', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('decided_by_id', 'text')
          .addColumn('decided_by', 'text')
          .addColumn('decided_at', 'bigint')
          .addColumn('comment', 'text', (c) => c.notNull())
          .addColumn('used_by', 'text')
          .addColumn('used_at', 'bigint'),
      )
      yield* run(
        q.schema
          .createIndex('approval_proposals_by_effect')
          .on('approval_proposals')
          .columns(['effect_hash', 'state']),
      )
      yield* run(
        q.schema
          .createTable('draft_contributors')
          .addColumn('policy_id', 'text', (c) => c.notNull().references('policies.id'))
          .addColumn('number', 'bigint', (c) => c.notNull())
          .addColumn('person_id', 'text', (c) => c.notNull())
          .addColumn('label', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('draft_contributors_key', ['policy_id', 'number', 'person_id']),
      )
      yield* run(
        q.schema
          .createTable('approval_reviews')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('why', 'text', (c) => c.notNull())
          .addColumn('act', 'text', (c) => c.notNull())
          .addColumn('title', 'text', (c) => c.notNull())
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('touches', 'bigint', (c) => c.notNull())
          .addColumn('change_set', 'text')
          .addColumn('actor_kind', 'text', (c) => c.notNull())
          .addColumn('actor_id', 'text', (c) => c.notNull())
          .addColumn('actor', 'text', (c) => c.notNull())
          .addColumn('actor_person', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('reviewed_by_id', 'text')
          .addColumn('reviewed_by', 'text')
          .addColumn('reviewed_at', 'bigint')
          .addColumn('comment', 'text', (c) => c.notNull()),
      )
    },
  },
]
