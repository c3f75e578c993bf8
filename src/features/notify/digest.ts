import { day } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import type { Work } from '#kernel/work.ts'
import { askOf, byTarget } from './announce.ts'
import type { StepContent } from './content.ts'
import { deleteMailsBefore } from './mail/store.ts'
import type { NotifyParts } from './parts.ts'
import { deleteTroublesBefore } from './store.troubles.ts'
import { nextDigest, rhythmOf } from './subscriptions/rhythm.ts'
import {
  deletePendingBefore,
  dueSubscriptions,
  setNextDigest,
  takePending,
  type SubscriptionRow,
} from './subscriptions/store.ts'
import { tell, type Target } from './tell.ts'
import { deleteDeliveriesBefore } from './webhooks/store.deliveries.ts'

const digestJob = 'notify.digest'
const sweepJob = 'notify.sweep'

export const digestSchedules: readonly Schedule[] = [
  { job: digestJob, cron: '*/5 * * * *' },
  { job: sweepJob, cron: '43 3 * * *' },
]

/** Steps shown in one digest; further ones are counted. */
const maxSteps = 20
/** Unsubscribe links work this long. */
const mailsFor = 365 * day
const deliveriesFor = 30 * day
const toldFor = 60 * day

export function digestJobs(parts: NotifyParts): readonly Job[] {
  const { db, clock } = parts.runtime
  return [
    {
      name: digestJob,
      async handle() {
        // As often as there is more than one round takes.
        while ((await db.tx(() => tellDigests(parts))) > 0);
      },
    },
    {
      name: sweepJob,
      async handle() {
        const now = clock()
        await db.tx(function* () {
          yield* deleteMailsBefore(now - mailsFor)
          yield* deleteDeliveriesBefore(now - deliveriesFor)
          yield* deleteTroublesBefore(now - toldFor)
          yield* deletePendingBefore(now - toldFor)
        })
      },
    },
  ]
}

/** One message for each target whose time has come; how many subscriptions that were. */
function* tellDigests(parts: NotifyParts): Work<number> {
  const now = parts.runtime.clock()
  const due = yield* dueSubscriptions(now)
  for (const [target, own] of byTarget(due)) yield* tellDigest(parts, target, own)
  for (const subscription of due)
    yield* setNextDigest(subscription.id, nextDigest(rhythmOf(subscription), now))
  return due.length
}

function* tellDigest(
  parts: NotifyParts,
  target: Target,
  own: readonly SubscriptionRow[],
): Work<void> {
  const byId = new Map(own.map((subscription) => [subscription.id, subscription]))
  const steps = new Map<string, StepContent>()
  for (const row of yield* takePending([...byId.keys()])) {
    const subscription = byId.get(row.subscription_id)
    if (!subscription || subscription.paused === 1) continue
    const { snapshot_id: snapshotId } = row
    const known = steps.get(snapshotId)?.asks ?? []
    steps.set(snapshotId, { snapshotId, asks: [...known, askOf(subscription)] })
  }
  if (steps.size === 0) return
  yield* tell(parts, target, {
    key: `digest:${Math.max(...own.map((s) => s.next_at ?? 0))}:${own[0]?.id ?? ''}`,
    label: `Digest of ${steps.size} ${steps.size === 1 ? 'step' : 'steps'}`,
    content: {
      kind: 'steps',
      digest: true,
      steps: [...steps.values()].slice(-maxSteps),
      more: Math.max(0, steps.size - maxSteps),
    },
  })
}
