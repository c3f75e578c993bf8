import type { AnalyticsEvent } from '#features/telemetry/index.ts'
import type { Bearers } from '#features/clients/index.ts'
import type { Directory, SeenFetch } from '#features/policies/index.ts'
import type { Db } from '#kernel/db.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { OutageStore } from './outage.ts'
import type { CredentialUsed, Recorder } from './recorder.ts'
import type { ClientServe } from './serve.clients.ts'
import type { Serve } from './serve.ts'
import type { Source } from './source.ts'
import type { TelemetryFragments } from './telemetry.ts'
import type { View } from './view.ts'

/** Acts of this feature that change what somebody gets, as the feature that resolves policies knows them. */
export type TouchingAct =
  | { readonly kind: 'enrolment'; readonly enrolmentId: string; readonly groupId: string | null }
  | { readonly kind: 'remove_enrolment'; readonly enrolmentId: string }

export interface DeliveryPorts {
  readonly directory: Directory
  /** The access tokens of signed-in clients. */
  readonly bearers: Bearers
  readonly changeSets: {
    /** As in features/policies: called before the act; throws `preview_outdated` for another hash, or `approval_required`. */
    readonly touch: (
      act: TouchingAct,
      expectedHash: string | undefined,
      by: Call,
    ) => Work<{ readonly touches: number }>
  }
  readonly groupById: (
    id: string,
  ) => Work<{ readonly id: string; readonly name: string } | undefined>
  readonly telemetry: TelemetryFragments & { readonly onChange: (heard: () => void) => void }
  /** Takes what a client reports about itself; resolves when it is stored. */
  readonly events: (
    client: { readonly id: string; readonly principalId: string },
    events: readonly AnalyticsEvent[],
  ) => Promise<void>
  /** Told of each answer whose asker is known. */
  readonly seen?: (fetch: SeenFetch) => void
  /** Told within seconds whose keys and tokens were used from where. */
  readonly used?: (use: CredentialUsed) => void
  /** The data folder. */
  readonly dataDir: string
  /** How long bundles are served without a database (ms). */
  readonly outageMaxAge: number
  /** The certificate (PEM) of the local authority, where the server's certificate comes from it. */
  readonly localCa: () => string | null
}

/** What the routes of this feature work with. */
export interface DeliveryParts extends DeliveryPorts {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly publicUrl: string
  readonly view: View
  readonly recorder: Recorder
  readonly outage: OutageStore
  readonly serve: Serve
  readonly serveClient: ClientServe
  readonly source: () => Source | undefined
  /** Null: not known in an outage that outlasted a restart. */
  readonly emailOf: (memberId: string) => string | null
}
