import type { Runtime } from '#kernel/runtime.ts'
import type { AccessPorts } from './ports.ts'

/** What the routes of this feature stand in. */
export interface Setting {
  readonly runtime: Runtime
  readonly ports: AccessPorts
}
