import { sql, type RawBuilder } from 'kysely'
import { insertMany } from '#kernel/insert-many.ts'
import type { Work } from '#kernel/work.ts'
import type { Sums } from './rollups/sums.ts'
import { measures, q, type TelemetryTables } from './tables.ts'

const place = ['group_set', 'surface', 'originator', 'model'] as const
const call = ['tool', 'program', 'outcome'] as const

/** Inserts rows, or adds their values to those that are there: safe from several processes, in any order. */
function adder<Table extends keyof TelemetryTables>(
  name: Table,
  keys: readonly (keyof TelemetryTables[Table] & string)[],
  values: readonly (keyof TelemetryTables[Table] & string)[],
  joined: readonly (keyof TelemetryTables[Table] & string)[] = [],
) {
  const change = (column: string): readonly [string, RawBuilder<unknown>] => {
    const [mine, more] = [sql.ref(`${name}.${column}`), sql.ref(`excluded.${column}`)]
    const masks: readonly string[] = joined
    return [column, masks.includes(column) ? sql`${mine} | ${more}` : sql`${mine} + ${more}`]
  }
  const changes = Object.fromEntries([...joined, ...values].map(change))
  return insertMany<TelemetryTables[Table]>([...keys, ...joined, ...values], (places) =>
    q
      .insertInto(name as never)
      .values(places)
      .onConflict((c) => c.columns(keys as never).doUpdateSet(changes)),
  )
}

const addUsage = adder('telemetry_usage', ['bucket', ...place], measures)
const addUsageHours = adder('telemetry_usage_hours', ['bucket', ...place], measures)
const addUsageDays = adder('telemetry_usage_days', ['bucket', ...place], measures)
const addDays = adder(
  'telemetry_days',
  ['day', 'person', ...place, 'version', 'policy_version'],
  measures,
  ['quarters_am', 'quarters_pm'],
)
const addCommands = adder(
  'telemetry_commands',
  [
    'hour',
    'group_set',
    ...call,
    'decision',
    'decided_by',
    'rule',
    'policy_version',
    'rule_decision',
  ],
  ['count', 'duration_ms'],
)
const addCommandPeople = adder(
  'telemetry_command_people',
  ['day', 'person', 'group_set', ...call, 'rule', 'rule_decision'],
  ['count'],
)
const addHistograms = adder(
  'telemetry_histograms',
  ['hour', ...place, 'measure', 'bound'],
  ['count'],
)
const addHistogramDays = adder(
  'telemetry_histogram_days',
  ['measure', 'day', ...place, 'bound'],
  ['count'],
)
const addFailures = adder('telemetry_failures', ['hour', ...place, 'kind', 'what'], ['count'])
const addFailurePeople = adder(
  'telemetry_failure_people',
  ['day', 'person', 'kind', 'what'],
  ['count'],
)

/** Adds sums to what is stored. */
export function* addSums(sums: Sums): Work<void> {
  yield* addUsage(sums.usage)
  yield* addUsageHours(sums.usageHours)
  yield* addUsageDays(sums.usageDays)
  yield* addDays(sums.days)
  yield* addCommands(sums.commands)
  yield* addCommandPeople(sums.commandPeople)
  yield* addHistograms(sums.histograms)
  yield* addHistogramDays(sums.histogramDays)
  yield* addFailures(sums.failures)
  yield* addFailurePeople(sums.failurePeople)
}
