import type { Work } from '#kernel/work.ts'
import { commandRulesOf, ruleKey } from '#requirements/index.ts'
import { policyHead } from '../store.ts'
import { newestNumber, publishedVersion, versionOf } from '../store.versions.ts'

/** The rule of a policy that an address in a justification means. */
export interface RuleFound {
  readonly policyId: string
  readonly policyName: string
  /** The newest version that has it. */
  readonly version: number
  /** Whether that version is the one that is served. */
  readonly served: boolean
  /** What it matches: the beginning of a command, with alternatives as `push|commit`. */
  readonly command: string
  readonly decision: 'prompt' | 'prompt-user' | 'forbidden'
  readonly line: number
}

/** A client may hold an older version for an hour, and a person the text for longer. */
const lookedThrough = 10

export function* ruleOf(policyId: string, rule: string): Work<RuleFound | undefined> {
  const policy = yield* policyHead(policyId)
  const published = policy && (yield* publishedVersion(policy.id))
  if (!published) return undefined
  const served = foundIn(policy, published, rule)
  if (served) return { ...served, served: true }
  const newest = yield* newestNumber(policy.id)
  for (let number = newest; number > Math.max(0, newest - lookedThrough); number--) {
    const version = yield* versionOf(policy.id, number)
    const older = version && foundIn(policy, version, rule)
    if (older) return { ...older, served: false }
  }
  return undefined
}

function foundIn(
  policy: { readonly id: string; readonly name: string },
  version: { readonly number: number; readonly text: string },
  rule: string,
): Omit<RuleFound, 'served'> | undefined {
  const found = commandRulesOf(version.text).rules.find((one) => ruleKey(one) === rule)
  if (!found) return undefined
  return {
    policyId: policy.id,
    policyName: policy.name,
    version: version.number,
    command: found.pattern.map((words) => words.join('|')).join(' '),
    decision: found.decision,
    line: found.line,
  }
}
