import type { Provisioning } from '#features/access/index.ts'

/** What SCIM needs from others, wired in wiring.ts. */
export interface ScimPorts {
  readonly provisioning: Provisioning
  /** Fetches of policies see what was just committed; until then clients would be answered from the former picture. */
  readonly settle: () => Promise<void>
}
