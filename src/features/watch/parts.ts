import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { WatchEvent } from './event.ts'

/** What `wiring.ts` gives to watching: settings of the server, and what features beside it do. */
export interface WatchPorts {
  /** Called in the transaction that makes something known; enqueues what tells people. */
  readonly announce: (event: WatchEvent) => Work<void>
  /** Published policies, for keys that documentation adds. */
  readonly publishedPolicies: () => Work<readonly PublishedPolicy[]>
  /** host:port entries of the configuration. Those of the workspace stand in the database. */
  readonly fixedExceptions: readonly string[]
  /** A Chromium to render with; undefined: rendering is not available. */
  readonly chromium: string | undefined
  /** For the User-Agent. */
  readonly version: string
}

export interface PublishedPolicy {
  readonly id: string
  readonly name: string
  readonly text: string
}

/** What every room of watching is given. */
export interface WatchParts extends WatchPorts {
  readonly runtime: Runtime
}
