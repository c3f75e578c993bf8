import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

const q = queries<Record<string, never>>()

export const settingsMigrations: readonly Migration[] = [
  {
    name: 'telemetry-settings-001',
    *up() {
      yield* run(
        q.schema
          .createTable('telemetry_settings')
          .addColumn('id', 'bigint', (c) => c.primaryKey())
          .addColumn('version', 'bigint', (c) => c.notNull())
          .addColumn('document', 'text', (c) => c.notNull())
          .addColumn('relay_headers', 'text')
          .addColumn('changed_at', 'bigint', (c) => c.notNull())
          .addColumn('changed_by', 'text', (c) => c.notNull()),
      )
    },
  },
]
