import type { Runtime } from '#kernel/runtime.ts'
import type { ScimPorts } from './ports.ts'
import type { Recorder } from './recorder.ts'
import type { Turns } from './turns.ts'

/** What the routes of this feature stand in. */
export interface Setting {
  readonly runtime: Runtime
  readonly ports: ScimPorts
  readonly recorder: Recorder
  readonly turn: Turns
  /** `https://gatehouse.example/scim/v2`. */
  readonly base: string
}
