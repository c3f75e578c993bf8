import { tail, type FactKind, type TailFilter } from '#features/telemetry/index.ts'
import type { Work } from '#kernel/work.ts'
import { personNames } from '../names.ts'
import { peopleByNumber } from '../store.sums.ts'
import { namedBy } from './find.ts'
import type { TailEvent, TailQuery } from './schema.ts'
import { showTailEvent } from './show.ts'

/** Of the newest so many facts those that match are found: some 5 ms, whatever comes. */
const bounds = { window: 5000, limit: 200 }

/** What people look at; spans and data points of metrics say the same again. */
const logs: readonly FactKind[] = [
  'conversation',
  'prompt',
  'api_request',
  'tokens',
  'stream',
  'tool_decision',
  'tool_result',
  'first_token',
  'startup',
  'analytics',
  'other',
]

const narrowed: Readonly<Record<TailQuery['show'], Pick<TailFilter, 'kinds' | 'outcome'>>> = {
  all: { kinds: logs },
  calls: { kinds: ['tool_decision', 'tool_result'] },
  prompts: { kinds: ['prompt'] },
  denied: { kinds: ['tool_result'], outcome: 'denied' },
  failed: { kinds: logs, outcome: 'failed' },
}

export interface Tailed {
  readonly items: readonly TailEvent[]
  readonly upTo: number
  readonly passed: number
}

/** What came since the fact with this number. */
export function* tailSince(upTo: number, query: Omit<TailQuery, 'cursor'>): Work<Tailed> {
  const { principal, clientId, group, surface, client, show } = query
  const filter: TailFilter = {
    principal,
    client: clientId,
    group,
    surface,
    originator: client,
    named: yield* namedBy(query.q),
    ...narrowed[show],
  }
  const found = yield* tail(upTo, filter, bounds)
  if (found.facts.length === 0) return { items: [], upTo: found.upTo, passed: found.passed }
  const persons = yield* peopleByNumber([...new Set(found.facts.map((f) => f.person))])
  const nameOf = yield* personNames()
  return {
    items: found.facts.map((fact) => {
      const person = persons.get(fact.person)
      return showTailEvent(fact, person === undefined ? '' : nameOf(person).label)
    }),
    upTo: found.upTo,
    passed: found.passed,
  }
}

/** How many of the newest facts a tail begins with. */
const beginsWith = 100

/** The number from which a tail begins: a little before now, so that it is not empty at first. */
export function* tailStart(): Work<number> {
  const { upTo } = yield* tail(undefined, {}, { window: 1, limit: 1 })
  return Math.max(0, upTo - beginsWith)
}
