import type { Aside } from '#kernel/aside.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { SettingsPorts } from './settings/index.ts'
import type { Sender } from './take.ts'
import type { IngestClaims } from './token.ts'

/** What telemetry needs from features that it may not import; wired in wiring.ts. */
export interface TelemetryPorts extends SettingsPorts {
  /** Who the claims are now; undefined when the client or enrolment is gone, ended or suspended. */
  readonly live: (claims: IngestClaims) => Promise<Sender | undefined>
  /** The policy version that the sender's groups give it now; '' for none. */
  readonly versionNow: (sender: Sender) => string
  /** requirements.toml of a published version; null when there is no such version. */
  readonly policyText: (versionId: string) => Promise<string | null>
  /** What else is known of a principal by what it reported is removed with that. */
  readonly forgotten: (principalId: string) => Work<void>
  /** Resolves when what was reported until now stands in the compliance log, where legal holds keep it. */
  readonly logged: () => Promise<void>
}

/** What the rooms of telemetry share. */
export interface TelemetryParts extends TelemetryPorts {
  readonly runtime: Runtime
  /** Its own, so that no import holds up what comes in. */
  readonly aside: Aside
}
