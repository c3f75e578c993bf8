import { all, first, run, type Work } from '#kernel/work.ts'
import type { Firing } from './schema.ts'
import { q, type AlertRow, type FiringRow } from './tables.ts'

/** All, deleted ones too: they are bounded in number (`mostAlerts`). */
export function* allAlerts(): Work<readonly AlertRow[]> {
  return yield* all(q.selectFrom('alerts').selectAll().orderBy('id'))
}

export function* alertById(id: string): Work<AlertRow | undefined> {
  return yield* first(q.selectFrom('alerts').selectAll().where('id', '=', id))
}

export function* insertAlert(row: AlertRow): Work<void> {
  yield* run(q.insertInto('alerts').values(row))
}

export function* updateAlert(id: string, change: Partial<AlertRow>): Work<void> {
  yield* run(q.updateTable('alerts').set(change).where('id', '=', id))
}

/** Takes a judgement upon itself. False: somebody has changed the alert, or another process has judged it, since it was read. */
export function* claimAlert({ id, revision, judged_at }: AlertRow, now: number): Work<boolean> {
  const claimed = yield* run(
    q
      .updateTable('alerts')
      .set({ judged_at: now })
      .where('id', '=', id)
      .where('revision', '=', revision)
      .where('deleted_at', 'is', null)
      .where('judged_at', judged_at === null ? 'is' : '=', judged_at),
  )
  return claimed > 0
}

/** Firings that go on. */
export function* openFirings(): Work<readonly FiringRow[]> {
  return yield* all(q.selectFrom('alert_firings').selectAll().where('ended_at', 'is', null))
}

export function* openFiring(alertId: string): Work<FiringRow | undefined> {
  return yield* first(
    q
      .selectFrom('alert_firings')
      .selectAll()
      .where('alert_id', '=', alertId)
      .where('ended_at', 'is', null),
  )
}

/** False: the rule has fired in this period already; that firing goes on. */
export function* beginFiring(row: FiringRow): Work<boolean> {
  const made = yield* run(
    q
      .insertInto('alert_firings')
      .values(row)
      .onConflict((c) => c.columns(['alert_id', 'period', 'rule_revision']).doNothing()),
  )
  if (made > 0) return true
  yield* run(
    q
      .updateTable('alert_firings')
      .set({ ended_at: null, ended_because: null, value: row.value })
      .where('alert_id', '=', row.alert_id)
      .where('period', '=', row.period)
      .where('rule_revision', '=', row.rule_revision),
  )
  return false
}

export function* updateFiring(id: string, change: Partial<FiringRow>): Work<void> {
  yield* run(q.updateTable('alert_firings').set(change).where('id', '=', id))
}

/** Ends what goes on of an alert. */
export function* endFiring(
  alertId: string,
  at: number,
  because: NonNullable<Firing['endedBecause']>,
): Work<boolean> {
  const ended = yield* run(
    q
      .updateTable('alert_firings')
      .set({ ended_at: at, ended_because: because })
      .where('alert_id', '=', alertId)
      .where('ended_at', 'is', null),
  )
  return ended > 0
}

/** Newest first; one row more than `limit` when there are more. */
export function* firingsPage(
  alertId: string,
  after: readonly (string | number)[] | undefined,
  limit: number,
): Work<readonly FiringRow[]> {
  let query = q
    .selectFrom('alert_firings')
    .selectAll()
    .where('alert_id', '=', alertId)
    .orderBy('began_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) {
    const [at, id] = [Number(after[0]), String(after[1])]
    query = query.where((e) =>
      e.or([e('began_at', '<', at), e.and([e('began_at', '=', at), e('id', '<', id)])]),
    )
  }
  return yield* all(query)
}

export function* countFirings(alertId: string): Work<number> {
  const row = yield* first(
    q
      .selectFrom('alert_firings')
      .where('alert_id', '=', alertId)
      .select((e) => e.fn.countAll<number>().as('n')),
  )
  return row?.n ?? 0
}

export function* deleteAlerts(ids: readonly string[]): Work<void> {
  if (ids.length === 0) return
  yield* run(q.deleteFrom('alert_firings').where('alert_id', 'in', ids))
  yield* run(q.deleteFrom('alerts').where('id', 'in', ids))
}

/** What ended before then is forgotten. */
export function* deleteEnded(before: number): Work<void> {
  yield* run(q.deleteFrom('alert_firings').where('ended_at', '<', before))
}
