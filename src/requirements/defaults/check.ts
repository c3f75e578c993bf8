import { checkAgainst, checkFeatures, checkRequirements, type Checked } from '../check.ts'
import { POLICY } from '../schema.ts'
import { keyOf } from '../shape.ts'
import type { PlainTable } from '../tree.ts'
import type { Dialect } from '../report.ts'
import { checkAgainstRequirements } from './against.ts'
import { checkKeymap } from './keymap.ts'
import { checkDefaultProfiles, checkDefaultProvider } from './names.ts'
import { DEFAULTS } from './schema.ts'
import { checkServerTransports } from './servers.ts'
import { checkValues } from './values.ts'

/** Both texts of a policy. `defaults` is empty where the policy has none. */
export interface PolicyTexts {
  readonly text: string
  readonly defaults: string
}

export interface CheckedPolicy {
  readonly requirements: Checked
  readonly defaults: Checked
}

/**
 * Judges an overridable config.toml as the client 0.169 would take it when it is delivered to somebody whose own
 * configuration is empty: the client judges what all layers are together, so a person's own value may hide a mistake.
 * As pure and bounded as `checkRequirements`.
 * @param requirements what the same policy demands: it defines providers and profiles, and wins where both speak.
 */
export function checkDefaults(text: string, requirements: PlainTable = {}): Checked {
  return checkAgainst(
    text,
    DEFAULTS,
    [
      checkValues,
      checkServerTransports,
      checkKeymap,
      checkFeatures,
      checkDefaultProvider(requirements),
      checkDefaultProfiles(requirements),
      checkAgainstRequirements(requirements),
    ],
    DIALECT,
  )
}

/** Judges both texts of a policy. */
export function checkPolicy({ text, defaults }: PolicyTexts): CheckedPolicy {
  const requirements = checkRequirements(text)
  return { requirements, defaults: checkDefaults(defaults, requirements.document) }
}

const DIALECT: Dialect = {
  ignored:
    'Codex 0.169 ignores it without a word, and refuses to start where people use --strict-config.',
  misplaced: (key) =>
    keyOf(POLICY, key) &&
    'It is a key of the requirements: move it there, or take it out. People can override everything here.',
}
