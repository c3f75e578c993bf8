import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

export interface PolicyTables {
  policies: {
    id: string
    name: string
    /** The name in lower case: no two policies differ by case alone. */
    name_key: string
    description: string
    created_at: number
    created_by: string
    archived_at: number | null
    /** The version that is served; null before the first publish. */
    published_id: string | null
    revision: number
  }
  policy_versions: {
    id: string
    policy_id: string
    number: number
    text: string
    /** The overridable config.toml beside the requirements; empty when there is none. */
    defaults: string
    /** Of both texts. */
    sha256: string
    message: string
    put_back: number | null
    author_id: string
    author: string
    at: number
    /** Complaints (all warnings, unless somebody accepted errors on putting it back) as JSON. */
    complaints: string
    check_version: string
    /** 1: one person published it while it reached nobody, with the four-eyes rule on; nobody else has decided on it. */
    alone: number
  }
  policy_drafts: {
    policy_id: string
    text: string
    defaults: string
    sha256: string
    base_version: number | null
    revision: number
    updated_by_id: string
    updated_by: string
    updated_at: number
  }
  group_rules: { id: string; position: number; group_id: string; policy_id: string }
  policy_settings: {
    id: string
    default_policy_id: string | null
    revision: number
    /** What the request addresses in justifications begin with; null: none are put there. */
    request_site: string | null
  }
}

const q = queries<PolicyTables>()

export const policyMigrations: readonly Migration[] = [
  {
    name: 'policies-001-policies',
    *up() {
      yield* run(
        q.schema
          .createTable('policies')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull().unique())
          .addColumn('description', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('archived_at', 'bigint')
          .addColumn('published_id', 'text')
          .addColumn('revision', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('policy_versions')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('policy_id', 'text', (c) => c.notNull().references('policies.id'))
          .addColumn('number', 'bigint', (c) => c.notNull())
          .addColumn('text', 'text', (c) => c.notNull())
          .addColumn('sha256', 'text', (c) => c.notNull())
          .addColumn('message', 'text', (c) => c.notNull())
          .addColumn('put_back', 'bigint')
          .addColumn('author_id', 'text', (c) => c.notNull())
          .addColumn('author', 'text', (c) => c.notNull())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('complaints', 'text', (c) => c.notNull())
          .addColumn('check_version', 'text', (c) => c.notNull())
          .addUniqueConstraint('policy_versions_number', ['policy_id', 'number']),
      )
      yield* run(
        q.schema
          .createTable('policy_drafts')
          .addColumn('policy_id', 'text', (c) => c.primaryKey().references('policies.id'))
          .addColumn('text', 'text', (c) => c.notNull())
          .addColumn('sha256', 'text', (c) => c.notNull())
          .addColumn('base_version', 'bigint')
          .addColumn('revision', 'bigint', (c) => c.notNull())
          .addColumn('updated_by_id', 'text', (c) => c.notNull())
          .addColumn('updated_by', 'text', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('group_rules')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('position', 'bigint', (c) => c.notNull().unique())
          .addColumn('group_id', 'text', (c) => c.notNull().unique())
          .addColumn('policy_id', 'text', (c) => c.notNull().references('policies.id')),
      )
      yield* run(
        q.schema
          .createTable('policy_settings')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('default_policy_id', 'text', (c) => c.references('policies.id'))
          .addColumn('revision', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q
          .insertInto('policy_settings')
          .values({ id: 'settings', default_policy_id: null, revision: 1 }),
      )
    },
  },
  {
    name: 'policies-002-defaults',
    *up() {
      for (const table of ['policy_drafts', 'policy_versions'] as const)
        yield* run(
          q.schema
            .alterTable(table)
            .addColumn('defaults', 'text', (c) => c.notNull().defaultTo('')),
        )
    },
  },
  {
    name: 'policies-003-alone',
    *up() {
      yield* run(
        q.schema
          .alterTable('policy_versions')
          .addColumn('alone', 'bigint', (c) => c.notNull().defaultTo(0)),
      )
    },
  },
  {
    name: 'policies-003-request-site',
    *up() {
      yield* run(q.schema.alterTable('policy_settings').addColumn('request_site', 'text'))
    },
  },
]
