import type { AccessRequest, Wanted } from './schema.ts'
import type { RequestRow } from './store.ts'

export const wantedOf = (row: RequestRow): Wanted => JSON.parse(row.wanted) as Wanted

export function requestView(row: RequestRow, now: number): AccessRequest {
  const { granted_kind: kind, granted_id: id, granted_name: name, granted_ends_at: endsAt } = row
  return {
    id: row.id,
    requester: { id: row.member_id, label: row.member },
    wanted: wantedOf(row),
    title: row.title,
    reason: row.reason,
    lasts: row.lasts,
    state: row.state,
    createdAt: row.created_at,
    decided:
      row.decided_at === null
        ? null
        : { at: row.decided_at, by: row.decided_by ?? '', note: row.note },
    granted:
      kind === null || id === null
        ? null
        : { kind, id, name: name ?? id, endsAt, over: endsAt !== null && endsAt <= now },
  }
}
