import { z } from 'zod'
import { pageDiff } from '../watch/schema.history.ts'
import { isTimeZone, line, pageQuery, time } from '../workspace/schema.ts'

const timeZone = z
  .string()
  .max(60)
  .refine(isTimeZone, 'Use the name of a time zone, such as UTC or Europe/Berlin.')
const hour = z.int().min(0).max(23)

/** When it is told. A digest folds everything since the last one; none is sent when nothing changed. */
export const rhythm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('now') }),
  z.object({ kind: z.literal('daily'), hour, timeZone }),
  z.object({
    kind: z.literal('weekly'),
    /** 1 is Monday, 7 is Sunday. */
    weekday: z.int().min(1).max(7),
    hour,
    timeZone,
  }),
])
export type Rhythm = z.infer<typeof rhythm>

export const channel = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mail') }).describe('To the address of the member who asks.'),
  z
    .object({ kind: z.literal('webhook'), endpointId: z.string().max(60) })
    .describe('Belongs to the workspace; needs the permission webhooks.manage.'),
])
export type Channel = z.infer<typeof channel>

const collectionPath = z
  .string()
  .regex(/^[^/\s]+\/[^/\s]+\/[^/\s]+\/[^/\s]+$/, 'write it as vendor/product/set/language')
const wanted = {
  page: line(500).min(1).nullable(),
  /** Only what changed lines contain, without case. */
  term: line(200).min(2).nullable(),
  rhythm,
  /** Shows changes of formatting only as well. Steps of nothing else are never told. */
  formatting: z.boolean(),
  /** Pages and sources that fail three times in a row; always told at once. */
  trouble: z.boolean(),
}

export const newSubscription = z.object({
  /** Null: every collection. */
  collection: collectionPath.nullable(),
  channel,
  page: wanted.page.default(null),
  term: wanted.term.default(null),
  rhythm: rhythm.default({ kind: 'now' }),
  formatting: z.boolean().default(false),
  trouble: z.boolean().default(false),
})
export type NewSubscription = z.infer<typeof newSubscription>

/** What is left out stays as it is. */
export const subscriptionChange = z.object({
  revision: z.int(),
  term: wanted.term.optional(),
  rhythm: rhythm.optional(),
  formatting: z.boolean().optional(),
  trouble: z.boolean().optional(),
  paused: z.boolean().optional(),
})

export const subscription = z.object({
  id: z.string(),
  /** Null: every collection. `title` is null when the collection is gone. */
  collection: z.object({ path: z.string(), title: z.string().nullable() }).nullable(),
  channel: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mail'), to: z.string() }),
    z.object({ kind: z.literal('webhook'), endpointId: z.string(), name: z.string() }),
  ]),
  ...wanted,
  paused: z.boolean(),
  revision: z.int(),
  createdAt: time,
  createdBy: z.string(),
  nextAt: time.nullable().describe('When the next digest is due.'),
})
export type Subscription = z.infer<typeof subscription>
export const subscriptionsQuery = pageQuery.extend({
  channel: z.enum(['mail', 'webhook']).optional(),
  endpoint: z.string().max(60).optional(),
  collection: collectionPath.optional(),
})

/** What an unsubscribe link would stop, for the page behind it. */
export const unsubscribing = z.object({
  to: z.string(),
  subscriptions: z.array(z.object({ label: z.string(), paused: z.boolean() })),
})
export type Unsubscribing = z.infer<typeof unsubscribing>
export const unsubscribeParams = z.object({ token: z.string().max(200) })

/** The address part that lets a feed reader in. */
export const feedKey = z.object({
  /** `https://…/feeds/gh_fed_…`; then `/watch/{v}/{p}/{s}/{l}.atom` or `.rss`. Null: none was made. */
  address: z.string().nullable(),
  createdAt: time.nullable(),
  lastUsedAt: time.nullable(),
})
export type FeedKey = z.infer<typeof feedKey>

export const endpointKinds = ['signed', 'slack'] as const
const url = z.url({ protocol: /^https?$/ }).max(2000)
export const newEndpoint = z.object({
  name: line(100).min(1),
  kind: z
    .enum(endpointKinds)
    .describe('`signed`: JSON after Standard Webhooks. `slack`: what Slack-compatible chats take.'),
  url,
})
export const endpointChange = z.object({
  revision: z.int(),
  name: line(100).min(1).optional(),
  url: url.optional(),
  /** `false` also turns an endpoint on again that was turned off after days of failure. */
  paused: z.boolean().optional(),
})
export const endpoint = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(endpointKinds),
  /** Without what may be secret in it. */
  url: z.string(),
  state: z.enum(['working', 'failing', 'paused', 'disabled', 'unused']),
  failingSince: time.nullable(),
  disabledAt: time.nullable(),
  lastError: z.string().nullable(),
  lastSuccessAt: time.nullable(),
  /** The secret before the newest one signs as well until then. */
  oldSecretUntil: time.nullable(),
  subscriptions: z.int(),
  revision: z.int(),
  createdAt: time,
  createdBy: z.string(),
})
export type Endpoint = z.infer<typeof endpoint>
/** `secret` is in this answer and nowhere else; null for chats, whose address is the secret. */
export const issuedEndpoint = z.object({ endpoint, secret: z.string().nullable() })
export type IssuedEndpoint = z.infer<typeof issuedEndpoint>

