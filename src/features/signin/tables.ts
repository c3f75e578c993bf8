import { queries } from '#kernel/work.ts'
import type { LinkKind, SessionMethod } from './schema.ts'

export interface SessionRow {
  id: string
  member_id: string
  secret_hash: string
  created_at: number
  last_seen_at: number
  authenticated_at: number
  ip: string
  user_agent: string
  method: SessionMethod
  /** 1: besides the first factor a second one was given, or what she signed in with is both. */
  second_factor: number
  /** 1: a half session. It opens nothing until a second factor is given or, where she has none, enrolled. */
  owes: number
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

export interface PasskeyRow {
  id: string
  member_id: string
  /** base64url, as the browser names it. */
  credential_id: string
  /** COSE key, base64url. */
  public_key: string
  sign_count: number
  /** JSON: a list of texts. */
  transports: string
  synced: number
  name: string
  created_at: number
  last_used_at: number | null
  /** It was used with a counter that had run before: two devices hold it. It opens nothing any more. */
  cloned_at: number | null
}

export interface ChallengeRow {
  /** SHA-256 of the challenge. */
  hash: string
  purpose: 'sign_in' | 'second_factor' | 'confirm' | 'enrol'
  /** Id of the session, or the SHA-256 of the cookie of a browser in which nobody is signed in. */
  bound_to: string
  expires_at: number
}

export interface TotpRow {
  member_id: string
  sealed: string
  created_at: number
  /** Null until a first code has shown that the app has the secret. */
  confirmed_at: number | null
  /** The newest time step whose code was accepted (RFC 6238, section 5.2). */
  last_step: number
  last_used_at: number | null
  /** Wrong codes since the last right one. */
  failures: number
}

export interface RecoveryCodeRow {
  hash: string
  member_id: string
  created_at: number
  used_at: number | null
}

export interface SigninTables {
  credentials: { member_id: string; password_hash: string; changed_at: number }
  sessions: SessionRow
  one_time_links: LinkRow
  passkeys: PasskeyRow
  passkey_challenges: ChallengeRow
  totp_secrets: TotpRow
  recovery_codes: RecoveryCodeRow
  /** One row. */
  signin_settings: { id: string; second_factor_required: number; changed_at: number | null }
}

export const q = queries<SigninTables>()
