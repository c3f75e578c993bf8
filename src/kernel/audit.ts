import { sql } from 'kysely'
import { contains, startsWith } from './like.ts'
import { all, first, queries, run, type Work } from './work.ts'
import type { Migration } from './migrate.ts'

/** Who acted: a member in a session, a service key, the operator at the machine, or Gatehouse itself. */
export interface AuditActor {
  readonly kind: string
  readonly id: string
  /** A name a person can read: the e-mail address or the key's name at that time. */
  readonly label: string
}

/** Gatehouse itself: what nobody asked for. */
export const gatehouse: AuditActor = { kind: 'system', id: 'system', label: 'Gatehouse' }

export interface AuditEntry {
  /** Who acted, where the request could not know it beforehand: the person who signs in is nobody until then. */
  readonly actor?: AuditActor
  readonly target: { readonly kind: string; readonly id: string; readonly label: string }
  /** What was there before and what is there now: small, readable, and never a secret. */
  readonly before?: unknown
  readonly after?: unknown
  /** How many principals get another effective policy by this act, for change sets. */
  readonly touches?: number
}

export interface AuditRecord extends AuditEntry {
  readonly id: string
  readonly at: number
  readonly actor: AuditActor
  readonly action: string
  readonly requestId: string | null
  readonly ip: string | null
}

export interface AuditTables {
  audit_records: {
    id: string
    at: number
    actor_kind: string
    actor_id: string
    actor_label: string
    action: string
    target_kind: string
    target_id: string
    target_label: string
    touches: number | null
    detail: string
    request_id: string | null
    ip: string | null
  }
  /** Records that are not linked into a chain yet. */
  audit_waiting: { id: string }
}

const q = queries<AuditTables>()

/**
 * Appends in the transaction of the act itself. No act changes or removes a record; what the erasure of a person leaves of hers
 * still says when, what kind of act, and where in the chain. To link it with those before it
 * would make every act wait for every other one; so it only waits to be linked.
 */
export function* appendAudit(record: AuditRecord): Work<void> {
  yield* run(
    q.insertInto('audit_records').values({
      id: record.id,
      at: record.at,
      actor_kind: record.actor.kind,
      actor_id: record.actor.id,
      actor_label: record.actor.label,
      action: record.action,
      target_kind: record.target.kind,
      target_id: record.target.id,
      target_label: record.target.label,
      touches: record.touches ?? null,
      detail: JSON.stringify({ before: record.before, after: record.after }),
      request_id: record.requestId,
      ip: record.ip,
    }),
  )
  yield* run(q.insertInto('audit_waiting').values({ id: record.id }))
}

export interface AuditFilter {
  readonly id?: string
  readonly action?: string
  readonly actorId?: string
  readonly targetId?: string
  /** Contained in the actor's or target's label or in the action. */
  readonly search?: string
  readonly since?: number
  readonly until?: number
  /** Records older than this id: the cursor of paging, newest first. */
  readonly before?: string
  readonly limit: number
}

/** Newest first. */
export function* auditRecords(filter: AuditFilter): Work<readonly AuditRecord[]> {
  let query = matching(filter).selectAll().orderBy('id', 'desc').limit(filter.limit)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  const rows = yield* all(query)
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, label: row.actor_label },
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id, label: row.target_label },
    ...(row.touches === null ? {} : { touches: row.touches }),
    ...(JSON.parse(row.detail) as { before?: unknown; after?: unknown }),
    requestId: row.request_id,
    ip: row.ip,
  }))
}

/** How many records the filter lets through, whatever its page. */
export function* countAuditRecords(filter: Omit<AuditFilter, 'limit' | 'before'>): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

function matching(filter: Omit<AuditFilter, 'limit' | 'before'>) {
  let query = q.selectFrom('audit_records')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.action !== undefined) query = query.where(startsWith(sql.ref('action'), filter.action))
  if (filter.actorId !== undefined) query = query.where('actor_id', '=', filter.actorId)
  if (filter.targetId !== undefined) query = query.where('target_id', '=', filter.targetId)
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('at', '<', filter.until)
  const { search } = filter
  if (search === undefined || search === '') return query
  const text = search.toLowerCase()
  return query.where((e) =>
    e.or(
      (['actor_label', 'target_label', 'action'] as const).map((column) =>
        contains(e.fn('lower', [column]), text),
      ),
    ),
  )
}

export const auditMigrations: readonly Migration[] = [
  {
    name: 'kernel-001-audit',
    *up() {
      yield* run(
        q.schema
          .createTable('audit_records')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('at', 'bigint', (c) => c.notNull())
          .addColumn('actor_kind', 'text', (c) => c.notNull())
          .addColumn('actor_id', 'text', (c) => c.notNull())
          .addColumn('actor_label', 'text', (c) => c.notNull())
          .addColumn('action', 'text', (c) => c.notNull())
          .addColumn('target_kind', 'text', (c) => c.notNull())
          .addColumn('target_id', 'text', (c) => c.notNull())
          .addColumn('target_label', 'text', (c) => c.notNull())
          .addColumn('touches', 'bigint')
          .addColumn('detail', 'text', (c) => c.notNull())
          .addColumn('request_id', 'text')
          .addColumn('ip', 'text'),
      )
      yield* run(
        q.schema.createIndex('audit_by_target').on('audit_records').columns(['target_id', 'id']),
      )
      yield* run(
        q.schema.createIndex('audit_by_actor').on('audit_records').columns(['actor_id', 'id']),
      )
    },
  },
  {
    name: 'kernel-004-audit-waiting',
    *up() {
      yield* run(
        q.schema.createTable('audit_waiting').addColumn('id', 'text', (c) => c.primaryKey()),
      )
      // What was there before is linked too, and vouched for from then on.
      yield* run(
        q
          .insertInto('audit_waiting')
          .columns(['id'])
          .expression(q.selectFrom('audit_records').select('id')),
      )
    },
  },
]
