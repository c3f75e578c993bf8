import { otelBlock } from '../block.ts'
import type { TelemetrySettings } from '../schema.settings.ts'
import type { IngestClaims, IngestTokens } from '../token.ts'
import { wantsToolOutput } from './content.ts'
import type { SettingsView } from './view.ts'

/** A named text of requirements, as the bundle carries it. */
export interface Fragment {
  readonly id: string
  readonly name: string
  readonly contents: string
}

/** What delivery puts behind the policy; null: nothing is collected. */
export interface Fragments {
  /** With the token of this asker. */
  readonly of: (claims: IngestClaims) => Fragment | null
  /** For bundles that are kept for an outage, without a token: clients then report to nobody, the vendor included. */
  readonly silent: () => Fragment | null
  /** To be looked at, the token hidden. */
  readonly shown: () => Fragment | null
}

/** Stands where the token of a client is. */
export const hiddenToken = 'git_…'

export function createFragments(
  publicUrl: string,
  settings: Pick<SettingsView, 'current'>,
  tokens: Pick<IngestTokens, 'make'>,
): Fragments {
  const fragment = (token: () => string | null): Fragment | null => {
    const present = settings.current()
    if (present?.collect !== true) return null
    // The client names `name (id)` as the source of what it is made to do.
    return {
      id: 'gatehouse-telemetry',
      name: 'Telemetry',
      contents: blockOf(publicUrl, present, token()),
    }
  }
  return {
    of: (claims) => fragment(() => tokens.make(claims)),
    silent: () => fragment(() => null),
    shown: () => fragment(() => hiddenToken),
  }
}

/** The block for everybody, around this token. */
export const blockOf = (
  publicUrl: string,
  settings: TelemetrySettings,
  token: string | null,
): string => otelBlock(publicUrl, { ...settings, toolOutput: wantsToolOutput(settings) }, token)
