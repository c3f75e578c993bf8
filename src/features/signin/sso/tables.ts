import { queries } from '#kernel/work.ts'
import type { Outcome } from './schema.ts'

export interface ProviderRow {
  id: string
  name: string
  button: string
  issuer: string
  client_id: string
  /** Null: a public client. Sealed for `sso.secret:<id>`. */
  secret_sealed: string | null
  scopes: string
  groups_claim: string | null
  just_in_time: number
  second_factor: 'amr' | 'always'
  is_on: number
  enforced: number
  /** When a whole round trip worked with what the provider is asked with now. */
  proved_at: number | null
  created_at: number
  updated_at: number
  version: number
}

export interface LinkRow {
  id: string
  provider_id: string
  issuer: string
  subject: string
  member_id: string
  email: string | null
  created_at: number
  created_by: string
  last_used_at: number | null
}

/** A browser on its way to a provider. */
export interface AttemptRow {
  id: string
  kind: Outcome['kind']
  provider_id: string
  /** SHA-256 of `state`. */
  state_hash: string
  /** SHA-256 of what the browser's own cookie holds. */
  browser_hash: string
  /** The PKCE verifier and the nonce, sealed for `sso.attempt:<id>`. */
  secrets_sealed: string
  next: string
  /** Who began it, where somebody was signed in. */
  session_id: string | null
  created_at: number
  expires_at: number
  used_at: number | null
  /** JSON of an outcome, once there is one that is shown. */
  outcome: string | null
}

export interface SsoTables {
  sso_providers: ProviderRow
  sso_domains: { domain: string; provider_id: string; stated_by: string; stated_at: number }
  sso_mappings: { provider_id: string; value: string; group_id: string }
  sso_links: LinkRow
  sso_attempts: AttemptRow
  sso_sessions: { session_id: string; provider_id: string }
  /** One row: the rule of the workspace. */
  sso_rule: { id: number; enforced: number }
}

export const q = queries<SsoTables>()
