import type { TelemetryTables } from '#features/telemetry/index.ts'
import { queries } from '#kernel/work.ts'
import type { CheckKey, WayIn } from './judge.ts'
import type { ClientState, DriftClient, Finding } from './schema.ts'

/** A client that reports: a signed-in one, or a machine (by its name) of an enrolment. Made anew from telemetry and fetches. */
export interface ClientRow {
  readonly id: string
  readonly kind: DriftClient['kind']
  readonly ref_id: string
  /** Of a signed-in client the last one it named; of an enrolment part of what the row is. */
  readonly host: string
  /** Equal for what is one row: kind, id, and the host of an enrolment. Unique. */
  readonly client_key: string
  readonly principal_kind: DriftClient['principal']['kind']
  readonly principal_id: string
  readonly label: string
  /** Lower case: label, host, program and version. */
  readonly search: string
  readonly state: ClientState
  readonly open: number
  readonly active_at: number
  readonly served: string
  readonly version_id: string
  readonly served_at: number | null
  readonly last_fetch_at: number | null
  readonly program: string
  readonly version: string
  /** `Check[]` of judge.ts as JSON. */
  readonly checks: string
  readonly judged_at: number
  /** When it was first active too long after its last fetch; null: it was not, since. */
  readonly late_at: number | null
}

/** What a client reports that it runs with: one row for each combination of its last day of activity. */
export interface ReportRow {
  readonly client_key: string
  /** Of everything that makes up the combination. */
  readonly digest: string
  /** The last conversation that began so: its id, and when by the client's clock. */
  readonly conversation: string
  readonly at: number
  /** When anything of such a conversation was last received. */
  readonly received_at: number
  /** The policy version that came with the token; empty: none. */
  readonly held_version: string
  readonly host: string
  readonly version: string
  readonly approval: string
  readonly sandbox: string
  readonly servers: string
  readonly auth_mode: string
}

/** A version that a signed-in client was found to be served, each time it was looked at; empty id: no policy. */
export interface ServedRow {
  readonly client_id: string
  readonly first_at: number
  readonly version_id: string
  readonly name: string
  readonly last_at: number
}

export interface FindingRow {
  readonly id: string
  readonly client_id: string
  readonly client: string
  readonly principal_id: string
  readonly key: CheckKey
  /** Equal for what is one disagreement that goes on (`signOf`). One that is open is unique. */
  readonly sign: string
  readonly allowed: string
  readonly reported: string
  /** Ids as JSON. */
  readonly versions: string
  readonly search: string
  readonly since: number
  readonly opened_at: number
  readonly seen_at: number
  readonly closed_at: number | null
  readonly closed_because: Finding['closedBecause']
  readonly acknowledged_at: number | null
  readonly acknowledged_by: string | null
  readonly acknowledged_reason: string | null
  /** When people were told of it, or it was decided not to; null: it waits for the next message. */
  readonly told_at: number | null
}

export interface SettingsRow {
  readonly single: number
  readonly revision: number
  readonly version_floor: string | null
  readonly sign_in: WayIn | null
  readonly webhook_id: string | null
  /** Addresses as JSON. */
  readonly mail_to: string
  readonly changed_at: number | null
  readonly changed_by: string | null
}

export interface DriftTables {
  drift_clients: ClientRow
  drift_findings: FindingRow
  drift_settings: SettingsRow
  drift_reports: ReportRow
  drift_served: ServedRow
  /** One row: the number of the last fact that was judged, and when people were last told. */
  drift_progress: { readonly fact: number; readonly told_at: number }
}

export const q = queries<DriftTables & TelemetryTables>()
