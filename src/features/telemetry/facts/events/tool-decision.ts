import { nameOf } from '../attributes.ts'
import type { EventKind } from '../fact.ts'

/** Whether a tool call may happen, and who said so: the configuration or the person. */
export const toolDecision: EventKind = {
  kind: 'tool_decision',
  known: new Set(['tool_name', 'tool_namespace', 'call_id', 'decision', 'source']),
  fill(fact, { attributes }) {
    fact.tool = nameOf(attributes, 'tool_name')
    fact.callId = nameOf(attributes, 'call_id')
    fact.decision = nameOf(attributes, 'decision').toLowerCase()
    fact.decidedBy = nameOf(attributes, 'source').toLowerCase()
  },
}
