import type { IngestClaims } from '#features/telemetry/index.ts'
import type { Served } from './answers.ts'
import { withFragment, type Bundle, type Fragment } from './bundle.ts'

/** The lines that make clients report, as the feature that takes the reports in writes them; null: nothing is collected. */
export interface TelemetryFragments {
  readonly of: (claims: IngestClaims) => Fragment | null
  readonly silent: () => Fragment | null
}

/** What goes out to one asker: the bundle of her policy, and the lines that make her client report. */
export function deliver(
  { bundle, versionId }: Served,
  { kind, id, principalId }: Omit<IngestClaims, 'versionId'>,
  telemetry: TelemetryFragments,
): Bundle {
  const fragment = telemetry.of({ kind, id, principalId, versionId })
  return fragment ? withFragment(bundle, fragment) : bundle
}
