import type { Work } from '#kernel/work.ts'
import { keyOf, type FetchRecords } from '../parts.ts'
import { decider, isStaged, outcomeOf } from '../resolve.ts'
import type * as schema from './schema.ts'
import { principals, type Principal, type Snapshot, type Stage } from '../snapshot.ts'
import type { StartWish } from './decide.ts'
import { refusalsOf } from './halt.ts'
import {
  messagesOf,
  openSchedules,
  rolloutsOf,
  stageOf,
  stepsOf,
  tookBackItself,
  type RolloutRow,
  type ScheduleRow,
  type StepRow,
} from './store.ts'

/** Ended rollouts that the page shows. */
const shown = 20

/** Everything about the rollouts of one policy. */
export function* stateOf(
  policyId: string,
  snapshot: Snapshot,
  fetches: FetchRecords,
  now: number,
): Work<schema.RolloutState> {
  const rows = yield* rolloutsOf(policyId, shown + 1)
  const steps = yield* stepsOf(rows.map((row) => row.id))
  const running = rows.find((row) => row.ended_at === null)
  const open = yield* openSchedules(policyId)
  const messages = yield* messagesOf(
    policyId,
    [...rows, ...open].map((row) => row.number),
  )
  const view = (row: RolloutRow) =>
    rolloutView(
      row,
      steps.filter((step) => step.rollout_id === row.id),
      snapshot,
      messages.get(row.number) ?? '',
    )
  const [schedule = null, ...alsoMissed] = open.map((row) =>
    scheduleView(row, snapshot, messages.get(row.number) ?? ''),
  )
  return {
    current: running ? view(running) : null,
    progress: running ? yield* progressOf(running, snapshot, fetches, now) : null,
    schedule,
    alsoMissed,
    past: rows.filter((row) => row.ended_at !== null).map(view),
  }
}

function* progressOf(
  row: RolloutRow,
  snapshot: Snapshot,
  fetches: FetchRecords,
  now: number,
): Work<schema.RolloutState['progress']> {
  const stage = whoIsServed(snapshot, row.id)
  const served = yield* fetches.servedTo(row.version_id, row.started_at)
  const { refused, came_back, minutes } = yield* refusalsOf(row, now)
  return {
    inStage: stage.length,
    served: stage.filter((who) => served.has(keyOf(who))).length,
    refused,
    cameBack: came_back,
    minutes,
  }
}

const stages = new WeakMap<Snapshot, Map<string, readonly Principal[]>>()

/** Whom the rollout serves its version to, by name; found out once in each snapshot. */
export function whoIsServed(snapshot: Snapshot, rolloutId: string): readonly Principal[] {
  const known = stages.get(snapshot) ?? new Map<string, readonly Principal[]>()
  stages.set(snapshot, known)
  let served = known.get(rolloutId)
  if (!served) {
    const decide = decider(snapshot)
    const found: (readonly [label: string, who: Principal])[] = []
    for (const who of principals(snapshot)) {
      const rule = decide(who.groupIds)
      if (outcomeOf(snapshot, rule, isStaged(snapshot, rule, who)).rolloutId === rolloutId)
        found.push([who.label.toLowerCase(), who])
    }
    served = found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, who]) => who)
    known.set(rolloutId, served)
  }
  return served
}

function rolloutView(
  row: RolloutRow,
  steps: readonly StepRow[],
  snapshot: Snapshot,
  message: string,
): schema.Rollout {
  return {
    id: row.id,
    version: row.number,
    message,
    state: row.state,
    stage: shownStage(stageOf(row), snapshot),
    bounds: {
      refusedFetches:
        row.most_refused === null || row.within_minutes === null
          ? null
          : { count: row.most_refused, minutes: row.within_minutes },
    },
    takeBackWhenHalted: row.take_back_when_halted === 1,
    startedAt: row.started_at,
    startedBy: row.started_by,
    haltedAt: row.halted_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    toNote: tookBackItself(row),
    revision: row.revision,
    steps: steps.map((step) => ({
      id: step.id,
      at: step.at,
      by: step.by,
      what: step.what,
      stage: shownStage(stageOf(step), snapshot),
      touches: step.touches,
      note: step.note,
    })),
  }
}

function scheduleView(row: ScheduleRow, snapshot: Snapshot, message: string): schema.Schedule {
  const wish = row.rollout === null ? null : (JSON.parse(row.rollout) as StartWish)
  return {
    id: row.id,
    version: row.number,
    message,
    at: row.at,
    rollout: wish && {
      stage: shownStage(wish.stage, snapshot),
      bounds: wish.bounds,
      takeBackWhenHalted: wish.takeBackWhenHalted,
    },
    state: row.state === 'missed' ? 'missed' : 'scheduled',
    note: row.note,
    madeAt: row.made_at,
    madeBy: row.made_by,
  }
}

/** With names; what is gone by now keeps its id. */
function shownStage(stage: Stage, snapshot: Snapshot) {
  return {
    groups: stage.groupIds.map((id) => ({ id, name: snapshot.groups.get(id)?.name ?? id })),
    enrolments: stage.enrolmentIds.map((id) => ({
      id,
      name: snapshot.enrolments.get(id)?.label ?? id,
    })),
    percent: stage.percent,
  }
}
