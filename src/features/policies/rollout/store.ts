import { sql } from 'kysely'
import { gatehouse } from '#kernel/audit.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { PolicyTables } from '../migrations.ts'
import type { SnapshotRollout, Stage } from '../snapshot.ts'
import type { RefusalKind, RolloutState, RolloutTables, ScheduleState } from './migrations.ts'

const q = queries<RolloutTables & PolicyTables>()

export type RolloutRow = RolloutTables['policy_rollouts']
export type StepRow = RolloutTables['policy_rollout_steps']
export type ScheduleRow = RolloutTables['policy_schedules']

export const stageOf = (row: Pick<RolloutRow, 'stage'>): Stage => JSON.parse(row.stage) as Stage

/** The rollout of a policy that has not ended: in its stage, or halted. */
export function* runningRollout(policyId: string): Work<RolloutRow | undefined> {
  return yield* first(
    q
      .selectFrom('policy_rollouts')
      .selectAll()
      .where('policy_id', '=', policyId)
      .where('ended_at', 'is', null),
  )
}

export function* rolloutById(id: string): Work<RolloutRow | undefined> {
  return yield* first(q.selectFrom('policy_rollouts').selectAll().where('id', '=', id))
}

/** Newest first. */
export function* rolloutsOf(policyId: string, limit: number): Work<readonly RolloutRow[]> {
  return yield* all(
    q
      .selectFrom('policy_rollouts')
      .selectAll()
      .where('policy_id', '=', policyId)
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit),
  )
}

/** What was said about these versions. */
export function* messagesOf(
  policyId: string,
  numbers: readonly number[],
): Work<ReadonlyMap<number, string>> {
  if (numbers.length === 0) return new Map()
  const rows = yield* all(
    q
      .selectFrom('policy_versions')
      .select(['number', 'message'])
      .where('policy_id', '=', policyId)
      .where('number', 'in', numbers),
  )
  return new Map(rows.map(({ number, message }) => [number, message]))
}

/** Gatehouse ended it by itself and nobody has said that she has seen it. */
export const tookBackItself = (row: RolloutRow): boolean =>
  row.ended_by_id === gatehouse.id && row.noted_at === null

/** What is being rolled out now, as resolution takes it. */
export function* servedRollouts(): Work<readonly SnapshotRollout[]> {
  const rows = yield* all(
    q
      .selectFrom('policy_rollouts as r')
      .innerJoin('policy_versions as v', 'v.id', 'r.version_id')
      .innerJoin('policies as p', 'p.id', 'r.policy_id')
      .where('r.ended_at', 'is', null)
      .select(['r.id', 'r.stage', 'p.id as policyId', 'p.name', 'v.id as versionId'])
      .select(['v.number as version', 'v.text', 'v.defaults', 'v.sha256']),
  )
  return rows.map(({ id, stage, policyId, ...version }) => ({
    id,
    policy: { id: policyId, ...version },
    stage: stageOf({ stage }),
  }))
}

export function* insertRollout(row: RolloutRow): Work<void> {
  yield* run(q.insertInto('policy_rollouts').values(row))
}

/** Changes a rollout that has not ended; its revision goes up. */
export function* updateRollout(
  row: RolloutRow,
  change: Partial<Omit<RolloutRow, 'id' | 'revision'>>,
): Work<RolloutRow> {
  const after = { ...row, ...change, revision: row.revision + 1 }
  const { id, ...values } = after
  yield* run(q.updateTable('policy_rollouts').set(values).where('id', '=', id))
  return after
}

export function* insertStep(step: StepRow): Work<void> {
  yield* run(q.insertInto('policy_rollout_steps').values(step))
}

/** In the order in which they were done. */
export function* stepsOf(rolloutIds: readonly string[]): Work<readonly StepRow[]> {
  if (rolloutIds.length === 0) return []
  return yield* all(
    q
      .selectFrom('policy_rollout_steps')
      .selectAll()
      .where('rollout_id', 'in', rolloutIds)
      .orderBy('id'),
  )
}

/** Adds to what other processes have counted in that minute. */
export function* addRefusals(
  rolloutId: string,
  minute: number,
  kind: RefusalKind,
  count: number,
): Work<void> {
  yield* run(
    q
      .insertInto('policy_rollout_refusals')
      .values({ rollout_id: rolloutId, minute, kind, count })
      .onConflict((c) =>
        c
          .columns(['rollout_id', 'minute', 'kind'])
          .doUpdateSet({ count: sql`policy_rollout_refusals.count + excluded.count` }),
      ),
  )
}

export type Refusals = Readonly<Record<RefusalKind, number>>

