import { sql } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'
import type { ReleasedTables } from './released/tables.ts'

export interface AnalyticsTables extends ReleasedTables {
  /** Rates in millionths of the currency for a million tokens. */
  analytics_prices: {
    id: string
    model: string
    valid_from: number
    input: number
    cached_input: number
    output: number
  }
  /** One row, `id` 'settings', once somebody changed them. */
  analytics_settings: { id: string; zone: string; currency: string; k: number }
}

const q = queries<AnalyticsTables>()

/** What a sum had when the table was made. */
const measuresThen = [
  'events',
  'conversations',
  'turns',
  'prompt_chars',
  'tool_calls',
  'failed_calls',
  'denied_calls',
  'approved_by_config',
  'approved_by_user',
  'refused_by_config',
  'refused_by_user',
  'api_requests',
  'api_failures',
  'tokens_input',
  'tokens_cached',
  'tokens_cache_write',
  'tokens_output',
  'tokens_reasoning',
] as const

export const migrations: readonly Migration[] = [
  {
    name: 'analytics-001-prices',
    *up() {
      yield* run(
        q.schema
          .createTable('analytics_prices')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('model', 'text', (c) => c.notNull())
          .addColumn('valid_from', 'bigint', (c) => c.notNull())
          .addColumn('input', 'bigint', (c) => c.notNull())
          .addColumn('cached_input', 'bigint', (c) => c.notNull())
          .addColumn('output', 'bigint', (c) => c.notNull())
          .addUniqueConstraint('analytics_prices_model', ['model', 'valid_from']),
      )
      yield* run(
        q.schema
          .createTable('analytics_settings')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('zone', 'text', (c) => c.notNull())
          .addColumn('currency', 'text', (c) => c.notNull())
          .addColumn('k', 'bigint', (c) => c.notNull()),
      )
    },
  },
  {
    // Calls that a rule matched are few among all calls, and looked for among all of them.
    name: 'analytics-002-ruled-calls',
    *up() {
      yield* run(
        q.schema
          .createIndex('telemetry_command_people_ruled')
          .on('telemetry_command_people')
          .columns(['day', 'group_set', 'person', 'rule', 'rule_decision', 'outcome', 'count'])
          .where(sql.ref('rule'), '<>', sql.lit('')),
      )
    },
  },
  {
    // What is shown of ended days to whoever may not see persons: decided once (released/release.ts).
    name: 'analytics-003-released',
    *up() {
      yield* run(
        q.schema
          .createTable('analytics_released_periods')
          .addColumn('unit', 'text', (c) => c.notNull())
          .addColumn('start', 'bigint', (c) => c.notNull())
          .addColumn('k', 'bigint', (c) => c.notNull())
          .addColumn('any', 'bigint', (c) => c.notNull())
          .addColumn('held', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('analytics_released_periods_key', ['unit', 'start']),
      )
      const cells = q.schema
        .createTable('analytics_released_cells')
        .addColumn('unit', 'text', (c) => c.notNull())
        .addColumn('start', 'bigint', (c) => c.notNull())
        .addColumn('dimension', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('people', 'bigint', (c) => c.notNull())
        .addColumn('amount', 'bigint', (c) => c.notNull())
        .addColumn('bins', 'text', (c) => c.notNull())
      yield* run(
        measuresThen
          .reduce<typeof cells>(
            (table, measure) => table.addColumn(measure, 'bigint', (c) => c.notNull()),
            cells,
          )
          .addPrimaryKeyConstraint('analytics_released_cells_key', [
            'unit',
            'dimension',
            'start',
            'value',
          ]),
      )
      yield* run(
        q.schema
          .createIndex('telemetry_histograms_first_token')
          .on('telemetry_histograms')
          .columns(['hour', 'group_set', 'surface', 'originator', 'model', 'bound', 'count'])
          .where(sql.ref('measure'), '=', sql.lit('first_token')),
      )
    },
  },
]
