import { all, first, type Work } from '#kernel/work.ts'
import { q, type FactKind, type FactRow } from '../tables.ts'
import { setsWithGroup, type Named, type OriginFilter } from './conversations.ts'

type Texts = 'name' | 'model' | 'tool' | 'program' | 'rule'

/** A fact with its texts instead of their numbers; '' for none. */
export type ReadFact = Omit<FactRow, Texts> & Readonly<Record<Texts, string>>

/** Numbers of one `in (…)`. */
const atOnce = 500

/** Looks up the texts of facts. */
function* withTexts<Row extends Pick<FactRow, Texts>>(
  rows: readonly Row[],
): Work<readonly (Omit<Row, Texts> & Readonly<Record<Texts, string>>)[]> {
  const wanted = [
    ...new Set(rows.flatMap((f) => [f.name, f.model, f.tool, f.program, f.rule])),
  ].filter((number) => number !== null)
  const texts = new Map<number | null, string>()
  for (let from = 0; from < wanted.length; from += atOnce)
    for (const { id, text } of yield* all(
      q
        .selectFrom('telemetry_texts')
        .selectAll()
        .where('id', 'in', wanted.slice(from, from + atOnce)),
    ))
      texts.set(id, text)
  const text = (number: number | null): string => texts.get(number) ?? ''
  return rows.map((row) => ({
    ...row,
    name: text(row.name),
    model: text(row.model),
    tool: text(row.tool),
    program: text(row.program),
    rule: text(row.rule),
  }))
}

export type Order = 'oldest' | 'newest'

/**
 * The facts of a conversation in the order of their receipt, without spans, which belong to the trace of a turn; what stands
 * outside of conversations has its spans too. One more than `limit` when there are more; `after`: the number of the last before.
 */
export function* factsOf(
  conversation: { readonly id: number; readonly conversation: string },
  { order, after, limit }: { order: Order; after: number | undefined; limit: number },
): Work<readonly ReadFact[]> {
  let query = q
    .selectFrom('telemetry_facts')
    .selectAll()
    .where('conversation', '=', conversation.id)
    .orderBy('id', order === 'oldest' ? 'asc' : 'desc')
    .limit(limit + 1)
  if (conversation.conversation !== '') query = query.where('kind', '<>', 'span')
  if (after !== undefined) query = query.where('id', order === 'oldest' ? '>' : '<', after)
  return yield* withTexts(yield* all(query))
}

/** The spans of a trace that one person reported, in order of time; one more than `limit` when there are more. */
export function* spansOf(
  person: number,
  traceId: string,
  limit: number,
): Work<readonly ReadFact[]> {
  const rows = yield* all(
    q
      .selectFrom('telemetry_facts as f')
      .innerJoin('telemetry_origins as o', 'o.id', 'f.origin')
      .where('f.trace_id', '=', traceId)
      .where('f.kind', '=', 'span')
      .where('o.person', '=', person)
      .selectAll('f')
      .orderBy('f.at')
      .orderBy('f.id')
      .limit(limit + 1),
  )
  return yield* withTexts(rows)
}

/** When the oldest fact was received that is still there; null where none was ever removed. */
export function* keptSince(): Work<number | null> {
  const oldest = yield* first(
    q.selectFrom('telemetry_facts').select(['id', 'received_at']).orderBy('id').limit(1),
  )
  return oldest === undefined || oldest.id === 1 ? null : oldest.received_at
}

export interface TailFilter extends OriginFilter {
  readonly named?: Named | undefined
  /** None: every kind. */
  readonly kinds?: readonly FactKind[] | undefined
  readonly outcome?: 'denied' | 'failed' | undefined
}

export type TailFact = ReadFact & {
  readonly person: number
  readonly originator: string
  readonly version: string
  readonly conversation_name: string
}

export interface Tail {
  /** Newest first. */
  readonly facts: readonly TailFact[]
  /** The number to go on from. */
  readonly upTo: number
  /** Facts that came since `after` and were not looked at, because they were too many. */
  readonly passed: number
}

/**
 * What was stored since the fact with this number: of the newest `window` facts those that match, the newest `limit` of them. A
 * small read however much there is; without `after` it begins with the newest that there are.
 */
export function* tail(
  after: number | undefined,
  filter: TailFilter,
  { window, limit }: { readonly window: number; readonly limit: number },
): Work<Tail> {
  const newest = yield* first(
    q.selectFrom('telemetry_facts').select((e) => e.fn.max('id').as('id')),
  )
  const upTo = Math.max(newest?.id ?? 0, after ?? 0)
  const low = Math.max(after ?? 0, upTo - window)
  if (upTo === low) return { facts: [], upTo, passed: 0 }
  const { principal, client, group, surface, originator, kinds, outcome, named } = filter
  let query = q
    .selectFrom('telemetry_facts as f')
    .innerJoin('telemetry_origins as o', 'o.id', 'f.origin')
    .leftJoin('telemetry_conversations as c', 'c.id', 'f.conversation')
    .where('f.id', '>', low)
    .where('f.id', '<=', upTo)
    .selectAll('f')
    .select(['o.person', 'o.originator', 'o.version', 'c.conversation as conversation_name'])
    .orderBy('f.id', 'desc')
    .limit(limit)
  const people = (ids: readonly string[]) =>
    q.selectFrom('telemetry_people').select('id').where('principal_id', 'in', ids)
  if (principal !== undefined) query = query.where('o.person', 'in', people([principal]))
  if (named !== undefined) query = query.where('o.person', 'in', people(['', ...named.principals]))
  if (client !== undefined) query = query.where('o.client_id', '=', client)
  if (group !== undefined) query = query.where('o.group_set', 'in', setsWithGroup(group))
  if (surface !== undefined) query = query.where('o.surface', '=', surface)
  if (originator !== undefined) query = query.where('o.originator', '=', originator)
  if (kinds !== undefined) query = query.where('f.kind', 'in', kinds)
  if (outcome === 'denied') query = query.where('f.outcome', '=', 'denied')
  if (outcome === 'failed')
    query = query.where((e) =>
      e.or([
        e('f.outcome', '=', 'failed'),
        e.and([e('f.outcome', 'is', null), e('f.success', '=', 0)]),
      ]),
    )
  const rows = yield* all(query)
  return {
    facts: (yield* withTexts(rows)).map((row) => ({
      ...row,
      conversation_name: row.conversation_name ?? '',
    })),
    upTo,
    passed: after === undefined ? 0 : low - after,
  }
}