/** From that minute (ms) on. */
export function* refusalsSince(rolloutId: string, minute: number): Work<Refusals> {
  const rows = yield* all(
    q
      .selectFrom('policy_rollout_refusals')
      .where('rollout_id', '=', rolloutId)
      .where('minute', '>=', minute)
      .groupBy('kind')
      // The sum of bigint is numeric on PostgreSQL and would arrive as text, so it is cast on purpose.
      .select(['kind', sql<number>`cast(sum(count) as bigint)`.as('count')]),
  )
  const of = (kind: RefusalKind): number => rows.find((row) => row.kind === kind)?.count ?? 0
  return { refused: of('refused'), came_back: of('came_back') }
}

/** They count no longer: somebody has looked at them, or the rollout has ended. */
export function* forgetRefusals(rolloutId: string): Work<void> {
  yield* run(q.deleteFrom('policy_rollout_refusals').where('rollout_id', '=', rolloutId))
}

export function* insertSchedule(row: ScheduleRow): Work<void> {
  yield* run(q.insertInto('policy_schedules').values(row))
}

export function* updateSchedule(
  id: string,
  change: Partial<Pick<ScheduleRow, 'state' | 'ran_at' | 'note'>>,
): Work<void> {
  yield* run(q.updateTable('policy_schedules').set(change).where('id', '=', id))
}

export function* scheduleOf(policyId: string, id: string): Work<ScheduleRow | undefined> {
  return yield* first(
    q
      .selectFrom('policy_schedules')
      .selectAll()
      .where('policy_id', '=', policyId)
      .where('id', '=', id),
  )
}

/**
 * What is to happen with a policy, and what should have happened and nobody has taken note of. The one that waits first: it
 * says more than an old one that was missed.
 */
export function* openSchedules(policyId: string): Work<readonly ScheduleRow[]> {
  return yield* all(
    q
      .selectFrom('policy_schedules')
      .selectAll()
      .where('policy_id', '=', policyId)
      .where('state', 'in', ['scheduled', 'missed'])
      .orderBy('state', 'desc')
      .orderBy('at', 'desc'),
  )
}

/** What became of the versions that were not published to everybody at once, by their number. */
export function* fates(policyId: string): Work<ReadonlyMap<number, Fate>> {
  const scheduled = yield* all(
    q.selectFrom('policy_schedules').select(['number', 'state']).where('policy_id', '=', policyId),
  )
  const rolledOut = yield* all(
    q.selectFrom('policy_rollouts').select(['number', 'state']).where('policy_id', '=', policyId),
  )
  return new Map([
    ...scheduled.flatMap(({ number, state }): [number, Fate][] =>
      state === 'ran' ? [] : [[number, state]],
    ),
    ...rolledOut.map(({ number, state }): [number, Fate] => [number, state]),
  ])
}
export type Fate = RolloutState | Exclude<ScheduleState, 'ran'>

/** Those whose time has come, the earliest first. */
export function* dueSchedules(now: number): Work<readonly ScheduleRow[]> {
  return yield* all(
    q
      .selectFrom('policy_schedules')
      .selectAll()
      .where('state', '=', 'scheduled')
      .where('at', '<=', now)
      .orderBy('at'),
  )
}

export interface Standing {
  /** With the hash of their version's text. */
  readonly rollouts: readonly (RolloutRow & { readonly sha256: string })[]
  /** The one that waits for its time after those that were missed. */
  readonly schedules: readonly (ScheduleRow & { readonly sha256: string })[]
}

/** Of all policies: what has not ended, and what ended by itself and nobody has taken note of. */
export function* standing(): Work<Standing> {
  const rollouts = yield* all(
    q
      .selectFrom('policy_rollouts')
      .innerJoin('policy_versions', 'policy_versions.id', 'policy_rollouts.version_id')
      .selectAll('policy_rollouts')
      .select('policy_versions.sha256 as sha256')
      .where((e) =>
        e.or([
          e('ended_at', 'is', null),
          e.and([e('ended_by_id', '=', gatehouse.id), e('noted_at', 'is', null)]),
        ]),
      )
      .orderBy('started_at'),
  )
  const schedules = yield* all(
    q
      .selectFrom('policy_schedules')
      .innerJoin('policy_versions', 'policy_versions.id', 'policy_schedules.version_id')
      .selectAll('policy_schedules')
      .select('policy_versions.sha256 as sha256')
      .where('state', 'in', ['scheduled', 'missed'])
      .orderBy('state')
      .orderBy('policy_schedules.at'),
  )
  return { rollouts, schedules }
}
