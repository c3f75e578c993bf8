import type { Value } from '../otlp/records.ts'
import type { TakeContext } from '../take.ts'
import { asCount, asWhole, cut } from './attributes.ts'
import { keepOthers } from './content.ts'
import { draft, type Fact } from './fact.ts'
import { setTime } from './logs.ts'
import { makingOf } from './making.ts'
import { originOf } from './origin.ts'

/** One of the client's own analytics events, as it posts them; whatever else it may be. */
export interface AnalyticsEvent {
  readonly event_type: string
  readonly event_params?: Readonly<Record<string, unknown>> | undefined
}

type Params = Readonly<Record<string, unknown>>
const known: ReadonlySet<string> = new Set(['thread_id', 'model', 'created_at'])
const nameLimit = 200

/**
 * Facts of the client's own analytics events. They show that somebody was there, but count nothing else: a client that also sends
 * OTLP says the same there, and would count twice.
 */
export function factsOfAnalytics(
  events: readonly AnalyticsEvent[],
  context: TakeContext,
): readonly Fact[] {
  const making = makingOf(context)
  return events.map(({ event_type, event_params }) => {
    const params = event_params ?? {}
    const client = inside(params, 'app_server_client')
    const fact = draft(
      0,
      context.receivedAt,
      originOf(context, {
        originator: text(client, 'product_client_id') || text(client, 'client_name'),
        version: text(inside(params, 'runtime'), 'codex_rs_version'),
      }),
      'analytics',
      cut(event_type, nameLimit),
    )
    // Seconds.
    const created = asWhole(params['created_at'] as Value)
    setTime(fact, created === null ? context.receivedAt : created * 1000)
    fact.conversation = text(params, 'thread_id')
    fact.model = text(params, 'model')
    fact.durationMs = asCount(params['duration_ms'] as Value)
    keepOthers(fact, new Map(Object.entries(params) as [string, Value][]), known, making)
    return fact
  })
}

function inside(params: Params, name: string): Params {
  const value = params[name]
  return typeof value === 'object' && value !== null ? (value as Params) : {}
}

function text(params: Params, name: string): string {
  const value = params[name]
  return typeof value === 'string' ? cut(value, nameLimit) : ''
}
