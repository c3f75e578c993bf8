import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'
import type { AccessTables } from '../tables.ts'

const q = queries<AccessTables>()

/** The role that comes with Gatehouse and is the default, so that whoever could use Codex before there were roles goes on. */
export const codexUserId = 'rol_codex_user'

export const roleMigrations: readonly Migration[] = [
  {
    name: 'access-004-roles',
    *up() {
      yield* run(
        q.schema
          .createTable('roles')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('name_key', 'text', (c) => c.notNull().unique())
          .addColumn('description', 'text', (c) => c.notNull())
          .addColumn('search', 'text', (c) => c.notNull())
          .addColumn('permissions', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('updated_at', 'bigint', (c) => c.notNull())
          .addColumn('version', 'bigint', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createTable('role_versions')
          .addColumn('role_id', 'text', (c) => c.notNull().references('roles.id'))
          .addColumn('version', 'bigint', (c) => c.notNull())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('description', 'text', (c) => c.notNull())
          .addColumn('permissions', 'text', (c) => c.notNull())
          .addColumn('made_at', 'bigint', (c) => c.notNull())
          .addColumn('made_by', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('role_versions_pk', ['role_id', 'version'] as never),
      )
    },
  },
  {
    // One grant for a role and a holder: giving it again says until when, it is not held twice.
    name: 'access-006-role-grants',
    *up() {
      yield* run(
        q.schema
          .createTable('role_grants')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('role_id', 'text', (c) => c.notNull().references('roles.id'))
          .addColumn('holder_kind', 'text', (c) => c.notNull())
          .addColumn('holder_id', 'text', (c) => c.notNull())
          .addColumn('ends_at', 'bigint')
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('created_at', 'bigint', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('request_id', 'text')
          .addUniqueConstraint('role_grants_once', [
            'role_id',
            'holder_kind',
            'holder_id',
          ] as never),
      )
      yield* run(
        q.schema
          .createIndex('role_grants_by_holder')
          .on('role_grants')
          .columns(['holder_kind', 'holder_id'] as never),
      )
      yield* run(
        q.schema
          .createIndex('role_grants_by_end')
          .on('role_grants')
          .column('ends_at' as never),
      )
      yield* run(
        q.schema
          .createTable('access_settings')
          .addColumn('id', 'bigint', (c) => c.primaryKey())
          .addColumn('default_role_id', 'text', (c) => c.references('roles.id')),
      )
    },
  },
  {
    name: 'access-007-codex-user',
    *up() {
      const made = {
        name: 'Codex user',
        description: 'Uses Codex on the own machines, signed in with the browser or a device code.',
        permissions: JSON.stringify(['codex.local.use', 'codex.device_code.use']),
      }
      yield* run(
        q.insertInto('roles').values({
          id: codexUserId,
          ...made,
          name_key: 'codex user',
          search: `codex user ${made.description.toLowerCase()}`,
          // It came with Gatehouse: there is no moment at which somebody made it.
          created_at: 0,
          created_by: 'Gatehouse',
          updated_at: 0,
          version: 1,
        }),
      )
      yield* run(
        q
          .insertInto('role_versions')
          .values({ role_id: codexUserId, version: 1, ...made, made_at: 0, made_by: 'Gatehouse' }),
      )
      yield* run(q.insertInto('access_settings').values({ id: 1, default_role_id: codexUserId }))
    },
  },
]