export const deliveryStates = ['waiting', 'delivered', 'failed', 'dropped'] as const
export const delivery = z.object({
  /** The `webhook-id`. */
  id: z.string(),
  type: z.string(),
  label: z.string(),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  lastStatus: z.int().nullable(),
  createdAt: time,
  nextAt: time.nullable(),
  finishedAt: time.nullable(),
})
export type Delivery = z.infer<typeof delivery>
export const attempt = z.object({
  number: z.int(),
  at: time,
  ms: z.int(),
  status: z.int().nullable(),
  failure: z.string().nullable(),
  message: z.string().nullable(),
  answer: z.string(),
})
export type Attempt = z.infer<typeof attempt>
export const deliveryWhole = delivery.extend({
  /** As it is sent; null until the first attempt. */
  body: z.string().nullable(),
  log: z.array(attempt),
})
export type DeliveryWhole = z.infer<typeof deliveryWhole>
export const deliveriesQuery = pageQuery.extend({ state: z.enum(deliveryStates).optional() })
export const idParams = z.object({ id: z.string().max(60) })
export const deliveryParams = z.object({ id: z.string().max(60), delivery: z.string().max(60) })

const collectionRef = z.object({ path: z.string(), title: z.string(), link: z.string() })
const payloadPage = z.object({
  page: z.string(),
  title: z.string().nullable(),
  url: z.string(),
  kind: pageDiff.shape.kind,
  added: z.int(),
  removed: z.int(),
  link: z.string(),
  /** Null where the bound on the size of the whole was used up. */
  hunks: pageDiff.shape.hunks.nullable(),
  /** Lines or hunks were left out or shortened. */
  cut: z.boolean(),
})
const payloadStep = {
  at: time,
  collection: collectionRef,
  /** The stamp of the snapshot, and of the one before it. */
  stamp: z.string(),
  from: z.string().nullable(),
  added: z.int(),
  removed: z.int(),
  pages: z.array(payloadPage),
  /** Pages beyond those listed. */
  more: z.int(),
  /** The sentence on policy keys that came or went. */
  keys: z.string().nullable(),
  link: z.string(),
}
const payloadAlert = {
  alert: z.object({ id: z.string(), name: z.string(), says: z.string() }),
  firings: z.array(
    z.object({
      period: z.string().describe('The first day of the day, week or month, UTC.'),
      unit: z.enum(['day', 'week', 'month']),
      value: z.number(),
    }),
  ),
  link: z.string(),
}
const head = { id: z.string().describe('The same as the header webhook-id.'), at: time }
/** What a signed webhook gets. */
export const webhookPayload = z.discriminatedUnion('type', [
  z.object({ type: z.literal('watch.step'), ...head, ...payloadStep }),
  z.object({
    type: z.literal('watch.digest'),
    ...head,
    steps: z.array(z.object(payloadStep)),
    /** Steps beyond those listed. */
    more: z.int(),
  }),
  z.object({
    type: z.literal('watch.trouble'),
    ...head,
    collection: collectionRef,
    failures: z.array(
      z.object({
        page: z.string().nullable(),
        url: z.string(),
        failure: z.string(),
        message: z.string(),
      }),
    ),
    more: z.int(),
    link: z.string(),
  }),
  z.object({ type: z.literal('test'), ...head, message: z.string() }),
  z.object({
    type: z.literal('audit.checkpoint'),
    ...head,
    records: z.int(),
    link: z.string(),
    checkpoint: z.string().describe('The signed text; keep it.'),
  }),
  z.object({
    type: z.literal('drift.found'),
    ...head,
    findings: z.array(
      z.object({
        client: z.string().describe('The member, account or enrolment, and the machine.'),
        key: z.string(),
        allowed: z.string(),
        reported: z.string().describe('The client’s own word.'),
        since: time,
        link: z.string(),
      }),
    ),
    /** Findings beyond those listed. */
    more: z.int(),
    link: z.string(),
  }),
  z.object({ type: z.literal('alert.fired'), ...head, ...payloadAlert }),
  z
    .object({ type: z.literal('alert.ended'), ...head, ...payloadAlert })
    .describe('The figure is well on the other side again. Not sent when only the period is over.'),
])
export type WebhookPayload = z.infer<typeof webhookPayload>
