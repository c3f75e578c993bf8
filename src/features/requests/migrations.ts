import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'
import type { RequestState } from './schema.ts'

export interface RequestTables {
  access_requests: {
    id: string
    member_id: string
    /** The address at that time. */
    member: string
    /** JSON of the `wanted` of the schema. */
    wanted: string
    /** Equal for the same wish, so that nobody asks twice while the first one waits. */
    wanted_key: string
    title: string
    reason: string
    lasts: number | null
    state: RequestState
    created_at: number
    decided_at: number | null
    decided_by_id: string | null
    decided_by: string | null
    note: string
    granted_kind: 'role' | 'group' | null
    granted_id: string | null
    granted_name: string | null
    granted_ends_at: number | null
    /** When those who decide were told by mail. */
    told_at: number | null
    search: string
  }
}

const q = queries<RequestTables>()

export const migrations: readonly Migration[] = [
  {
    // No foreign key to the member: what was decided stays readable when she is gone, until her data is removed.
    name: 'requests-001-requests',
    *up() {
      yield* run(
        q.schema
          .createTable('access_requests')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('member_id', 'text', (c) => c.notNull())
          .addColumn('member', 'text', (c) => c.notNull())
          .addColumn('wanted', 'text', (c) => c.notNull())
          .addColumn('wanted_key', 'text', (c) => c.notNull())
          .addColumn('title', 'text', (c) => c.notNull())
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('lasts', 'bigint')
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('decided_at', 'bigint')
          .addColumn('decided_by_id', 'text')
          .addColumn('decided_by', 'text')
          .addColumn('note', 'text', (c) => c.notNull())
          .addColumn('granted_kind', 'text')
          .addColumn('granted_id', 'text')
          .addColumn('granted_name', 'text')
          .addColumn('granted_ends_at', 'bigint')
          .addColumn('told_at', 'bigint')
          .addColumn('search', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('requests_by_member')
          .on('access_requests')
          .columns(['member_id', 'id']),
      )
      yield* run(
        q.schema.createIndex('requests_by_state').on('access_requests').columns(['state', 'id']),
      )
    },
  },
]
