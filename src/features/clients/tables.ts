import { queries } from '#kernel/work.ts'
import type { EndReason, Flow, Route } from './schema.ts'

/** One signed-in client: a family of refresh tokens; or one access token that somebody made, which is all it has. */
export interface ClientRow {
  id: string
  /** Null: it is an access token of a service account. */
  member_id: string | null
  account_id: string | null
  route: Route
  flow: Flow
  oauth_client: string
  scope: string
  resource: string | null
  created_at: number
  /** The client's own address and program, as it asked; what the browser said stands in the request it came from. */
  created_ip: string
  created_agent: string
  ended_at: number | null
  /** The member or key that ended it, by label; empty when nobody did. */
  ended_by: string
  end_reason: EndReason | null
}

export interface TokenRow {
  id: string
  client_id: string
  kind: 'access' | 'refresh'
  /** SHA-256 of the whole token, hex; of a JWT as well: it is looked up, never only verified. */
  hash: string
  created_at: number
  expires_at: number
  /** Of a refresh token: when it was exchanged for the next one. */
  used_at: number | null
  /** Of a used refresh token: the sealed answer it was exchanged for, until that is used or a minute is over. */
  successor: string | null
  /** Of a used refresh token: the refresh token it was exchanged for. */
  successor_id: string | null
  /** `client_sequence` at the last change of the row or of its client: what a process has not yet seen is above its own number. */
  seq: number
}

/** A browser that was sent to us with good parameters; decided by the member once. */
export interface AuthorizationRow {
  id: string
  oauth_client: string
  flow: Flow
  redirect_uri: string
  state: string | null
  code_challenge: string
  scope: string
  resource: string | null
  nonce: string | null
  ip: string
  user_agent: string
  created_at: number
  expires_at: number
  decided_at: number | null
}

/** Why a whole and right code is not exchanged; `withdrawn`: she agreed, but it was ended before anybody took it up. */
export type RefusalReason =
  'denied' | 'withdrawn' | 'surface_off' | 'member_suspended' | 'no_permission_for_codex'

export interface CodeRow {
  id: string
  hash: string
  oauth_client: string
  flow: Flow
  member_id: string
  redirect_uri: string
  code_challenge: string
  scope: string
  resource: string | null
  nonce: string | null
  /** The person signed in to the pages then: the `auth_time` of an id token. */
  authenticated_at: number
  /** The exchange is refused with this text (a denial reaches the person at the terminal only there). */
  refusal: string | null
  refusal_reason: RefusalReason | null
  /** When an exchange was refused for such a reason for the first time: that is recorded once. */
  refused_at: number | null
  created_at: number
  expires_at: number
  used_at: number | null
  /** What it was exchanged for: ended when the code comes a second time (RFC 6749, section 4.1.2). */
  client_id: string | null
}

/** A device code, RFC 8628 in the shape the client speaks. */
export interface DeviceRow {
  id: string
  hash: string
  /** As typed, without the hyphen, upper case; unique while it lives. */
  user_code: string
  oauth_client: string
  ip: string
  user_agent: string
  created_at: number
  expires_at: number
  decided_at: number | null
  /** `withdrawn`: approved, and ended before the client took it up. */
  decision: 'approved' | 'denied' | 'withdrawn' | null
  member_id: string | null
  authenticated_at: number | null
  /** The code that the last poll was given; another poll replaces it as long as it is not exchanged. */
  code_id: string | null
}

export interface SigningKeyRow {
  kid: string
  public_jwk: string
  /** Sealed private JWK; the context is `clients.signing-key:<kid>`. */
  sealed: string
  created_at: number
  /** Signs from then on; published before. */
  signs_from: number
}

/** What a client did with its access tokens, in one row. */
export interface UseRow {
  client_id: string
  first_at: number
  last_at: number
  fetches: number
  last_status: number
  /** Of the last policy that was served; empty strings when none was. */
  version_id: string
  policy_id: string
  served: string
  served_at: number | null
  ip: string
  user_agent: string
}

/** Analytics events of clients, counted; part of what telemetry will read. */
export interface EventCountRow {
  client_id: string
  /** Midnight UTC (ms). */
  day: number
  event_type: string
  count: number
}

/** What a person knows her access token by; the token itself is the one of its client, which has the same id. */
export interface AccessTokenRow {
  id: string
  name: string
  purpose: string
  /** The part that may be shown again. */
  prefix: string
  /** Null: it does not end by itself. */
  expires_at: number | null
  /** The member or key that made it, by label. */
  made_by: string
  /** The token that it is to take the place of. */
  replaces: string | null
  /** For how many days before its end a mail was sent: 7, then 1; null: for none yet. */
  warned: number | null
}

/** Stands for no person: its access tokens take the policy of its groups. */
export interface AccountRow {
  id: string
  name: string
  name_key: string
  purpose: string
  /** Who answers for it: told before a token ends. */
  owner_kind: 'member' | 'group'
  owner_id: string
  status: 'active' | 'suspended'
  created_at: number
  created_by: string
  version: number
  deleted_at: number | null
}

export interface AccountGroupRow {
  account_id: string
  group_id: string
}

export interface ClientTables {
  clients: ClientRow
  client_tokens: TokenRow
  client_authorizations: AuthorizationRow
  client_codes: CodeRow
  client_devices: DeviceRow
  client_signing_keys: SigningKeyRow
  client_uses: UseRow
  client_events: EventCountRow
  client_access_tokens: AccessTokenRow
  service_accounts: AccountRow
  service_account_groups: AccountGroupRow
  client_sequence: { single: number; seq: number }
}

export const q = queries<ClientTables>()
