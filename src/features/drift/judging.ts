import { setImmediate as turn } from 'node:timers/promises'
import type { Aside } from '#kernel/aside.ts'
import { day } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { notify, type Work } from '#kernel/work.ts'
import { mailJobs, tell } from './announce.ts'
import { driftChannel } from './channel.ts'
import { evidenceOf, heardBefore, reportOf, type Subject } from './evidence.ts'
import { heardPlace, type Heard, type readHeard } from './heard.ts'
import { judge } from './judge.ts'
import { keep } from './keep.ts'
import { createPolicyLimits } from './policies.ts'
import type { DriftParts } from './ports.ts'
import { deleteServedBefore } from './store.reports.ts'
import { deleteClosed } from './store.findings.ts'
import { clientsAfter, deleteForgotten, judgedFact, settingsRow, setJudgedFact } from './store.ts'

/** Of what was received since the last time. */
export const judgeJob = 'drift.judge'
/** Of those that have open findings: a fetch or the end of a sign-in closes them without a word of the client. */
const judgeOpenJob = 'drift.judge-open'
/** Of all. */
export const judgeAllJob = 'drift.judge-all'

/** Clients in one transaction, so that nothing waits for a long one. */
const atOnce = 50
const closedKept = 365 * day
/** `delivery` keeps what it gave as long. */
const servedKept = 31 * day

export interface Judging {
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
}

/** Keeps `drift_clients` and `drift_findings` as telemetry and fetches say. */
export function createJudging(parts: DriftParts, aside: Aside): Judging {
  const { db, clock } = parts.runtime
  const limits = createPolicyLimits()

  /** Reads and writes in one transaction, so that whoever judges at the same moment does not undo it. */
  function* judgeSome(heard: readonly Heard[]): Work<void> {
    const now = clock()
    const { subjects, gone } = yield* evidenceOf(parts, heard, now)
    yield* limits.load(subjects.flatMap(versionsOf))
    const settings = yield* settingsRow()
    const judged = subjects.map((subject) => {
      const judgement = judge({
        reports: subject.reports.map(reportOf),
        served: subject.served,
        activeAt: subject.activeAt,
        version: subject.version,
        lastFetchAt: subject.lastFetchAt,
        lateAt: subject.lateAt,
        limits: limits.of,
        floor: settings.version_floor,
        wayIn: subject.wayIn ?? settings.sign_in,
      })
      return { subject, judgement }
    })
    yield* keep(parts, judged, gone)
  }

  async function judgeThese(heard: readonly Heard[]): Promise<void> {
    for (let from = 0; from < heard.length; from += atOnce) {
      const some = heard.slice(from, from + atOnce)
      await db.tx(() => judgeSome(some))
      // On the embedded engine nothing else would have its turn in between.
      await turn()
    }
  }

  async function judgeAgain(only: 'open' | 'all'): Promise<void> {
    for (let after = ''; ;) {
      const from = after
      const rows = await db.read(() => clientsAfter(only, from, atOnce))
      await judgeThese(rows.map(heardBefore))
      const last = rows.at(-1)
      if (!last) return
      after = last.id
    }
  }

  const tellNow = (): Promise<void> =>
    db.tx(function* () {
      yield* tell(parts)
      yield* notify(driftChannel)
    })

  return {
    jobs: [
      {
        name: judgeJob,
        async handle() {
          for (;;) {
            const after = await db.read(judgedFact)
            const { upTo, heard } = await aside.run<typeof readHeard>(
              heardPlace,
              'readHeard',
              after,
            )
            if (upTo <= after) break
            await judgeThese(heard)
            await db.tx(() => setJudgedFact(upTo))
          }
          await tellNow()
        },
      },
      {
        name: judgeOpenJob,
        async handle() {
          await judgeAgain('open')
          await tellNow()
        },
      },
      {
        name: judgeAllJob,
        async handle() {
          await judgeAgain('all')
          await db.tx(function* () {
            yield* deleteClosed(clock() - closedKept)
            yield* deleteServedBefore(clock() - servedKept)
            yield* deleteForgotten()
          })
          await tellNow()
        },
      },
      ...mailJobs(parts),
    ],
    schedules: [
      { job: judgeOpenJob, cron: '*/5 * * * *' },
      { job: judgeAllJob, cron: '41 2 * * *' },
    ],
  }
}

const versionsOf = ({ reports, served }: Subject): readonly string[] => [
  ...reports.map((row) => row.held_version),
  ...served.map((s) => s.versionId),
]
