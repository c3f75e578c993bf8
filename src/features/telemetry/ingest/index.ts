import { minute } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { Problem } from '#kernel/problem.ts'
import type { AnalyticsEvent } from '../facts/index.ts'
import type { SettingsView } from '../settings/view.ts'
import type { ContentPolicy } from '../take.ts'
import type { TelemetryParts } from '../ports.ts'
import type { IngestTokens } from '../token.ts'
import { createAdmission, type Admitted } from './admission.ts'
import { retryAfter } from './limits.ts'
import { createTelling } from './policies.ts'
import { createQueue } from './queue.ts'
import { createRoom, type Room } from './room.ts'
import type { forgetSeenPart } from './seen.task.ts'
import { refusal, type Order, type Stored } from './order.ts'
import type { storeRequests } from './store.ts'

export interface Ingest {
  readonly admit: (request: Request) => Promise<Admitted>
  /** Makes room for a request of a token; throws `rate_limited`. */
  readonly enter: Room['enter']
  /** Resolves when it is committed, with what to warn its sender of, mostly ''. Throws why it is not. */
  readonly store: (order: Order) => Promise<string>
  /** Stores the client's own analytics events, where telemetry is collected, in the same queue as everything else. */
  readonly takeEvents: (
    client: { readonly id: string; readonly principalId: string },
    events: readonly AnalyticsEvent[],
  ) => Promise<void>
  readonly content: (groupIds: readonly string[]) => ContentPolicy
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
  /** Requests that wait for their commit, bytes that have come and are not stored, and records that were stored since the start; for metrics. */
  readonly measures: () => IngestMeasures
  /** Resolves when everything that was taken is stored. */
  readonly close: () => Promise<void>
}

export interface IngestMeasures {
  readonly requests: number
  readonly bytes: number
  readonly stored: number
}

type IngestParts = Pick<TelemetryParts, 'runtime' | 'aside' | 'live' | 'policyText' | 'versionNow'>

const forget = 'telemetry.forget-requests'
const seenTask = new URL('./seen.task.ts', import.meta.url)
/** How long after a crash requests go one by one (ms). */
const apartFor = minute

/** What comes in over OTLP, from the request to its commit. */
export function createIngest(
  { runtime, aside, live, policyText, versionNow }: IngestParts,
  tokens: IngestTokens,
  settings: Pick<SettingsView, 'contentFor' | 'current'>,
): Ingest {
  const { clock, log } = runtime
  const telling = createTelling({ policyText })
  const room = createRoom()
  let stored = 0
  let crashedAt: number | undefined

  async function storeTogether(orders: readonly Order[]): Promise<readonly Stored[]> {
    try {
      const told = await telling.tell(orders.map(({ context }) => context.claims.versionId))
      const results = await aside.run<typeof storeRequests>(
        new URL('./store.ts', import.meta.url),
        'storeRequests',
        { orders, ...told },
        { transfer: orders.map(({ body }) => body.buffer) },
      )
      for (const result of results) if (result.ok) stored += result.stored
      return results
    } catch (error) {
      telling.forget()
      if (error instanceof Problem) throw error
      // The thread ended in the middle, and the database took the transaction back: senders are to come again.
      crashedAt = clock()
      log.error({ err: error }, 'telemetry could not be stored')
      throw new Problem('busy', 'It could not be stored; nothing was changed.', {
        retryAfter,
        cause: error,
      })
    }
  }

  /** Whatever ended the thread comes again: for a while each goes alone, so that it takes no others with it. */
  async function storeApart(orders: readonly Order[]): Promise<readonly Stored[]> {
    const results: Stored[] = []
    for (const order of orders)
      try {
        results.push(...(await storeTogether([order])))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        results.push(refusal(error))
      }
    return results
  }

  const queue = createQueue<Order, Stored>((orders) =>
    crashedAt === undefined || Math.abs(clock() - crashedAt) > apartFor
      ? storeTogether(orders)
      : storeApart(orders),
  )

  async function store(order: Order): Promise<string> {
    const result = await queue.put(order, order.body.byteLength)
    if (result.ok) return result.warning
    const { code, message, retryAfter } = result
    throw new Problem(code, message, retryAfter === undefined ? {} : { retryAfter })
  }

  return {
    admit: createAdmission({ runtime, live }, tokens),
    enter: room.enter,
    store,
    content: settings.contentFor,
    jobs: [
      {
        name: forget,
        async handle() {
          while (await aside.run<typeof forgetSeenPart>(seenTask, 'forgetSeenPart', undefined));
        },
      },
    ],
    schedules: [{ job: forget, cron: '23 * * * *' }],
    async takeEvents(client, events) {
      if (settings.current()?.collect !== true || events.length === 0) return
      const unversioned = { kind: 'client', ...client, versionId: '' } as const
      const sender = await live(unversioned)
      if (!sender) return
      const claims = { ...unversioned, versionId: versionNow(sender) }
      const content = settings.contentFor(sender.groupIds)
      const body = new TextEncoder().encode(JSON.stringify(events))
      const hold = room.enter(client.id)
      try {
        hold.add(body.byteLength)
        await store({
          signal: 'events',
          format: 'json',
          body,
          token: client.id,
          context: { claims, sender, receivedAt: clock(), content },
        })
      } finally {
        hold.end()
      }
    },
    measures: () => ({ requests: queue.load(), bytes: room.bytes(), stored }),
    close: queue.close,
  }
}
