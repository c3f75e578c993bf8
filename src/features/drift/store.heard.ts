import { all, first, type Work } from '#kernel/work.ts'
import { q } from './tables.ts'

/** What drift reads of telemetry: facts in the order of their numbers, which is that of their commits. */

export type OriginOf = Pick<
  OriginRows[number],
  'client_kind' | 'client_id' | 'host' | 'originator' | 'version' | 'policy_version'
>
type OriginRows = ReturnType<typeof originRows> extends Work<infer Rows> ? Rows : never

/** A start of a conversation, or something of one that has begun. `at` null: no start was received. */
export interface Said {
  readonly origin: number
  readonly conversation: string
  readonly at: number | null
  readonly received_at: number
  readonly approval: string
  readonly sandbox: string
  readonly servers: string
  readonly authMode: string
}

/** Grows with everything that is stored, for who waits for more. */
export function* newestFact(): Work<number> {
  const row = yield* first(q.selectFrom('telemetry_facts').select((e) => e.fn.max('id').as('id')))
  return row?.id ?? 0
}

/** The number of the last fact of so many after that one. */
export function* factsUpTo(after: number, count: number): Work<number> {
  const row = yield* first(
    q
      .selectFrom('telemetry_facts')
      .select('id')
      .where('id', '>', after)
      .orderBy('id')
      .offset(count - 1)
      .limit(1),
  )
  return row?.id ?? Math.max(after, yield* newestFact())
}

type Range = readonly [after: number, upTo: number]

/** Conversations of which there is a fact, with the newest start of each. */
export function* reportedIn([after, upTo]: Range): Work<readonly Said[]> {
  const rows = yield* all(
    q
      .selectFrom(
        q
          .selectFrom('telemetry_facts')
          .where('id', '>', after)
          .where('id', '<=', upTo)
          .groupBy(['origin', 'conversation'])
          .select(['origin', 'conversation'])
          .select((e) => e.fn.max('received_at').as('received_at'))
          .as('f'),
      )
      .innerJoin('telemetry_conversations as c', 'c.id', 'f.conversation')
      .select(['f.origin', 'f.received_at', 'c.conversation', 'c.reported_at as at'])
      .select(['c.approval_policy', 'c.sandbox_policy', 'c.mcp_servers', 'c.reported']),
  )
  return rows.map(({ approval_policy, sandbox_policy, mcp_servers, reported, ...row }) => ({
    ...row,
    approval: approval_policy ?? '',
    sandbox: sandbox_policy ?? '',
    servers: mcp_servers ?? '',
    authMode: textIn(parsed(reported), 'auth_mode'),
  }))
}

/** Every start. */
export function* startsIn([after, upTo]: Range): Work<readonly Said[]> {
  const rows = yield* all(
    q
      .selectFrom('telemetry_facts as f')
      .innerJoin('telemetry_conversations as c', 'c.id', 'f.conversation')
      .where('f.id', '>', after)
      .where('f.id', '<=', upTo)
      .where('f.kind', '=', 'conversation')
      .select(['f.origin', 'f.received_at', 'f.at', 'f.extra', 'c.conversation']),
  )
  return rows.map(({ extra, ...row }) => {
    const said = parsed(extra)
    return {
      ...row,
      approval: textIn(said, 'approval_policy'),
      sandbox: textIn(said, 'sandbox_policy'),
      servers: textIn(said, 'mcp_servers'),
      authMode: textIn(said, 'auth_mode'),
    }
  })
}

const parsed = (json: string | null) => JSON.parse(json ?? '{}') as Record<string, unknown>
function textIn(said: Readonly<Record<string, unknown>>, name: string): string {
  const value = said[name]
  return typeof value === 'string' ? value : ''
}

function* originRows(ids: readonly number[]) {
  return yield* all(
    q
      .selectFrom('telemetry_origins')
      .where('id', 'in', ids)
      .select(['id', 'client_kind', 'client_id', 'host', 'originator', 'version'])
      .select('policy_version'),
  )
}

/** Numbers of one `in (…)`. */
const atOnce = 500

export function* originsOf(ids: readonly number[]): Work<ReadonlyMap<number, OriginOf>> {
  const found = new Map<number, OriginOf>()
  for (let from = 0; from < ids.length; from += atOnce)
    for (const { id, ...row } of yield* originRows(ids.slice(from, from + atOnce)))
      found.set(id, row)
  return found
}
