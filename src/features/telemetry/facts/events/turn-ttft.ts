import { countOf } from '../attributes.ts'
import type { EventKind } from '../fact.ts'

/** How long a turn waited for the first token of the model. */
export const turnTtft: EventKind = {
  kind: 'first_token',
  known: new Set(['duration_ms']),
  fill(fact, { attributes }) {
    fact.durationMs = countOf(attributes, 'duration_ms')
  },
}
