import { countOf, nameOf } from '../attributes.ts'
import type { EventKind } from '../fact.ts'

/** A part of the client's start; the phase stands where other facts have the tool. */
export const startupPhase: EventKind = {
  kind: 'startup',
  known: new Set(['startup.phase', 'duration_ms']),
  fill(fact, { attributes }) {
    fact.tool = nameOf(attributes, 'startup.phase')
    fact.durationMs = countOf(attributes, 'duration_ms')
  },
}
