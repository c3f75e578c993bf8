/** Verifications that somebody asked for: a job each, so that the page can be left meanwhile. */
import type { Aside } from '#kernel/aside.ts'
import { minute } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { Chainer } from './chainer.ts'
import type { Checkpoints } from './checkpoints.ts'
import { chainHead } from './store.ts'
import {
  endSilent,
  insertVerification,
  runningVerification,
  setVerification,
  verificationById,
  type VerificationRow,
} from './store.verifications.ts'
import type { verifyAside } from './task.verify.ts'
import { atTheBeginning, type Part, type Progress } from './verification.ts'

const verifyJob = 'audit.verify'
const task = new URL('./task.verify.ts', import.meta.url)

/** Checked in one task beside the requests, 0.3 s; imports and log files wait for one, not for all. */
const atOnce = 20_000
/** Heard of no more for so long (ms), it has ended with its process. It says how far it is with each part. */
const silentFor = 10 * minute

/** The one that runs, or a new one. */
export function* askVerification(id: string, by: string, at: number): Work<VerificationRow> {
  yield* endSilent(at - silentFor, at)
  const running = yield* runningVerification()
  if (running) return running
  const { seq } = yield* chainHead()
  const row: VerificationRow = {
    id,
    state: 'running',
    started_at: at,
    started_by: by,
    total: seq,
    checked: 0,
    heard_at: at,
    finished_at: null,
    troubles: 0,
    findings: '[]',
  }
  yield* insertVerification(row)
  yield* enqueue({ name: verifyJob, payload: { id } })
  return row
}

export function verifyJobs(
  { db, clock, log }: Pick<Runtime, 'db' | 'clock' | 'log'>,
  chainer: Chainer,
  checkpoints: Checkpoints,
  aside: Aside,
): readonly Job[] {
  const beside = (part: Part | null, from: Progress) =>
    aside.run<typeof verifyAside>(task, 'verifyAside', { part, from })

  async function verify(id: string): Promise<void> {
    if ((await db.read(() => verificationById(id)))?.state !== 'running') return
    try {
      // A record that waits is not one that was put in.
      await chainer.settle()
      const key = await checkpoints.publicKey()
      const { seq: until } = await db.read(chainHead)
      let progress = atTheBeginning
      while (progress.seq < until) {
        progress = await beside({ key, until, limit: atOnce }, progress)
        const told = { checked: progress.seq, total: until, heard_at: clock() }
        await db.tx(() => setVerification(id, told), { durability: 'relaxed' })
      }
      const { findings, troubles } = await beside(null, progress)
      await db.tx(() =>
        setVerification(id, {
          state: 'done',
          finished_at: clock(),
          troubles,
          findings: JSON.stringify(findings),
        }),
      )
      if (troubles > 0)
        log.error({ troubles, findings }, 'the audit trail is not as it was written')
    } catch (error) {
      // With the database away it stays `running`, until it was silent for long enough.
      await db
        .tx(() => setVerification(id, { state: 'failed', finished_at: clock() }))
        .catch(() => undefined)
      throw error
    }
  }
  // Asked for by somebody who looks on: what fails is asked for again by hand.
  return [
    { name: verifyJob, attempts: 1, handle: (payload) => verify((payload as { id: string }).id) },
  ]
}
