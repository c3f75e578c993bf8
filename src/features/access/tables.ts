import { queries } from '#kernel/work.ts'
import type { MemberStatus, RoleKey } from './schema.ts'

export interface MemberRow {
  id: string
  email: string
  email_key: string
  name: string
  name_key: string
  search: string
  role: RoleKey
  status: MemberStatus
  source: 'manual' | 'scim'
  created_at: number
  updated_at: number
  last_seen_at: number | null
  version: number
}

export interface GroupRow {
  id: string
  name: string
  name_key: string
  description: string
  search: string
  source: 'manual' | 'scim'
  created_at: number
  updated_at: number
  version: number
}

export interface KeyRow {
  id: string
  name: string
  search: string
  secret_hash: string
  prefix: string
  /** JSON: a list of permission keys, or `["*"]` for every permission there is or will be. */
  scopes: string
  maker_kind: 'member' | 'operator'
  maker_id: string
  maker_label: string
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
  revoked_by: string | null
}

export interface RoleRow {
  id: string
  name: string
  name_key: string
  description: string
  search: string
  /** JSON: a list of permission keys. */
  permissions: string
  created_at: number
  created_by: string
  updated_at: number
  version: number
}

export interface RoleVersionRow {
  role_id: string
  version: number
  name: string
  description: string
  permissions: string
  made_at: number
  made_by: string
}

export interface RoleGrantRow {
  id: string
  role_id: string
  holder_kind: 'group' | 'member'
  holder_id: string
  /** Held until this moment (ms); null: for good. */
  ends_at: number | null
  reason: string
  created_at: number
  created_by: string
  /** The request for access that it answers. */
  request_id: string | null
}

export interface AccessTables {
  members: MemberRow
  groups: GroupRow
  group_members: {
    group_id: string
    member_id: string
    added_at: number
    /** It ends by itself at this time (ms); null: it is for good. */
    ends_at: number | null
    /** The request for access that was granted with it. */
    request_id: string | null
  }
  service_keys: KeyRow
  roles: RoleRow
  role_versions: RoleVersionRow
  role_grants: RoleGrantRow
  access_settings: { id: number; default_role_id: string | null }
}

export const q = queries<AccessTables>()

/** PostgreSQL takes 65,535 parameters in a statement, SQLite 32,766; the widest row of ours has 14. */
export const rowsPerInsert = 1000

export function* chunks<T>(items: readonly T[], size = rowsPerInsert): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size)
}
