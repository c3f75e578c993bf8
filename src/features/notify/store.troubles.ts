import { all, queries, run, type Work } from '#kernel/work.ts'
import type { NotifyTables } from './tables.ts'

const q = queries<NotifyTables>()

export type TroubleRow = NotifyTables['notify_troubles']

export function* insertTrouble(row: TroubleRow): Work<void> {
  yield* run(q.insertInto('notify_troubles').values(row))
}

/** What nobody was told yet of a run, in the order in which it happened; told from now on. */
export function* takeTroubles(runId: string): Work<readonly TroubleRow[]> {
  const untold = (yield* all(
    q
      .selectFrom('notify_troubles')
      .selectAll()
      .where('run_id', '=', runId)
      .where('told', '=', 0)
      .orderBy('id'),
  )) as readonly TroubleRow[]
  yield* run(q.updateTable('notify_troubles').set({ told: 1 }).where('run_id', '=', runId))
  return untold
}

export function* deleteTroublesBefore(at: number): Work<void> {
  yield* run(q.deleteFrom('notify_troubles').where('at', '<', at))
}
