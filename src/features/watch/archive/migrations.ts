import type { Migration } from '#kernel/migrate.ts'
import { searchTables } from './search.ts'
import { archiveTables } from './tables.ts'

export const archiveMigrations: readonly Migration[] = [...archiveTables, ...searchTables]
