import { queries } from '#kernel/work.ts'

export interface DirectoryRow {
  id: string
  name: string
  name_key: string
  provider: 'okta' | 'entra' | 'other'
  /** 1: takes over members and groups that were made by hand, when it sends somebody with their address or name. */
  adopts: number
  created_at: number
  created_by: string
  updated_at: number
  version: number
  disconnected_at: number | null
}

export interface TokenRow {
  id: string
  directory_id: string
  secret_hash: string
  prefix: string
  created_at: number
  created_by: string
  /** Rotation sets it: until then the token before the newest one works too. */
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
}

/** What SCIM says of a member. The folded columns are what filters and sorting look at. */
export interface UserRow {
  member_id: string
  directory_id: string
  user_name: string
  /** Null once it was deleted: the name is free again. */
  user_name_key: string | null
  external_id: string | null
  active: number
  display_key: string | null
  given_key: string | null
  family_key: string | null
  /** The attributes as the provider sent them (user.ts), as JSON. */
  document: string
  created_at: number
  updated_at: number
  version: number
  deleted_at: number | null
}

export interface EmailRow {
  member_id: string
  position: number
  value_key: string
  type_key: string | null
  is_primary: number
}

/** What SCIM says of a group; its name and its members stand where everybody's do. */
export interface GroupRow {
  group_id: string
  directory_id: string
  display_key: string
  external_id: string | null
  created_at: number
  updated_at: number
  version: number
}

export interface LogRow {
  id: string
  directory_id: string
  at: number
  method: string
  /** `Users`, `Groups` or another endpoint. */
  resource: string
  target_id: string | null
  target_label: string
  /** Folded text to search in. */
  search: string
  status: number
  outcome: 'changed' | 'unchanged' | 'read' | 'refused'
  detail: string
  /** JSON; null: nothing changed. */
  before: string | null
  after: string | null
  request_id: string
}

export interface ScimTables {
  scim_directories: DirectoryRow
  scim_tokens: TokenRow
  scim_users: UserRow
  scim_emails: EmailRow
  scim_groups: GroupRow
  scim_log: LogRow
}

export const q = queries<ScimTables>()
