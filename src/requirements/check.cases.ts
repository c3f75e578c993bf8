import { TEXT_CASES } from './cases/text.ts'
import { KEY_CASES } from './cases/keys.ts'
import { LIMIT_CASES } from './cases/limits.ts'
import { RULE_CASES } from './cases/rules.ts'
import { NETWORK_CASES } from './cases/network.ts'
import { PROFILE_CASES } from './cases/profiles.ts'
import { SERVER_CASES } from './cases/servers.ts'
import { FOUND_CASES } from './cases/found.ts'
import { PROVIDER_CASES } from './cases/providers.ts'
import { REGEX_CASES } from './cases/regex.ts'
import { HOOK_CASES } from './cases/hooks.ts'
import { SURFACE_CASES } from './cases/surfaces.ts'
import type { CheckCase } from './cases/case.ts'

/** Every case, for the unit tests and for the suite that asks the real client. */
export const CHECK_CASES: readonly CheckCase[] = [
  ...TEXT_CASES,
  ...KEY_CASES,
  ...LIMIT_CASES,
  ...RULE_CASES,
  ...NETWORK_CASES,
  ...PROFILE_CASES,
  ...SERVER_CASES,
  ...REGEX_CASES,
  ...HOOK_CASES,
  ...SURFACE_CASES,
  ...PROVIDER_CASES,
  ...FOUND_CASES,
]

export type { CheckCase }
