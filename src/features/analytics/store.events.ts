import { all, first, type Work } from '#kernel/work.ts'
import { dateText } from './calendar.ts'
import { personNames } from './names.ts'
import type { Row } from './schema.ts'
import { peopleByNumber, q } from './store.sums.ts'

/** The columns of the export of events. `content` is what the content policy kept. */
export const eventColumns = [
  'id',
  'at',
  'received_at',
  'who',
  'kind',
  'name',
  'conversation',
  'client',
  'client_version',
  'surface',
  'host',
  'model',
  'tool',
  'program',
  'rule',
  'rule_decision',
  'decision',
  'decided_by',
  'outcome',
  'duration_ms',
  'status',
  'tokens_input',
  'tokens_cached',
  'tokens_output',
  'tokens_reasoning',
  'content',
] as const

export interface EventRange {
  readonly from: number
  readonly until: number
}

/** The numbers of the first and last fact there are; undefined where there is none. */
export function* factBounds(): Work<{ readonly low: number; readonly high: number } | undefined> {
  const lowest = yield* first(q.selectFrom('telemetry_facts').select('id').orderBy('id').limit(1))
  const highest = yield* first(
    q.selectFrom('telemetry_facts').select('id').orderBy('id', 'desc').limit(1),
  )
  return lowest && highest && { low: lowest.id, high: highest.id }
}

/** The events of a time among the facts with these numbers (both included). However little is found, it is a small read. */
export function* eventsBetween(low: number, high: number, range: EventRange): Work<readonly Row[]> {
  const facts = yield* all(
    q
      .selectFrom('telemetry_facts as f')
      .innerJoin('telemetry_origins as o', 'o.id', 'f.origin')
      .leftJoin('telemetry_conversations as c', 'c.id', 'f.conversation')
      .where('f.id', '>=', low)
      .where('f.id', '<=', high)
      .where('f.at', '>=', range.from)
      .where('f.at', '<', range.until)
      .orderBy('f.id')
      .selectAll('f')
      .select([
        'o.person',
        'o.originator as client',
        'o.version as client_version',
        'o.surface',
        'o.host',
        'c.conversation as conversation_name',
      ]),
  )
  if (facts.length === 0) return []
  const numbers = facts.flatMap((f) => [f.name, f.model, f.tool, f.program, f.rule])
  const texts = yield* textsOf(numbers)
  const persons = yield* peopleByNumber([...new Set(facts.map((f) => f.person))])
  const nameOf = yield* personNames()
  return facts.map((fact) => {
    const person = persons.get(fact.person)
    const text = (number: number | null) => (number === null ? null : (texts.get(number) ?? null))
    return {
      ...fact,
      at: new Date(fact.at).toISOString(),
      received_at: new Date(fact.received_at).toISOString(),
      who: person ? nameOf(person).label : null,
      conversation: fact.conversation_name,
      name: text(fact.name),
      model: text(fact.model),
      tool: text(fact.tool),
      program: text(fact.program),
      rule: text(fact.rule),
    }
  })
}

function* textsOf(numbers: readonly (number | null)[]): Work<ReadonlyMap<number, string>> {
  const wanted = [...new Set(numbers.filter((n) => n !== null))]
  const texts = new Map<number, string>()
  for (let from = 0; from < wanted.length; from += 1000)
    for (const { id, text } of yield* all(
      q
        .selectFrom('telemetry_texts')
        .selectAll()
        .where('id', 'in', wanted.slice(from, from + 1000)),
    ))
      texts.set(id, text)
  return texts
}

export const eventsName = ({ from }: EventRange): string =>
  `events-${dateText(Math.floor(from / 86_400_000))}`
