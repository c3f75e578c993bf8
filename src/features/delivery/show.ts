import { keyStateAt } from './keys.ts'
import type * as schema from './schema.ts'
import { baseUrlFor } from './snippets.ts'
import type { EnrolmentRow, KeyRow } from './store.ts'
import type { FetchRow, FetchSummary } from './store.fetches.ts'

/** Names of groups as this process knows them; the id where one is not known yet. */
export type GroupName = (id: string) => string | undefined

/** Rows in the form of the API. */
export function showEnrolment(
  row: EnrolmentRow,
  summary: FetchSummary,
  groupName: GroupName,
): schema.Enrolment {
  const group = row.group_id
  return {
    id: row.id,
    name: row.name,
    group: group === null ? null : { id: group, name: groupName(group) ?? group },
    state: row.revoked_at === null ? 'active' : 'revoked',
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by,
    lastFetchedAt: summary.lastFetchedAt,
    fetchesToday: summary.fetchesToday,
    addresses24h: summary.addresses24h,
  }
}

export function showDetail(
  enrolment: schema.Enrolment,
  keys: readonly KeyRow[],
  lastUse: ReadonlyMap<string, number>,
  publicUrl: string,
  now: number,
): schema.EnrolmentDetail {
  return {
    ...enrolment,
    baseUrl: baseUrlFor(publicUrl),
    keys: keys.map((key) => ({
      id: key.id,
      prefix: key.prefix,
      state: keyStateAt(key, now),
      createdAt: key.created_at,
      createdBy: key.created_by,
      endsAt: key.ends_at,
      endedAt: key.ended_at,
      lastFetchedAt: lastUse.get(key.id) ?? null,
    })),
  }
}

export const showFetch = (
  row: FetchRow,
  prefixOf: ReadonlyMap<string, string>,
): schema.FetchRecord => ({
  id: row.id,
  day: row.day,
  keyId: row.key_id,
  keyPrefix: prefixOf.get(row.key_id) ?? row.key_id,
  status: row.status,
  served: row.served === '' ? null : row.served,
  policyId: row.policy_id === '' ? null : row.policy_id,
  versionId: row.version_id === '' ? null : row.version_id,
  count: row.count,
  firstAt: row.first_at,
  lastAt: row.last_at,
})
