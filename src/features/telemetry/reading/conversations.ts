import { sql } from 'kysely'
import { all, first, type Work } from '#kernel/work.ts'
import { q, type ConversationRow, type OriginRow, type PersonRow } from '../tables.ts'

/** A conversation with who held it, and where its newest record came from. */
export type ConversationHead = ConversationRow &
  Pick<
    OriginRow,
    | 'client_kind'
    | 'client_id'
    | 'originator'
    | 'version'
    | 'surface'
    | 'group_set'
    | 'policy_version'
  > &
  Pick<PersonRow, 'kind' | 'principal_id'> & {
    readonly client_host: string
    readonly person_host: string
  }

/** Somebody or something that a text may name; the ids of those whose names contain it are found by who knows the names. */
export interface Named {
  readonly text: string
  readonly principals: readonly string[]
}

/** What origins and facts are narrowed by alike. */
export interface OriginFilter {
  /** Id of a member, service account or enrolment. */
  readonly principal?: string | undefined
  /** Id of a client or an enrolment. */
  readonly client?: string | undefined
  readonly group?: string | undefined
  readonly surface?: string | undefined
  /** The name with which the client introduces itself. */
  readonly originator?: string | undefined
}

export interface ConversationFilter extends OriginFilter {
  readonly named?: Named | undefined
  readonly model?: string | undefined
  /** Only with calls that were denied, or with something that failed. */
  readonly outcome?: 'denied' | 'failed' | undefined
  /** Times of the newest record, `until` excluded. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** What belongs to no conversation, of each person, instead of conversations. */
  readonly outside?: boolean | undefined
}

/** The sets of groups that have this one. */
export const setsWithGroup = (group: string) =>
  q.selectFrom('telemetry_group_set_members').select('set_id').where('group_id', '=', group)

function matching(filter: ConversationFilter) {
  let query = q
    .selectFrom('telemetry_conversations as c')
    .innerJoin('telemetry_origins as o', 'o.id', 'c.origin')
    .innerJoin('telemetry_people as p', 'p.id', 'c.person')
    .where('c.conversation', filter.outside === true ? '=' : '<>', '')
  const { principal, client, group, surface, originator, model, outcome, since, until } = filter
  if (principal !== undefined) query = query.where('p.principal_id', '=', principal)
  if (client !== undefined) query = query.where('o.client_id', '=', client)
  if (group !== undefined) query = query.where('o.group_set', 'in', setsWithGroup(group))
  if (surface !== undefined) query = query.where('o.surface', '=', surface)
  if (originator !== undefined) query = query.where('o.originator', '=', originator)
  if (model !== undefined) query = query.where('c.model', '=', model)
  if (outcome === 'denied') query = query.where('c.denied_calls', '>', 0)
  if (outcome === 'failed') query = query.where('c.failures', '>', 0)
  if (since !== undefined) query = query.where('c.last_at', '>=', since)
  if (until !== undefined) query = query.where('c.last_at', '<', until)
  const { named } = filter
  if (named === undefined) return query
  return query.where((e) =>
    e.or([
      e('c.conversation', '=', named.text),
      e(sql`lower(${sql.ref('o.host')})`, '=', named.text.toLowerCase()),
      ...(named.principals.length === 0 ? [] : [e('p.principal_id', 'in', named.principals)]),
    ]),
  )
}

const heads = (query: ReturnType<typeof matching>) =>
  query
    .selectAll('c')
    .select(['o.client_kind', 'o.client_id', 'o.originator', 'o.version', 'o.surface'])
    .select(['o.group_set', 'o.policy_version', 'o.host as client_host'])
    .select(['p.kind', 'p.principal_id', 'p.host as person_host'])

/** The last active first; one row more than `limit` when there are more. `after`: of the last row before, its last_at and id. */
export function* conversationsPage(
  filter: ConversationFilter,
  after: readonly [lastAt: number, id: number] | undefined,
  limit: number,
): Work<readonly ConversationHead[]> {
  let query = matching(filter)
    .orderBy('c.last_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) {
    const [at, id] = after
    query = query.where((e) =>
      e.or([e('c.last_at', '<', at), e.and([e('c.last_at', '=', at), e('c.id', '<', id)])]),
    )
  }
  return yield* all(heads(query))
}

/** How many there are, as far as `most`; undefined: more. */
export function* countConversations(
  filter: ConversationFilter,
  most: number,
): Work<number | undefined> {
  const row = yield* first(
    q
      .selectFrom(
        matching(filter)
          .select('c.id')
          .limit(most + 1)
          .as('found'),
      )
      .select((e) => e.fn.countAll<number>().as('n')),
  )
  const n = row?.n ?? 0
  return n > most ? undefined : n
}

export function* conversationById(id: number): Work<ConversationHead | undefined> {
  return yield* first(
    heads(
      q
        .selectFrom('telemetry_conversations as c')
        .innerJoin('telemetry_origins as o', 'o.id', 'c.origin')
        .innerJoin('telemetry_people as p', 'p.id', 'c.person')
        .where('c.id', '=', id),
    ),
  )
}

/** Ids of the groups in a set. */
export function* groupsOfSet(set: number): Work<readonly string[]> {
  const rows = yield* all(
    q.selectFrom('telemetry_group_set_members').select('group_id').where('set_id', '=', set),
  )
  return rows.map((row) => row.group_id)
}
