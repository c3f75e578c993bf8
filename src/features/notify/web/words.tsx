import { Status, type Meaning } from '#web/kit/index.ts'
import type { Delivery, Endpoint, Rhythm, Subscription } from '../schema.ts'

export const weekdays = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const

export function rhythmWords(rhythm: Rhythm): string {
  if (rhythm.kind === 'now') return 'at once'
  const at = `${String(rhythm.hour).padStart(2, '0')}:00 ${rhythm.timeZone}`
  return rhythm.kind === 'daily'
    ? `daily at ${at}`
    : `${weekdays[rhythm.weekday - 1] ?? ''}s at ${at}`
}

/** What is followed, in a line. */
export function followsWords({ collection, page, term }: Subscription): string {
  const where =
    collection === null ? 'Every collection' : (collection.title ?? 'A deleted collection')
  const rest = [page, term === null ? null : `“${term}”`].filter((part) => part !== null)
  return rest.length === 0 ? where : `${where}: ${rest.join(', ')}`
}

const endpointStates: Readonly<Record<Endpoint['state'], readonly [Meaning, string]>> = {
  working: ['allowed', 'working'],
  failing: ['drift', 'failing'],
  paused: ['neutral', 'paused'],
  disabled: ['forbidden', 'turned off'],
  unused: ['neutral', 'not used yet'],
}
export function EndpointState({ of }: { readonly of: Endpoint['state'] }) {
  const [meaning, word] = endpointStates[of]
  return <Status meaning={meaning}>{word}</Status>
}

const deliveryStates: Readonly<Record<Delivery['state'], readonly [Meaning, string]>> = {
  waiting: ['prompt', 'being tried'],
  delivered: ['allowed', 'delivered'],
  failed: ['forbidden', 'failed'],
  dropped: ['neutral', 'dropped'],
}
export function DeliveryState({ of }: { readonly of: Delivery['state'] }) {
  const [meaning, word] = deliveryStates[of]
  return <Status meaning={meaning}>{word}</Status>
}

export const kindWords: Readonly<Record<Endpoint['kind'], string>> = {
  signed: 'Signed JSON',
  slack: 'Slack-compatible chat',
}
