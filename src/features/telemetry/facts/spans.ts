import type { OtlpSpan } from '../otlp/records.ts'
import type { TakeContext } from '../take.ts'
import { asCount, cut, nameOf } from './attributes.ts'
import { keepOthers } from './content.ts'
import { draft, type Fact } from './fact.ts'
import { setTime } from './logs.ts'
import { makingOf } from './making.ts'
import { createOrigins } from './origin.ts'

/** `thread_id` is the conversation; `thread.id` is a thread of the program. */
const known: ReadonlySet<string> = new Set(['thread_id', 'thread.id', 'thread.name'])
const nameLimit = 200

/** Facts of spans: what the page of a turn is drawn from. They are not summed: logs say the same. */
export function factsOfSpans(spans: readonly OtlpSpan[], context: TakeContext): readonly Fact[] {
  const making = makingOf(context)
  const originOf = createOrigins(context)
  return spans.map((span) => {
    const { attributes } = span
    const fact = draft(
      0,
      context.receivedAt,
      originOf(span.resource, attributes),
      'span',
      cut(span.name, nameLimit),
    )
    setTime(fact, span.start)
    fact.conversation = nameOf(attributes, 'conversation.id') || nameOf(attributes, 'thread_id')
    fact.model = nameOf(attributes, 'model')
    fact.success = span.status === 2 ? 0 : span.status === 1 ? 1 : null
    fact.durationMs = asCount(span.end - span.start)
    fact.traceId = span.traceId
    fact.spanId = span.spanId
    keepOthers(fact, attributes, known, making, {
      parent: span.parentSpanId,
      kind: span.kind,
      microseconds: Math.max(0, Math.round((span.end - span.start) * 1000)),
      ...(span.statusText === '' ? {} : { status: span.statusText }),
      ...(span.dropped === 0 ? {} : { dropped: span.dropped }),
      ...(span.events.length === 0
        ? {}
        : {
            events: span.events.map((event) => ({
              at: event.time,
              name: event.name,
              attributes: Object.fromEntries(event.attributes),
            })),
          }),
    })
    return fact
  })
}
