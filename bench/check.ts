import { performance } from 'node:perf_hooks'
import { parse } from 'smol-toml'
import { z } from 'zod'
import { checkRequirements } from '#requirements/index.ts'
import { median } from './measure.ts'

/**
 * `node bench/run.mjs check`. A policy of 200 keys, checked as the editor does it after every key pressed. The peer is
 * what most tools do: smol-toml, then a zod schema. It knows no positions, no client and no fixes. Both in one process,
 * turn by turn, medians printed.
 */
const policy = `allowed_approval_policies = ["on-request", "never"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached"]
enforce_residency = "us"

[features]
apps = false # not yet
browser_use = false

[experimental_network.domains]
${Array.from({ length: 80 }, (_, n) => `"**.team${n}.example" = "allow"`).join('\n')}

${Array.from({ length: 30 }, (_, n) => `[mcp_servers.docs${n}]\nidentity = { command = "docs-${n}" }\n`).join('\n')}
[rules]
prefix_rules = [
${Array.from({ length: 20 }, (_, n) => `  { pattern = [{ token = "tool${n}" }, { any_of = ["a", "b"] }], decision = "prompt", justification = "Why ${n}." },`).join('\n')}
]
`

const strings = z.array(z.string())
const schema = z.looseObject({
  allowed_approval_policies: z.array(z.enum(['on-request', 'untrusted', 'never'])).optional(),
  allowed_sandbox_modes: z
    .array(z.enum(['read-only', 'workspace-write', 'danger-full-access']))
    .refine((modes) => modes.includes('read-only'))
    .optional(),
  allowed_web_search_modes: strings.optional(),
  enforce_residency: z.literal('us').optional(),
  features: z.record(z.string(), z.boolean()).optional(),
  experimental_network: z
    .looseObject({ domains: z.record(z.string(), z.enum(['allow', 'deny'])).optional() })
    .optional(),
  mcp_servers: z
    .record(z.string(), z.looseObject({ identity: z.looseObject({ command: z.string() }) }))
    .optional(),
  rules: z
    .object({
      prefix_rules: z.array(
        z.object({
          pattern: z.array(z.object({ token: z.string().optional(), any_of: strings.optional() })),
          decision: z.enum(['prompt', 'forbidden']),
          justification: z.string().optional(),
        }),
      ),
    })
    .optional(),
})

const keys = policy.match(/^[^#[\n]*?=|(?<=[{,] )\w+ =/gm)?.length ?? 0
const turns = 300
let sink = 0
function timed(act: () => void): number {
  const from = performance.now()
  act()
  return performance.now() - from
}

const ours: number[] = []
const peer: number[] = []
for (let turn = 0; turn < turns; turn++) {
  // Another text each time, as somebody who types makes it.
  const text = `${policy}# ${turn}\n`
  ours.push(timed(() => (sink += checkRequirements(text).complaints.length)))
  peer.push(timed(() => (sink += schema.safeParse(parse(text)).success ? 1 : 0)))
}
const settled = (all: readonly number[]): number => median(all.slice(turns / 3))
const ms = (value: number): string => `${value.toFixed(2)} ms`
console.log(
  `check: ${keys} keys, ${policy.length} characters, median of ${(turns * 2) / 3}${sink > 0 ? '' : ' (nothing done)'}`,
)
console.log(
  `  Gatehouse ${ms(settled(ours))}   smol-toml and zod ${ms(settled(peer))}   ratio ${(settled(ours) / settled(peer)).toFixed(2)}   wanted < 2 ms`,
)
if (settled(ours) >= 2) process.exitCode = 1
