import type { Directory } from '#features/policies/index.ts'
import type { Db } from '#kernel/db.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Work } from '#kernel/work.ts'
import type { OutageStore } from './outage.ts'
import type { Recorder } from './recorder.ts'
import type { Serve, Source } from './serve.ts'
import type { View } from './view.ts'

/** Acts of this feature that change what somebody gets, as the feature that resolves policies knows them. */
export type TouchingAct =
  | { readonly kind: 'enrolment'; readonly enrolmentId: string; readonly groupId: string | null }
  | { readonly kind: 'remove_enrolment'; readonly enrolmentId: string }

export interface DeliveryPorts {
  readonly directory: Directory
  readonly changeSets: {
    /** As in features/policies: called before the act, throws `preview_outdated` for another hash. */
    readonly touch: (act: TouchingAct, expectedHash?: string) => Work<{ readonly touches: number }>
  }
  readonly groupById: (
    id: string,
  ) => Work<{ readonly id: string; readonly name: string } | undefined>
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
  readonly source: () => Source | undefined
  /** Makes what was just written known to this process, so that the next fetch is answered from it. */
  readonly settle: () => Promise<void>
}
