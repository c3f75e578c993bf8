import { queries } from '#kernel/work.ts'
import type { LinkKind } from './schema.ts'

export interface SessionRow {
  id: string
  member_id: string
  secret_hash: string
  created_at: number
  last_seen_at: number
  authenticated_at: number
  ip: string
  user_agent: string
}

export interface LinkRow {
  id: string
  kind: LinkKind
  secret_hash: string
  member_id: string | null
  created_at: number
  created_by: string
  expires_at: number
  used_at: number | null
}

export interface SigninTables {
  credentials: { member_id: string; password_hash: string; changed_at: number }
  sessions: SessionRow
  one_time_links: LinkRow
}

export const q = queries<SigninTables>()
