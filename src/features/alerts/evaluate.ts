import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { day, hour } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { Problem } from '#kernel/problem.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { dateText } from '#features/analytics/index.ts'
import { judgePoints, type Event, type Point } from './judge.ts'
import { before, currentPeriod, periodsFrom, utcDay } from './periods.ts'
import type { AlertParts } from './ports.ts'
import { measures, type Rule } from './schema.ts'
import { seriesPlace, type Series, type seriesAside } from './series.ts'
import {
  alertById,
  allAlerts,
  beginFiring,
  claimAlert,
  deleteAlerts,
  deleteEnded,
  endFiring,
  openFiring,
  updateAlert,
} from './store.ts'
import type { AlertRow, FiringRow } from './tables.ts'
import { mailJobs, tell } from './tell.ts'
import { subjectOf } from './words.ts'

export const evaluateJob = 'alerts.evaluate'
const cleanJob = 'alerts.clean'
/** What can be restored, and how long what fired is kept. */
export const deletedKept = 30 * day
const endedKept = 365 * day

/** To be judged soon: after a change. */
export const evaluateSoon = (): Work<void> =>
  enqueue({ name: evaluateJob, payload: null, dedupeKey: evaluateJob })

export const ruleOf = (row: AlertRow): Rule => JSON.parse(row.rule) as Rule

/** Asks what alerts ask, one after the other, and keeps what came out. */
export function createEvaluation(parts: AlertParts): {
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
} {
  const { db, clock, log } = parts.runtime

  async function evaluate(row: AlertRow): Promise<void> {
    const now = clock()
    const rule = ruleOf(row)
    const current = currentPeriod(rule, now)
    const judged = periodsFrom(row.judged_period ?? current, current, rule.unit)
    // The clock is behind what was judged already.
    const [first] = judged
    if (first === undefined) return
    const changes = rule.condition === 'rise' || rule.condition === 'fall'
    const periods = changes ? [before(first, rule.unit), ...judged] : judged
    const subject = await db.read(() => subjectOf(rule))
    if (subject === undefined) return note(row, `The ${rule.of} is gone.`)
    let series: Series
    try {
      series = await parts.aside.run<typeof seriesAside>(seriesPlace, 'seriesAside', {
        rule,
        periods,
      })
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return note(row, error.message)
      log.warn({ err: error, alert: row.id }, 'an alert could not be asked')
      return note(row, 'It could not be asked; the log of the server says why.')
    }
    await db.tx(() => keep(parts, row, { now, subject, series, first, current }))
  }

  const note = (row: AlertRow, why: string): Promise<void> =>
    db.tx(function* () {
      // A rule that was changed meanwhile is asked anew.
      if ((yield* alertById(row.id))?.revision === row.revision) yield* updateAlert(row.id, { why })
    })

  return {
    jobs: [
      {
        name: evaluateJob,
        async handle() {
          const rows = await db.read(allAlerts)
          for (const row of rows) if (isDue(row, clock())) await evaluate(row)
        },
      },
      {
        name: cleanJob,
        handle: () =>
          db.tx(function* () {
            const now = clock()
            const gone = (yield* allAlerts()).filter(
              (row) => row.deleted_at !== null && row.deleted_at < now - deletedKept,
            )
            yield* deleteAlerts(gone.map(({ id }) => id))
            yield* deleteEnded(now - endedKept)
          }),
      },
      ...mailJobs(parts),
    ],
    schedules: [
      { job: evaluateJob, cron: '*/5 * * * *' },
      { job: cleanJob, cron: '53 3 * * *' },
    ],
  }
}

/** What whoever may not see persons sees changes with the day of UTC, and a little with what is reported late. */
function isDue(row: AlertRow, now: number): boolean {
  const { exact, judged_at, deleted_at, quiet_until } = row
  if (deleted_at !== null) return false
  if (exact === 1 || judged_at === null) return true
  if (quiet_until !== null && judged_at < quiet_until && quiet_until <= now) return true
  return utcDay(judged_at) !== utcDay(now) || now - judged_at >= hour || now < judged_at
}

interface Found {
  /** When it was asked. */
  readonly now: number
  readonly subject: string
  readonly series: Series
  /** What is judged; what stands before it in the series is only compared with. */
  readonly first: number
  readonly current: number
}

function* keep(
  parts: AlertParts,
  row: AlertRow,
  { now, subject, series: { points, currency }, first, current }: Found,
): Work<void> {
  if (!(yield* claimAlert(row, now))) return
  const rule = ruleOf(row)
  const open = yield* openFiring(row.id)
  const limits = { ...rule, adds: measures[rule.measure].adds }
  const { events, why } = judgePoints(limits, open?.period ?? null, points, first)
  const { begun, over } = yield* keepEvents(parts, row, rule, events, open, now)
  const fresh = yield* alertById(row.id)
  const isQuiet = (fresh?.quiet_until ?? 0) > now
  const standing = yield* openFiring(row.id)
  const untold = [
    ...begun,
    ...(standing && !begun.some((f) => f.id === standing.id) ? [standing] : []),
  ]
  yield* tell(parts, {
    row,
    rule,
    subject,
    currency,
    fired: isQuiet ? [] : untold.filter((f) => f.told_at === null),
    over: isQuiet ? [] : over,
  })
  yield* updateAlert(row.id, {
    judged_period: current,
    last: JSON.stringify(points.at(-1) ?? null),
    why,
    currency,
  })
}

/** Ends and begins firings, each with a record. */
function* keepEvents(
  { runtime }: AlertParts,
  row: AlertRow,
  rule: Rule,
  events: readonly Event[],
  open: FiringRow | undefined,
  now: number,
): Work<{ readonly begun: readonly FiringRow[]; readonly over: readonly FiringRow[] }> {
  const begun: FiringRow[] = []
  const over: FiringRow[] = []
  let last = open
  for (const event of events) {
    if (event.kind === 'end') {
      if (!(yield* endFiring(row.id, now, event.because))) continue
      if (last && last.told_at !== null && event.because === 'over')
        over.push({ ...last, period: event.point.period, value: JSON.stringify(event.point.value) })
    } else {
      const fresh = firingOf(runtime.ids('fir'), row, rule, event.point, now)
      const isNew = yield* beginFiring(fresh)
      last = isNew ? fresh : yield* openFiring(row.id)
      if (!isNew) continue
      begun.push(fresh)
    }
    yield* appendAudit({
      id: runtime.ids('aud'),
      at: now,
      actor: gatehouse,
      action: event.kind === 'fire' ? 'alert.fire' : 'alert.end',
      target: { kind: 'alert', id: row.id, label: row.name },
      after: recorded(row, rule, event),
      requestId: null,
      ip: null,
    })
  }
  return { begun, over }
}

/** Figures that only whoever may see persons sees stay out of the audit trail. */
const recorded = ({ exact }: AlertRow, { unit, amount }: Rule, event: Event) => ({
  unit,
  period: dateText(event.point.period),
  ...(exact === 1 ? {} : { value: event.point.value, amount }),
  ...(event.kind === 'end' ? { because: event.because } : {}),
})

const firingOf = (
  id: string,
  row: AlertRow,
  { amount }: Rule,
  { period, value }: Point,
  now: number,
): FiringRow => ({
  id,
  alert_id: row.id,
  rule_revision: row.revision,
  period,
  value: JSON.stringify(value),
  amount: JSON.stringify(amount),
  began_at: now,
  ended_at: null,
  ended_because: null,
  told_at: null,
})
