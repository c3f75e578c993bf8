import { sql, type ColumnBuilderCallback, type CreateTableBuilder } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { engine, queries, raw, run, type Work } from '#kernel/work.ts'
import { measures } from './tables.ts'

const q = queries<Record<string, never>>()
const required: ColumnBuilderCallback = (column) => column.notNull()
const none: ColumnBuilderCallback = (column) => column

/** A table of columns `name type`; a type that ends in `?` may be null. */
function table(name: string, columns: readonly string[]): CreateTableBuilder<string, string> {
  return columns.reduce<CreateTableBuilder<string, string>>((builder, column) => {
    const [of = '', type = ''] = column.split(' ')
    const kind = type.replace('?', '') as 'text' | 'bigint' | 'integer'
    return builder.addColumn(of, kind, type.endsWith('?') ? none : required)
  }, q.schema.createTable(name))
}

/** SQLite keeps rows by a key of this very type, without an index beside them. */
function* rowKey(): Work<'integer' | 'bigint'> {
  return (yield* engine()) === 'sqlite' ? 'integer' : 'bigint'
}

const sums = measures.map((measure) => `${measure} bigint`)
const place = ['group_set bigint', 'surface text', 'originator text', 'model text']
const names = (columns: readonly string[]) => columns.map((column) => column.split(' ')[0] ?? '')

