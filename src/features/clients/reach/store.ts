import { sql } from 'kysely'
import { membersNamed } from '#features/access/index.ts'
import type { Surface } from '#features/workspace/index.ts'
import { contains } from '#kernel/like.ts'
import { all, first, type Work } from '#kernel/work.ts'
import { clientCache } from '../lifetimes.ts'
import { q } from '../tables.ts'
import { effectOf } from './effect.ts'
import type { ReachState } from './schema.ts'

export interface ReachFilter {
  readonly surface: Pick<Surface, 'key' | 'on' | 'changedAt'>
  readonly now: number
  readonly state?: ReachState | undefined
  readonly text?: string | undefined
}

/** The clients that a surface is about and that have not ended, with what they last asked. */
function concerned({ surface, text: typed }: ReachFilter) {
  const text = typed?.trim().toLowerCase() ?? ''
  let query = q
    .selectFrom('clients as c')
    .leftJoin('client_uses as u', 'u.client_id', 'c.id')
    .leftJoin('client_access_tokens as t', 't.id', 'c.id')
    .leftJoin('service_accounts as s', 's.id', 'c.account_id')
    .where('c.ended_at', 'is', null)
  switch (surface.key) {
    case 'codex_local':
      break
    case 'access_tokens':
      query = query.where('c.flow', '=', 'access_token')
      break
    case 'device_code':
      query = query.where('c.flow', '=', 'device')
      break
    case 'workspace_sign_in':
      query = query.where('c.route', '=', 'workspace').where('c.flow', '!=', 'access_token')
      break
    case 'config_server_sign_in':
      query = query.where('c.route', '=', 'config_server')
      break
    case 'role_administration':
      query = query.where(sql<boolean>`1 = 0`)
  }
  if (text === '') return query
  return query.where((e) =>
    e.or([
      e('c.member_id', 'in', membersNamed(text)),
      contains(sql`lower(${sql.ref('t.name')})`, text),
      contains(sql.ref('s.name_key'), text),
    ]),
  )
}

/** Whether it was given the answer of after the change. One that is cut off from the database may still serve the former. */
const confirmed = ({ surface: { on, changedAt } }: ReachFilter) => {
  const asked = sql<boolean>`u.last_at is not null and u.last_at >= ${changedAt ?? 0}`
  return on ? sql<boolean>`(${asked})` : sql<boolean>`(${asked} and u.last_status = 403)`
}
/** It holds a bundle that it may start with. */
const holds = ({ now }: ReachFilter) =>
  sql<boolean>`(u.last_at is not null and u.last_status in (200, 304) and u.last_at > ${now - clientCache})`

function inState(filter: ReachFilter) {
  const query = concerned(filter)
  switch (filter.state) {
    case undefined:
      return query
    case 'confirmed':
      return query.where(confirmed(filter))
    case 'pending':
      return query.where(sql<boolean>`not ${confirmed(filter)}`).where(holds(filter))
    case 'silent':
      return query
        .where(sql<boolean>`not ${confirmed(filter)}`)
        .where(sql<boolean>`not ${holds(filter)}`)
  }
}

export interface ReachRow {
  readonly id: string
  readonly member_id: string | null
  readonly account: string | null
  readonly token: string | null
  readonly oauth_client: string
  readonly user_agent: string
  readonly last_at: number | null
  readonly state: ReachState
}

/** In the order of their ids, which is that of their making; one row more than `limit` when there are more. */
export function* reachPage(
  filter: ReachFilter,
  after: string | undefined,
  limit: number,
): Work<readonly ReachRow[]> {
  let query = inState(filter)
    .select([
      'c.id',
      'c.member_id',
      's.name as account',
      't.name as token',
      'c.oauth_client',
      sql<string>`coalesce(nullif(u.user_agent, ''), c.created_agent)`.as('user_agent'),
      'u.last_at',
      sql<ReachState>`case when ${confirmed(filter)} then 'confirmed' when ${holds(filter)} then 'pending' else 'silent' end`.as(
        'state',
      ),
    ])
    .orderBy('c.id')
    .limit(limit + 1)
  if (after !== undefined) query = query.where('c.id', '>', after)
  return yield* all(query)
}

export function* countReach(filter: ReachFilter): Work<number> {
  const row = yield* first(inState(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

/** The newest answer that a pending client holds (ms). */
export function* newestHeld(filter: ReachFilter): Work<number | null> {
  const row = yield* first(
    inState({ ...filter, state: 'pending' }).select((e) => e.fn.max('u.last_at').as('at')),
  )
  return row?.at ?? null
}

/** Nothing is confirmed of a change that clients do not hear of. */
export const tellsClients = (filter: ReachFilter): boolean =>
  effectOf(filter.surface.key) === 'next_start' && filter.surface.changedAt !== null
