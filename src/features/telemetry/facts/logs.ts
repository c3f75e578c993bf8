import type { OtlpLog } from '../otlp/records.ts'
import type { TakeContext } from '../take.ts'
import { nameOf } from './attributes.ts'
import { keepOthers } from './content.ts'
import { events } from './events.ts'
import { draft, type Draft, type Fact } from './fact.ts'
import { makingOf } from './making.ts'
import { createOrigins } from './origin.ts'
import { timeOf } from './time.ts'

const nothingKnown: ReadonlySet<string> = new Set()

/** Facts of log records: one for each. Pure; never throws, whatever the attributes are. */
export function factsOfLogs(logs: readonly OtlpLog[], context: TakeContext): readonly Fact[] {
  const making = makingOf(context)
  const originOf = createOrigins(context)
  return logs.map((log) => {
    const { attributes } = log
    const name = nameOf(attributes, 'event.name') || log.name
    const event = events.get(name)
    const fact = draft(
      0,
      context.receivedAt,
      originOf(log.resource, attributes),
      event?.kind ?? 'other',
      name,
    )
    // The client leaves the time of the record at 0 and says when it was observed, which is when it happened.
    setTime(fact, log.time > 0 ? log.time : log.observed > 0 ? log.observed : stamped(log))
    fact.conversation = nameOf(attributes, 'conversation.id')
    fact.model = nameOf(attributes, 'model')
    fact.traceId = log.traceId
    fact.spanId = log.spanId
    event?.fill(fact, log, making)
    if (fact.extra === null)
      keepOthers(
        fact,
        attributes,
        event?.known ?? nothingKnown,
        making,
        event ? undefined : whole(log),
      )
    return fact
  })
}

/** Of a record that nobody understands, the fields beside its attributes. */
const whole = ({ body, severity, scope, dropped }: OtlpLog) => ({
  ...(body === null ? {} : { body }),
  ...(severity === 0 ? {} : { severity }),
  ...(scope === '' ? {} : { scope }),
  ...(dropped === 0 ? {} : { dropped }),
})

function stamped(log: OtlpLog): number {
  const text = log.attributes.get('event.timestamp')
  const at = typeof text === 'string' ? Date.parse(text) : NaN
  return Number.isNaN(at) ? 0 : at
}

/** Takes the time of receipt where what the client says cannot be (time.ts). */
export function setTime(fact: Draft, said: number): void {
  const { at, reportedAt } = timeOf(said, fact.receivedAt)
  fact.at = at
  fact.reportedAt = reportedAt
}
