import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

/** A membership may end by itself; null: it is for good. */
export const membershipEnds: Migration = {
  name: 'access-010-membership-ends',
  *up() {
    yield* run(q.schema.alterTable('group_members').addColumn('ends_at', 'bigint'))
    yield* run(q.schema.alterTable('group_members').addColumn('request_id', 'text'))
    yield* run(q.schema.createIndex('group_members_by_end').on('group_members').column('ends_at'))
  },
}
