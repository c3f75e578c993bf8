import type { WatchEvent } from '#features/watch/index.ts'
import type { Holding } from '#features/access/index.ts'
import type { Feature, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createAlarms } from './alarms.ts'
import { announce, announceJobs } from './announce.ts'
import { digestJobs, digestSchedules } from './digest.ts'
import { feedRoutes } from './feeds/routes.ts'
import { feedKeyRoutes } from './feeds/routes.key.ts'
import { deleteFeedKey } from './feeds/store.ts'
import { mailJobs } from './mail/job.ts'
import { deleteMailsOf } from './mail/store.ts'
import { notifyMigrations } from './migrations.ts'
import type { NotifyParts, NotifyPorts } from './parts.ts'
import { webhookPayload } from './schema.ts'
import { subscriptionRoutes } from './subscriptions/routes.ts'
import { unsubscribeRoutes } from './subscriptions/routes.unsubscribe.ts'
import { deleteSubscriptions, subscriptionsOfMember } from './subscriptions/store.ts'
import { deliverJobs } from './webhooks/deliver.ts'
import { post, type WebhookMessage } from './webhooks/post.ts'
import { webhookRoutes } from './webhooks/routes.ts'
import { deliveryRoutes } from './webhooks/routes.deliveries.ts'
import { allEndpoints } from './webhooks/store.ts'

export type { NotifyPorts } from './parts.ts'
export type { WebhookMessage } from './webhooks/post.ts'

export interface Notify extends Feature {
  /** Enqueues, in the transaction of the event, what tells people. */
  readonly announce: (event: WatchEvent) => Work<void>
  /** The webhooks of the workspace, for other features to send to. */
  readonly endpoints: {
    readonly all: () => Work<readonly { readonly id: string; readonly name: string }[]>
    /** Enqueues a delivery with the transaction. False: there is no such webhook, or it is off. */
    readonly post: (webhookId: string, message: WebhookMessage) => Work<boolean>
  }
  /** Removes what is kept about a member before the row goes. */
  readonly forget: (memberId: string) => Work<void>
  /** What the member holds here: subscriptions. */
  readonly holdings: (memberId: string) => Work<readonly Holding[]>
}

/** Tells people what changed: feeds, mails, webhooks; at once or as a digest. */
export function createNotify(runtime: Runtime, ports: NotifyPorts): Notify {
  const parts: NotifyParts = { ...ports, runtime }
  const alarms = createAlarms(parts)
  return {
    name: 'notify',
    migrations: notifyMigrations,
    routes: [
      ...subscriptionRoutes(parts),
      ...unsubscribeRoutes(parts),
      ...feedKeyRoutes(parts),
      ...feedRoutes(parts),
      ...webhookRoutes(parts),
      ...deliveryRoutes(parts),
    ],
    jobs: [...announceJobs(parts), ...mailJobs(parts), ...deliverJobs(parts), ...digestJobs(parts)],
    schedules: digestSchedules,
    webhooks: [
      {
        name: 'watch',
        summary: 'What a signed webhook is sent, by its type; see docs/webhooks.md.',
        body: webhookPayload,
      },
    ],
    start: alarms.start,
    stop() {
      alarms.stop()
      return Promise.resolve()
    },
    alarms: alarms.now,
    finders: [{ permission: 'webhooks.manage', find: findEndpoints }],
    announce: (event) => announce(parts, event),
    endpoints: { all: allEndpoints, post: (id, message) => post(parts, id, message) },
    *forget(memberId) {
      const own = yield* subscriptionsOfMember(memberId)
      yield* deleteSubscriptions(own.map((s) => s.id))
      yield* deleteFeedKey(memberId)
      yield* deleteMailsOf(memberId)
    },
    *holdings(memberId) {
      const own = yield* subscriptionsOfMember(memberId)
      const label = own.length === 1 ? '1 subscription' : `${own.length} subscriptions`
      const fate = 'Nothing is sent any more. Deleted with the member.'
      return own.length === 0
        ? []
        : [{ kind: 'subscription', count: own.length, label, fate, items: [] }]
    },
  }
}

function* findEndpoints(text: string): Work<readonly Hit[]> {
  const hits = (yield* allEndpoints()).filter((e) => e.name_key.includes(text)).slice(0, 5)
  return hits.map((e) => ({
    kind: 'webhook',
    id: e.id,
    label: e.name,
    detail: e.url_shown,
    link: `/webhooks/${e.id}`,
  }))
}
