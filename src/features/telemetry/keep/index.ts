import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { minute } from '#kernel/clock.ts'
import type { Feature } from '#kernel/runtime.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { TelemetryParts } from '../ports.ts'
import type { SettingsView } from '../settings/view.ts'
import { newestFact, type Forgotten } from '../store.forget.ts'
import { keepMigrations } from './migrations.ts'
import { forgetRoute } from './routes.ts'
import type { forgetPersonPart, removeExpiredPart } from './task.ts'

const retainJob = 'telemetry.retain'
const forgetJob = 'telemetry.forget'
const task = new URL('./task.ts', import.meta.url)
/** Parts of one run; what is left is for the next hour, or for the next try. */
const partsAtOnce = 5000

/** What comes with a token that has just ended waits no longer than this to be stored (ms): ingest/admission.ts, ingest/queue.ts. */
const onTheWay = minute

export interface Keep extends Required<
  Pick<Feature, 'jobs' | 'schedules' | 'routes' | 'migrations'>
> {
  /**
   * Removes what is kept of a principal that ends with this transaction, a minute later, so that nothing comes behind it; with a
   * record that it happened, where there was anything.
   */
  readonly forget: (principalId: string) => Work<void>
}

interface Forgetting {
  readonly principalId: string
  /** The newest fact when it was asked for; null: everything. */
  readonly upTo: number | null
}

/** How long what is known is kept, and how all of it about one person is removed. */
export function createKeep(
  {
    runtime,
    aside,
    forgotten,
    logged,
  }: Pick<TelemetryParts, 'runtime' | 'aside' | 'forgotten' | 'logged'>,
  settings: Pick<SettingsView, 'current'>,
): Keep {
  const { db, ids, clock } = runtime

  async function retain(): Promise<void> {
    const retention = settings.current()?.retention
    if (!retention) return
    for (let part = 0; part < partsAtOnce; part++)
      if (!(await aside.run<typeof removeExpiredPart>(task, 'removeExpiredPart', retention))) return
  }

  async function forgetAll({ principalId, upTo: asked }: Forgetting): Promise<void> {
    const sum = { facts: 0, conversations: 0, days: 0 }
    const upTo = asked ?? (await db.read(newestFact))
    await logged()
    for (let more = true; more;) {
      const part = await aside.run<typeof forgetPersonPart>(task, 'forgetPersonPart', {
        principalId,
        upTo,
      })
      for (const what of Object.keys(sum) as (keyof Forgotten)[]) sum[what] += part[what]
      more = part.more
    }
    if (asked === null && Object.values(sum).every((count) => count === 0)) return
    await db.tx(function* () {
      // Once more: somebody may have read of it what was not removed yet.
      yield* forgotten(principalId)
      yield* appendAudit({
        id: ids('aud'),
        at: clock(),
        actor: gatehouse,
        action: 'telemetry.forgotten',
        target: { kind: 'telemetry', id: principalId, label: principalId },
        after: sum,
        requestId: null,
        ip: null,
      })
    })
  }

  function* forgetNow(principalId: string): Work<void> {
    yield* forgotten(principalId)
    const payload: Forgetting = { principalId, upTo: yield* newestFact() }
    yield* enqueue({ name: forgetJob, payload, dedupeKey: principalId })
  }

  function* forget(principalId: string): Work<void> {
    yield* forgotten(principalId)
    const payload: Forgetting = { principalId, upTo: null }
    const runAt = clock() + onTheWay
    yield* enqueue({ name: forgetJob, payload, dedupeKey: `ended ${principalId}`, runAt })
  }

  return {
    forget,
    jobs: [
      { name: retainJob, handle: retain },
      {
        name: forgetJob,
        handle: (payload) => forgetAll(payload as Forgetting),
      },
    ],
    schedules: [{ job: retainJob, cron: '37 * * * *' }],
    routes: [forgetRoute(forgetNow)],
    migrations: keepMigrations,
  }
}
