import { countOf, flagOf, textOf } from '../attributes.ts'
import type { EventKind } from '../fact.ts'

/** A request to the model. It failed with a status of 400 and more, or where there is no answer at all. */
export const apiRequest: EventKind = {
  kind: 'api_request',
  known: new Set(['duration_ms', 'http.response.status_code', 'success']),
  fill(fact, { attributes }) {
    const said = countOf(attributes, 'http.response.status_code')
    const status = said !== null && said <= 999 ? said : null
    fact.durationMs = countOf(attributes, 'duration_ms')
    fact.status = status
    fact.success =
      status === null
        ? (flagOf(attributes, 'success') ?? (textOf(attributes, 'error.message') === '' ? 1 : 0))
        : status < 400
          ? 1
          : 0
  },
}
