import { sql } from 'kysely'
import type { Migration } from '#kernel/migrate.ts'
import { queries, run } from '#kernel/work.ts'

export interface RolloutTables {
  policy_rollouts: {
    id: string
    policy_id: string
    version_id: string
    number: number
    state: RolloutState
    /** A Stage, as JSON. */
    stage: string
    /** The bounds at which it halts by itself; null: there is none. */
    most_refused: number | null
    within_minutes: number | null
    take_back_when_halted: number
    started_at: number
    started_by: string
    halted_at: number | null
    /** Null while it runs or stands halted. */
    ended_at: number | null
    ended_by_id: string | null
    ended_by: string | null
    /** When somebody took note of a rollout that Gatehouse took back by itself. */
    noted_at: number | null
    revision: number
  }
  /** What was done with a rollout, in order. */
  policy_rollout_steps: {
    id: string
    rollout_id: string
    at: number
    by: string
    what: StepKind
    /** As it was from then on. */
    stage: string
    touches: number
    note: string
  }
  /** Fetches of the stage that left a client without a policy, by the minute. */
  policy_rollout_refusals: { rollout_id: string; minute: number; kind: RefusalKind; count: number }
  policy_schedules: {
    id: string
    policy_id: string
    version_id: string
    number: number
    /** The version that was served when it was decided; null: none. */
    based_on: string | null
    at: number
    /** What happens then: null publishes to everybody; else a StartWish as JSON. */
    rollout: string | null
    /** The hash of its effect when it was decided. */
    change_set: string
    /** The proposal by which somebody approved exactly that effect; null: none was needed. */
    approval: string | null
    state: ScheduleState
    made_at: number
    made_by_id: string
    made_by: string
    ran_at: number | null
    /** Why it did not run. */
    note: string
  }
}

export type RolloutState = 'in_stage' | 'halted' | 'finished' | 'taken_back'
export type StepKind = 'start' | 'stage' | 'bounds' | 'halt' | 'go_on' | 'finish' | 'take_back'
/** Gatehouse refused the fetch; or the client came back for what it had just been given. */
export type RefusalKind = 'refused' | 'came_back'
export type ScheduleState = 'scheduled' | 'ran' | 'cancelled' | 'missed'

const q = queries<RolloutTables>()

export const rolloutMigrations: readonly Migration[] = [
  {
    name: 'policies-rollout-001-rollouts',
    *up() {
      yield* run(
        q.schema
          .createTable('policy_rollouts')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('policy_id', 'text', (c) => c.notNull().references('policies.id'))
          .addColumn('version_id', 'text', (c) => c.notNull().references('policy_versions.id'))
          .addColumn('number', 'bigint', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('stage', 'text', (c) => c.notNull())
          .addColumn('most_refused', 'bigint')
          .addColumn('within_minutes', 'bigint')
          .addColumn('take_back_when_halted', 'bigint', (c) => c.notNull())
          .addColumn('started_at', 'bigint', (c) => c.notNull())
          .addColumn('started_by', 'text', (c) => c.notNull())
          .addColumn('halted_at', 'bigint')
          .addColumn('ended_at', 'bigint')
          .addColumn('ended_by_id', 'text')
          .addColumn('ended_by', 'text')
          .addColumn('noted_at', 'bigint')
          .addColumn('revision', 'bigint', (c) => c.notNull()),
      )
      // Whatever two admins do at once: a policy has one rollout at a time.
      yield* run(
        q.schema
          .createIndex('policy_rollouts_one')
          .on('policy_rollouts')
          .column('policy_id')
          .unique()
          .where(sql.ref('ended_at'), 'is', null),
      )
      yield* run(
        q.schema
          .createIndex('policy_rollouts_by_policy')
          .on('policy_rollouts')
          .columns(['policy_id', 'started_at']),
      )
      yield* run(
        q.schema
          .createTable('policy_rollout_steps')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('rollout_id', 'text', (c) => c.notNull().references('policy_rollouts.id'))
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('by', 'text', (c) => c.notNull())
          .addColumn('what', 'text', (c) => c.notNull())
          .addColumn('stage', 'text', (c) => c.notNull())
          .addColumn('touches', 'bigint', (c) => c.notNull())
          .addColumn('note', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('policy_rollout_steps_by_rollout')
          .on('policy_rollout_steps')
          .columns(['rollout_id', 'id']),
      )
      yield* run(
        q.schema
          .createTable('policy_rollout_refusals')
          .addColumn('rollout_id', 'text', (c) => c.notNull().references('policy_rollouts.id'))
          .addColumn('minute', 'bigint', (c) => c.notNull())
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('count', 'bigint', (c) => c.notNull())
          .addPrimaryKeyConstraint('policy_rollout_refusals_key', ['rollout_id', 'minute', 'kind']),
      )
      yield* run(
        q.schema
          .createTable('policy_schedules')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('policy_id', 'text', (c) => c.notNull().references('policies.id'))
          .addColumn('version_id', 'text', (c) => c.notNull().references('policy_versions.id'))
          .addColumn('number', 'bigint', (c) => c.notNull())
          .addColumn('based_on', 'text')
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('rollout', 'text')
          .addColumn('change_set', 'text', (c) => c.notNull())
          .addColumn('approval', 'text')
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('made_at', 'bigint', (c) => c.notNull())
          .addColumn('made_by_id', 'text', (c) => c.notNull())
          .addColumn('made_by', 'text', (c) => c.notNull())
          .addColumn('ran_at', 'bigint')
          .addColumn('note', 'text', (c) => c.notNull()),
      )
      yield* run(
        q.schema
          .createIndex('policy_schedules_one')
          .on('policy_schedules')
          .column('policy_id')
          .unique()
          .where(sql.ref('state'), '=', 'scheduled'),
      )
    },
  },
]
