import { describe, expect, it } from 'vitest'
import { decideCommand } from '#requirements/index.ts'
import { conversation } from './conversation.ts'
import { fleets } from './machines.ts'
import { givenBy } from './policy.ts'
import { createRandom } from './random.ts'

const policy = `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only"]

[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }, { token = "-rf" }], decision = "forbidden", justification = "No." },
  { pattern = [{ token = "git" }], decision = "prompt", justification = "Look." },
]
`
const bundle = (contents: readonly string[]): string =>
  JSON.stringify({
    requirements_toml: { enterprise_managed: contents.map((text) => ({ contents: text })) },
  })
const given = givenBy(bundle([policy, '[otel]\nheaders = "Bearer git_abc.def"\n']))
const machine = fleets['Laptops']?.[1]

const many = (seed: number) => {
  if (!machine) throw new Error('There are no laptops.')
  const random = createRandom(seed)
  const session = { random, machine, version: '0.169.0', given, loose: undefined }
  return Array.from({ length: 60 }, (_, n) =>
    conversation({ ...session, beginsAt: Date.UTC(2026, 0, 1) + n }),
  ).flat()
}

describe('an agent of the demo', () => {
  it('reads of its bundle what it may do, and with what it reports', () => {
    expect(given).toMatchObject({
      token: 'git_abc.def',
      approval: 'on-request',
      sandbox: 'read-only',
      servers: '',
    })
  })

  it('says the same each time', () => {
    expect(many(7)).toEqual(many(7))
    expect(many(7)).not.toEqual(many(8))
  })

  it('runs no command that the policy forbids, and asks where it says so', () => {
    const said = many(7).map(({ attributes }) => attributes)
    const decided = new Map(
      said.flatMap((one) =>
        one['event.name'] === 'codex.tool_decision' ? [[one['call_id'], one] as const] : [],
      ),
    )
    const runs = said.filter((one) => one['tool_name'] === 'exec_command' && 'arguments' in one)
    const seen = new Set<string>()
    for (const run of runs) {
      const { cmd } = JSON.parse(run['arguments'] ?? '') as { cmd: string }
      const { decision } = decideCommand(given.rules, cmd)
      seen.add(decision)
      const made = decided.get(run['call_id'])
      if (decision === 'forbidden') {
        expect(run['success']).toBe('false')
        expect(made).toBeUndefined()
      } else if (decision === 'prompt') expect(made?.['source']).toBe('User')
    }
    expect(seen).toEqual(new Set(['forbidden', 'prompt', 'allow']))
  })
})
