import { followedCollections, type WatchEvent } from '#features/watch/index.ts'
import { minute } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { optionsOf, type Ask } from './content.ts'
import type { NotifyParts } from './parts.ts'
import { insertTrouble, takeTroubles } from './store.troubles.ts'
import { addPending, subscriptionsTo, type SubscriptionRow } from './subscriptions/store.ts'
import { tell, type Message, type Target } from './tell.ts'
import { shortName } from './words.ts'

const stepJob = 'notify.step'
const troubleJob = 'notify.trouble'

/** A run that finds much broken says so once: failures are gathered this long. */
const gather = minute
/** Failures named in one message. */
const maxFailures = 20
/** Targets in one transaction, so that no bundle waits for a long one. */
const batch = 100

interface StepPayload {
  readonly snapshotId: string
  readonly collectionId: string
  readonly at: number
  readonly stamp: string
  /** Announced pages that somebody follows by name. */
  readonly pages: readonly string[]
  /** The newest subscription at that time: who follows later is not told of what was before. Ids are in order. */
  readonly upTo: string
}

/** Called in the transaction of the event. Where nobody follows, nothing is enqueued. */
export function* announce({ runtime }: NotifyParts, event: WatchEvent): Work<void> {
  const interested = yield* subscriptionsTo(event.collectionId)
  if (event.kind === 'step') {
    const upTo = interested.at(-1)?.id
    if (upTo === undefined) return
    const followed = new Set(interested.map((s) => s.page))
    const { snapshotId, collectionId, at, stamp } = event
    const pages = event.pages.map(({ page }) => page).filter((page) => followed.has(page))
    const payload: StepPayload = { snapshotId, collectionId, at, stamp, pages, upTo }
    yield* enqueue({ name: stepJob, payload })
    return
  }
  if (!interested.some((s) => s.trouble === 1)) return
  const { kind: _, runId, collectionId, ...failure } = event
  yield* insertTrouble({
    id: runtime.ids('trb'),
    run_id: runId,
    collection_id: collectionId,
    ...failure,
    told: 0,
  })
  yield* enqueue({
    name: troubleJob,
    payload: { runId, collectionId },
    runAt: runtime.clock() + gather,
    dedupeKey: `trouble:${runId}`,
  })
}

/** From an event to a mail or delivery for each target; digests only note it. */
export function announceJobs(parts: NotifyParts): readonly Job[] {
  return [
    { name: stepJob, handle: (payload) => tellStep(parts, payload as StepPayload) },
    {
      name: troubleJob,
      handle: (payload) => tellTrouble(parts, payload as { runId: string; collectionId: string }),
    },
  ]
}

async function tellStep(parts: NotifyParts, payload: StepPayload): Promise<void> {
  const { db } = parts.runtime
  const { subscriptions, name } = await db.read(function* () {
    return {
      subscriptions: yield* subscriptionsTo(payload.collectionId),
      name: yield* nameOf(payload.collectionId),
    }
  })
  if (name === undefined) return
  const wanting: SubscriptionRow[] = []
  const wants = matcher(parts, payload)
  for (const subscription of subscriptions.filter(({ id }) => id <= payload.upTo))
    if (await wants(subscription)) wanting.push(subscription)

  const digests = wanting.filter((s) => s.rhythm !== 'now').map((s) => s.id)
  await db.tx(() => addPending(payload.snapshotId, payload.at, digests))
  const messages = byTarget(wanting.filter((s) => s.rhythm === 'now')).map(
    ([target, own]): readonly [Target, Message] => [
      target,
      {
        key: `step:${payload.snapshotId}`,
        label: `${shortName(name.path)} ${payload.stamp}`,
        content: {
          kind: 'steps',
          digest: false,
          steps: [{ snapshotId: payload.snapshotId, asks: own.map(askOf) }],
          more: 0,
        },
      },
    ],
  )
  await tellAll(parts, messages)
}

/** Whether a step is what a subscription waits for. Each different question is asked once. */
function matcher(parts: NotifyParts, { snapshotId, pages }: StepPayload) {
  const answers = new Map<string, Promise<boolean>>()
  return async (subscription: SubscriptionRow): Promise<boolean> => {
    const { page, term, formatting } = subscription
    if (term === null && (page === null || pages.includes(page))) return true
    if (term === null && formatting === 0) return false
    const options = optionsOf(askOf(subscription))
    const key = JSON.stringify(options)
    const answer =
      answers.get(key) ??
      parts
        .report(snapshotId, { ...options, maxRows: 1, maxPages: 1 })
        .then((report) => report !== undefined)
    answers.set(key, answer)
    return answer
  }
}

async function tellTrouble(
  parts: NotifyParts,
  { runId, collectionId }: { readonly runId: string; readonly collectionId: string },
): Promise<void> {
  await parts.runtime.db.tx(function* () {
    const troubles = yield* takeTroubles(runId)
    const collection = yield* nameOf(collectionId)
    const [first] = troubles
    if (!first || !collection) return
    const interested = (yield* subscriptionsTo(collectionId)).filter((s) => s.trouble === 1)
    for (const [target, own] of byTarget(interested)) {
      // Who follows one page hears of that page, and of a source that fails as a whole.
      const whole = own.some((s) => s.page === null)
      const failures = troubles.filter(
        (t) => whole || t.page === null || own.some((s) => s.page === t.page),
      )
      if (failures.length === 0) continue
      yield* tell(parts, target, {
        key: `trouble:${first.id}`,
        label: `${shortName(collection.path)}: ${failures.length} failing`,
        content: {
          kind: 'trouble',
          collection: { path: collection.path, title: collection.title },
          subscriptionIds: own.map((s) => s.id),
          failures: failures.slice(0, maxFailures),
          more: Math.max(0, failures.length - maxFailures),
        },
      })
    }
  })
}

export async function tellAll(
  parts: NotifyParts,
  messages: readonly (readonly [Target, Message])[],
): Promise<void> {
  for (let i = 0; i < messages.length; i += batch)
    await parts.runtime.db.tx(function* () {
      for (const [target, message] of messages.slice(i, i + batch))
        yield* tell(parts, target, message)
    })
}

function* nameOf(
  collectionId: string,
): Work<{ readonly path: string; readonly title: string } | undefined> {
  return (yield* followedCollections()).find(({ id }) => id === collectionId)
}

/** Several subscriptions of one target are told in one message. */
export function byTarget(
  subscriptions: readonly SubscriptionRow[],
): readonly (readonly [Target, readonly SubscriptionRow[]])[] {
  const groups = new Map<string, [Target, SubscriptionRow[]]>()
  for (const subscription of subscriptions) {
    const target = targetOf(subscription)
    const key = `${target.kind}:${target.id}`
    const group = groups.get(key) ?? [target, []]
    group[1].push(subscription)
    groups.set(key, group)
  }
  return [...groups.values()]
}

const targetOf = ({ member_id, endpoint_id }: SubscriptionRow): Target =>
  member_id === null
    ? { kind: 'endpoint', id: endpoint_id ?? '' }
    : { kind: 'member', id: member_id }

export const askOf = ({ id, page, term, formatting }: SubscriptionRow): Ask => ({
  subscriptionId: id,
  page,
  term,
  formatting: formatting === 1,
})