export const telemetryMigrations: readonly Migration[] = [
  {
    name: 'telemetry-001-origins',
    *up() {
      const key = yield* rowKey()
      yield* run(
        table('telemetry_counters', ['name text', 'next bigint']).addPrimaryKeyConstraint(
          'telemetry_counters_key',
          ['name'],
        ),
      )
      const numbered = (name: string, columns: readonly string[]) =>
        table(name, [`id ${key}`, ...columns]).addPrimaryKeyConstraint(`${name}_key`, ['id'])
      yield* run(
        numbered('telemetry_texts', ['text text']).addUniqueConstraint('telemetry_texts_text', [
          'text',
        ]),
      )
      yield* run(
        numbered('telemetry_people', [
          'kind text',
          'principal_id text',
          'host text',
        ]).addUniqueConstraint('telemetry_people_principal', ['principal_id', 'host']),
      )
      yield* run(
        numbered('telemetry_group_sets', ['key text']).addUniqueConstraint(
          'telemetry_group_sets_groups',
          ['key'],
        ),
      )
      yield* run(
        table('telemetry_group_set_members', [
          'set_id bigint',
          'group_id text',
        ]).addPrimaryKeyConstraint('telemetry_group_set_members_key', ['group_id', 'set_id']),
      )
      yield* run(
        numbered('telemetry_origins', [
          'key text',
          'person bigint',
          'client_kind text',
          'client_id text',
          'host text',
          'originator text',
          'version text',
          'surface text',
          'group_set bigint',
          'policy_version text',
          'first_at bigint',
        ]).addUniqueConstraint('telemetry_origins_all', ['key']),
      )
      yield* run(
        q.schema
          .createIndex('telemetry_origins_by_client')
          .on('telemetry_origins')
          .columns(['client_id']),
      )
      yield* run(
        numbered('telemetry_conversations', [
          'person bigint',
          'conversation text',
          'origin bigint',
          'started_at bigint',
          'last_at bigint',
          'received_at bigint',
          'model text',
          'reported_at bigint?',
          'approval_policy text?',
          'sandbox_policy text?',
          'mcp_servers text?',
          'reported text?',
          'events bigint',
          'turns bigint',
          'tool_calls bigint',
          'denied_calls bigint',
          'failures bigint',
          'tokens_input bigint',
          'tokens_cached bigint',
          'tokens_output bigint',
          'tokens_reasoning bigint',
        ]).addUniqueConstraint('telemetry_conversations_of', ['person', 'conversation']),
      )
      yield* run(
        q.schema
          .createIndex('telemetry_conversations_by_last')
          .on('telemetry_conversations')
          .columns(['last_at']),
      )
      yield* run(
        q.schema
          .createIndex('telemetry_conversations_by_name')
          .on('telemetry_conversations')
          .columns(['conversation']),
      )
    },
  },
  {
    name: 'telemetry-002-facts',
    *up() {
      const key = yield* rowKey()
      yield* run(
        table('telemetry_facts', [
          `id ${key}`,
          'at bigint',
          'received_at bigint',
          'reported_at bigint?',
          'conversation bigint',
          'origin bigint',
          'kind text',
          'name bigint',
          'model bigint?',
          'tool bigint?',
          'call_id text?',
          'decision text?',
          'decided_by text?',
          'outcome text?',
          'success bigint?',
          'duration_ms bigint?',
          'status bigint?',
          'tokens_input bigint?',
          'tokens_cached bigint?',
          'tokens_cache_write bigint?',
          'tokens_output bigint?',
          'tokens_reasoning bigint?',
          'length bigint?',
          'program bigint?',
          'rule bigint?',
          'rule_decision text?',
          'content text?',
          'extra text?',
          'trace_id text?',
          'span_id text?',
        ]).addPrimaryKeyConstraint('telemetry_facts_key', ['id']),
      )
      // Whatever is asked of facts is asked of a conversation, or read on from a number.
      yield* run(
        q.schema
          .createIndex('telemetry_facts_by_conversation')
          .on('telemetry_facts')
          .columns(['conversation', 'id']),
      )
      // But few spans say their conversation: they are found by the trace of its turns.
      yield* run(
        q.schema
          .createIndex('telemetry_facts_by_trace')
          .on('telemetry_facts')
          .columns(['trace_id'])
          .where(sql.ref('kind'), '=', sql.lit('span')),
      )
      yield* run(
        table('telemetry_pending_calls', [
          'conversation bigint',
          'call_id text',
          'decision text',
          'decided_by text',
          'received_at bigint',
        ]).addPrimaryKeyConstraint('telemetry_pending_calls_key', ['conversation', 'call_id']),
      )
    },
  },
  {
    name: 'telemetry-003-sums',
    *up() {
      const sumsBy = (name: string, keys: readonly string[], values: readonly string[]) =>
        run(table(name, [...keys, ...values]).addPrimaryKeyConstraint(`${name}_key`, names(keys)))
      yield* sumsBy('telemetry_usage', ['bucket bigint', ...place], sums)
      yield* sumsBy('telemetry_usage_hours', ['bucket bigint', ...place], sums)
      yield* sumsBy(
        'telemetry_days',
        ['day bigint', 'person bigint', ...place, 'version text', 'policy_version text'],
        ['quarters_am bigint', 'quarters_pm bigint', ...sums],
      )
      yield* run(
        q.schema
          .createIndex('telemetry_days_by_person')
          .on('telemetry_days')
          .columns(['person', 'day']),
      )
      const call = ['tool text', 'program text', 'outcome text']
      yield* sumsBy(
        'telemetry_commands',
        [
          'hour bigint',
          'group_set bigint',
          ...call,
          'decision text',
          'decided_by text',
          'rule text',
          'policy_version text',
          'rule_decision text',
        ],
        ['count bigint', 'duration_ms bigint'],
      )
      yield* sumsBy(
        'telemetry_command_people',
        [
          'day bigint',
          'person bigint',
          'group_set bigint',
          ...call,
          'rule text',
          'rule_decision text',
        ],
        ['count bigint'],
      )
      yield* sumsBy(
        'telemetry_histograms',
        ['hour bigint', ...place, 'measure text', 'bound bigint'],
        ['count bigint'],
      )
      yield* sumsBy(
        'telemetry_failures',
        ['hour bigint', ...place, 'kind text', 'what text'],
        ['count bigint'],
      )
    },
  },
  {
    // Questions of whole days read one row for each day, and only of the measure they are about.
    name: 'telemetry-004-days',
    *up() {
      yield* run(
        table('telemetry_usage_days', ['bucket bigint', ...place, ...sums]).addPrimaryKeyConstraint(
          'telemetry_usage_days_key',
          ['bucket', ...names(place)],
        ),
      )
      const keys = ['measure text', 'day bigint', ...place, 'bound bigint']
      yield* run(
        table('telemetry_histogram_days', [...keys, 'count bigint']).addPrimaryKeyConstraint(
          'telemetry_histogram_days_key',
          names(keys),
        ),
      )
      const people = ['day bigint', 'person bigint', 'kind text', 'what text']
      yield* run(
        table('telemetry_failure_people', [...people, 'count bigint']).addPrimaryKeyConstraint(
          'telemetry_failure_people_key',
          names(people),
        ),
      )
      const summed = (columns: readonly string[]) =>
        sql.join(columns.map((column) => sql`cast(sum(${sql.ref(column)}) as bigint)`))
      const refs = (columns: readonly string[]) =>
        sql.join(columns.map((column) => sql.ref(column)))
      const dayOf = (column: string) => sql`${sql.ref(column)} - ${sql.ref(column)} % 86400000`
      yield* raw(sql`
        insert into telemetry_usage_days (${refs(['bucket', ...names(place), ...measures])})
        select ${dayOf('bucket')}, ${refs(names(place))}, ${summed(measures)}
        from telemetry_usage_hours group by 1, ${refs(names(place))}`)
      yield* raw(sql`
        insert into telemetry_histogram_days (${refs(['day', ...names(place), 'measure', 'bound', 'count'])})
        select ${dayOf('hour')}, ${refs([...names(place), 'measure', 'bound'])}, ${summed(['count'])}
        from telemetry_histograms group by 1, ${refs([...names(place), 'measure', 'bound'])}`)
    },
  },
]
