import type { OtlpPoint } from '../otlp/records.ts'
import type { TakeContext } from '../take.ts'
import { cut, nameOf } from './attributes.ts'
import { keepOthers } from './content.ts'
import { draft, type Fact } from './fact.ts'
import { setTime } from './logs.ts'
import { makingOf } from './making.ts'
import { createOrigins } from './origin.ts'

const known: ReadonlySet<string> = new Set()
const nameLimit = 200

/** Facts of data points of metrics, kept as they came. They are not summed: logs say the same. */
export function factsOfPoints(points: readonly OtlpPoint[], context: TakeContext): readonly Fact[] {
  const making = makingOf(context)
  const originOf = createOrigins(context)
  return points.map((point) => {
    const { attributes } = point
    const fact = draft(
      0,
      context.receivedAt,
      originOf(point.resource, attributes),
      'metric',
      cut(point.metric, nameLimit),
    )
    setTime(fact, point.time)
    fact.model = nameOf(attributes, 'model')
    const { type, unit, start, temporality, monotonic, value, count, sum, min, max } = point
    keepOthers(fact, attributes, known, making, {
      type,
      unit,
      start,
      temporality,
      ...(type === 'sum' ? { monotonic } : {}),
      ...(type === 'sum' || type === 'gauge'
        ? { value }
        : { count, sum, min, max, bounds: point.bounds, counts: point.counts }),
      ...(point.dropped === 0 ? {} : { dropped: point.dropped }),
    })
    return fact
  })
}
