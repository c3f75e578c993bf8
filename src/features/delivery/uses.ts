import type { EventSum as Events, UseSum as Uses } from '#features/clients/index.ts'

type Sum<Row> = { -readonly [K in keyof Row]: Row[K] }
export type UseSum = Sum<Uses>
export type EventSum = Sum<Events>

/** One fetch of a signed-in client that was answered. */
export interface Use extends Pick<Uses, 'clientId' | 'ip' | 'userAgent'> {
  readonly lastStatus: number
  /** Null: it was refused, or there is no policy for it. */
  readonly served: Omit<NonNullable<Uses['served']>, 'at'> | null
}

/** Adds to the sum of its client. What was last is what happened last, in whichever order it is added. */
export function addUse(sums: Map<string, UseSum>, use: UseSum): void {
  const sum = sums.get(use.clientId)
  if (!sum) {
    sums.set(use.clientId, use)
    return
  }
  sum.count += use.count
  if (use.firstAt < sum.firstAt) sum.firstAt = use.firstAt
  if (use.lastAt >= sum.lastAt) {
    sum.lastAt = use.lastAt
    sum.lastStatus = use.lastStatus
    sum.ip = use.ip
    sum.userAgent = use.userAgent
  }
  if (use.served && (!sum.served || use.served.at >= sum.served.at)) sum.served = use.served
}

export function addEvent(sums: Map<string, EventSum>, event: EventSum): void {
  const key = `${event.clientId} ${event.day} ${event.eventType}`
  const sum = sums.get(key)
  if (sum) sum.count += event.count
  else sums.set(key, event)
}

const eventType = /^[a-z0-9_]{1,64}$/
/** The client knows about a dozen. What one client makes up must not fill the database. */
export const typesADay = 256
/** Where everything is counted that has no name of its own. */
const otherType = 'other'

/** The name under which an event is counted: its type, while that is a name and this process has not seen too many that day. */
export function createEventTypes(): (type: string, day: number) => string {
  const seen = new Set<string>()
  let of = 0
  return (type, day) => {
    if (day !== of) {
      seen.clear()
      of = day
    }
    if (seen.has(type)) return type
    if (!eventType.test(type) || seen.size >= typesADay) return otherType
    seen.add(type)
    return type
  }
}
