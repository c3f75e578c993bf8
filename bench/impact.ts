import { performance } from 'node:perf_hooks'
import { afterAct, documentHash } from '#features/policies/act.ts'
import { changes } from '#features/policies/changeset.ts'
import { effectsOf, sizeOf } from '#features/policies/impact/effects.ts'
import { describeWhole } from '#features/policies/impact/impact.ts'
import { principalsOf } from '#features/policies/impact/principals.ts'
import { readPolicies } from '#features/policies/impact/read.ts'
import { noSettings, readSettings } from '#features/policies/impact/settings.ts'
import type { Snapshot } from '#features/policies/index.ts'
import { createPool } from '#kernel/pool.ts'
import { median } from './measure.ts'
import { groupCount, memberCount, plainly, ruleCount, workspace } from './workspace.ts'

/**
 * `node bench/run.mjs impact`. A draft of the default policy of a workspace of 100,000 members: what the impact page asks
 * for (who changes, grouped by setting, idle rules, unused policies, complaints) and the first page of names, against
 * asking everybody before and after and comparing setting by setting. Both in one process, turn by turn, and their
 * counts are compared.
 */
const rounds = 7

/** 200 settings, as long as policies get. */
const textOf = (policy: number, third: number): string => {
  const servers = Array.from(
    { length: 60 },
    (_, i) => `[mcp_servers.tool_${i}]\nidentity = { command = "tool-${(i % third) + policy}" }\n`,
  )
  const rules = Array.from(
    { length: 40 },
    (_, i) => `  { pattern = [{ token = "cmd${i}" }], decision = "prompt" },`,
  )
  return `allowed_sandbox_modes = ["read-only"]\n[features]\nweb_search = ${policy % 2 === 0}\n[rules]\nprefix_rules = [\n${rules.join('\n')}\n]\n${servers.join('')}`
}

function withTexts(snapshot: Snapshot): Snapshot {
  const policies = [...snapshot.policies.values()].map((policy, i) => {
    const document = { text: textOf(i, 3), defaults: '' }
    return { ...policy, ...document, sha256: documentHash(document) }
  })
  return { ...snapshot, policies: new Map(policies.map((p) => [p.id, p])) }
}

const before = withTexts(workspace())
const policyId = before.defaultPolicyId ?? ''
const act = { kind: 'publish', policyId } as const
const publishes = {
  policyId,
  name: 'Draft',
  text: textOf(1, 4),
  defaults: '',
  number: 2,
  replaces: 1,
}
const pool = createPool()

async function ours() {
  // A fresh picture each time, as in the product: what is prepared per picture is counted in.
  const picture = { ...before }
  const after = afterAct(picture, act, publishes)
  const found = changes(picture, after)
  const effects = effectsOf(found.changes, await readPolicies(pool, found.changes))
  const approval = { needed: false, reviewed: false, emergency: false, proposal: null }
  const assessed = { before: picture, after, changes: found, publishes, effects, approval }
  const shown = await describeWhole(pool, assessed, act)
  const names = principalsOf({ changes: found.changes, effects }, assessed, { act, limit: 50 })
  return { effects, shown, names }
}

/** The peer: everybody is asked twice, and the parsed policies are compared setting by setting. */
function peer(): Map<string, string[]> {
  const after = afterAct(before, act, publishes)
  const read = new Map<string, ReadonlyMap<string, string>>()
  const settings = (snapshot: Snapshot, groupIds: readonly string[]) => {
    const policy = snapshot.policies.get(plainly(snapshot, groupIds) ?? '')
    if (!policy) return new Map<string, string>()
    const known =
      read.get(policy.sha256) ?? (readSettings(policy) ?? noSettings)['requirements.toml']
    read.set(policy.sha256, known)
    return known
  }
  const changed = new Map<string, string[]>()
  for (const { id, email } of before.members.values()) {
    const groups = before.memberGroups.get(id) ?? []
    const [old, now] = [settings(before, groups), settings(after, groups)]
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      if (old.get(key) === now.get(key)) continue
      const what = JSON.stringify([key, old.get(key) ?? null, now.get(key) ?? null])
      const names = changed.get(what)
      if (names) names.push(email)
      else changed.set(what, [email])
    }
  }
  return changed
}

const own: number[] = []
const other: number[] = []
let agreed = true
let summary = ''
for (let round = 0; round < rounds; round++) {
  let from = performance.now()
  const { effects, shown, names } = await ours()
  own.push(performance.now() - from)
  if (round < 3) {
    from = performance.now()
    const expected = peer()
    other.push(performance.now() - from)
    const found = effects.flatMap(({ what, ...rest }, i) =>
      what.kind === 'setting'
        ? [
            [
              JSON.stringify([what.key, what.before, what.after]),
              sizeOf(effects[i] ?? { what, ...rest }),
            ] as const,
          ]
        : [],
    )
    agreed &&=
      found.length === expected.size &&
      found.every(([what, count]) => expected.get(what)?.length === count)
  }
  summary = `${shown.touches} of ${shown.everybody} are touched, ${effects.length} settings change, ${names.length} names`
}
await pool.close()
console.log(`${memberCount} members, ${groupCount} groups, ${ruleCount} rules: ${summary}`)
const [mine, theirs] = [median(own), median(other)]
console.log(
  `impact of a draft, with the names               ${mine.toFixed(0).padStart(6)} ms   peer ${theirs.toFixed(0).padStart(6)} ms   ratio ${(theirs / mine).toFixed(2)}`,
)
console.log(agreed ? 'the counts agree' : 'THE COUNTS DISAGREE')
const good = agreed && mine < 2000
console.log(good ? 'within the stated limit (2 s)' : 'OUTSIDE the stated limit (2 s)')
if (!good) process.exitCode = 1
