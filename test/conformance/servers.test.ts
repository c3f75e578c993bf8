import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decideServer, type McpServer } from '#requirements/index.ts'
import { emptyHome } from './codex.ts'
import { chanceFrom, type Chance } from './composition.pairs.ts'
import { removeManagedRequirements, writeManagedRequirements } from './sandbox.ts'

// Which MCP servers a policy lets run, asked of `codex mcp list`: each case is an entry of the policy and a server of the
// same name in the person's own configuration.

interface Case {
  /** The identity as TOML; undefined: the server is not on the list. */
  readonly identity: string | undefined
  readonly server: Omit<McpServer, 'name'>
  readonly expect?: 'allowed' | 'disabled'
}

const exact = (value: string) => `{ match = "exact", value = ${JSON.stringify(value)} }`
const prefix = (value: string) => `{ match = "prefix", value = ${JSON.stringify(value)} }`
const regex = (value: string) => `{ match = "regex", expression = ${JSON.stringify(value)} }`
const command = (name: string) => `{ command = ${JSON.stringify(name)} }`
const program = (name: string, ...args: readonly string[]) =>
  `{ command = { executable = ${JSON.stringify(name)}, args = [${args.join(', ')}] } }`
const url = (matcher: string) => `{ url = ${matcher} }`

const PICKED: readonly Case[] = [
  { identity: undefined, server: { command: 'docs' }, expect: 'disabled' },
  { identity: undefined, server: { url: 'http://127.0.0.1:1/x' }, expect: 'disabled' },
  { identity: command('docs'), server: { command: 'docs' }, expect: 'allowed' },
  { identity: command('docs'), server: { command: 'docs', args: ['x'] }, expect: 'allowed' },
  { identity: command('docs'), server: { command: '/bin/docs' }, expect: 'disabled' },
  { identity: command('docs'), server: { command: 'Docs' }, expect: 'disabled' },
  { identity: command('docs'), server: { command: ' docs' }, expect: 'disabled' },
  { identity: command('docs'), server: { url: 'http://127.0.0.1:1/x' }, expect: 'disabled' },
  { identity: program('docs'), server: { command: 'docs' }, expect: 'allowed' },
  { identity: program('docs'), server: { command: 'docs', args: ['x'] }, expect: 'disabled' },
  { identity: program('docs', exact('x')), server: { command: 'docs' }, expect: 'disabled' },
  {
    identity: program('docs', prefix('')),
    server: { command: 'docs', args: ['x'] },
    expect: 'allowed',
  },
  {
    identity: program('docs', regex('')),
    server: { command: 'docs', args: ['x'] },
    expect: 'disabled',
  },
  {
    identity: program('docs', regex('')),
    server: { command: 'docs', args: [''] },
    expect: 'allowed',
  },
  {
    identity: url('"http://127.0.0.1:1/x"'),
    server: { url: 'http://127.0.0.1:1/x' },
    expect: 'allowed',
  },
  {
    identity: url('"http://127.0.0.1:1/x"'),
    server: { url: 'http://127.0.0.1:1/x/' },
    expect: 'disabled',
  },
  {
    identity: url('"http://127.0.0.1:1/x"'),
    server: { url: 'HTTP://127.0.0.1:1/x' },
    expect: 'disabled',
  },
  { identity: url('"http://127.0.0.1:1/x"'), server: { command: 'docs' }, expect: 'disabled' },
  {
    identity: url(prefix('http://127.0.0.1:1/')),
    server: { url: 'http://127.0.0.1:1/x' },
    expect: 'allowed',
  },
  {
    identity: url(prefix('http://127.0.0.1:2/')),
    server: { url: 'http://127.0.0.1:1/x' },
    expect: 'disabled',
  },
  {
    identity: url(regex('http://[0-9.]+:1/x')),
    server: { url: 'http://127.0.0.1:1/x' },
    expect: 'allowed',
  },
  // The whole value must match.
  {
    identity: url(regex('http://[0-9.]+')),
    server: { url: 'http://127.0.0.1:1/x' },
    expect: 'disabled',
  },
  {
    identity: '{ command = "docs", url = "http://127.0.0.1:1/x" }',
    server: { command: 'docs' },
    expect: 'allowed',
  },
  {
    identity: '{ command = "docs", url = "http://127.0.0.1:1/x" }',
    server: { url: 'http://127.0.0.1:1/x' },
    expect: 'disabled',
  },
]

const VALUES = ['', 'a', 'ab', 'b', 'A', '--p=1', '--p=12', 'a\nb', 'é', 'a b', '12', 'aa']
const EXPRESSIONS = [
  'a',
  'a|b',
  'a|ab',
  'ab|a',
  '^a$',
  '(?i)a',
  '[0-9]+',
  '\\d+',
  '--p=\\d+',
  '.*',
  '.',
  'a.b',
  '(?s)a.b',
  '\\w+',
  'a*',
  'a*?',
  '(a|b)*',
  '[^a]*',
  'a{2}',
  '\\S+ \\S+',
  '(?m)^b$',
  'é',
  '.\\z',
  '\\Aa',
  '(?x) a b',
  'a+?',
]

/** A program with matchers for its arguments, and a server that mostly fits. */
function generated(chance: Chance): Case {
  const pick = (from: readonly string[]): string => from[Math.floor(chance() * from.length)] ?? ''
  const matcher = () => {
    const kind = chance()
    if (kind < 0.25) return exact(pick(VALUES))
    return kind < 0.5 ? prefix(pick(VALUES)) : regex(pick(EXPRESSIONS))
  }
  const matchers = Array.from({ length: 1 + Math.floor(chance() * 2) }, matcher)
  const count = chance() < 0.1 ? 3 : matchers.length
  return {
    identity: program('docs', ...matchers),
    server: { command: 'docs', args: Array.from({ length: count }, () => pick(VALUES)) },
  }
}

describe('MCP servers', () => {
  it('run or do not as Gatehouse decides', async () => {
    const chance = chanceFrom(169)
    const cases = [...PICKED, ...Array.from({ length: 200 }, () => generated(chance))]
    const policy = cases
      .map(({ identity }, n) =>
        identity === undefined ? '' : `[mcp_servers.s${n}]\nidentity = ${identity}\n`,
      )
      .join('')
    const home = emptyHome({})
    writeFileSync(
      join(home.folder, '.codex', 'config.toml'),
      cases.map(({ server }, n) => configured(`s${n}`, server)).join(''),
    )
    writeManagedRequirements(policy)
    const run = await home.run(['mcp', 'list', '--json'])
    removeManagedRequirements()
    const listed = new Map(
      (JSON.parse(run.stdout) as readonly Listed[]).map((entry) => [entry.name, entry]),
    )
    const differences: unknown[] = []
    const outcomes = { allowed: 0, disabled: 0, unsure: 0, unlimited: 0 }
    for (const [n, { identity, server, expect: wanted }] of cases.entries()) {
      const said = listed.get(`s${n}`)
      const theirs = said?.enabled === true ? 'allowed' : 'disabled'
      const { outcome } = decideServer(policy, { name: `s${n}`, ...server })
      outcomes[outcome] += 1
      if (outcome !== 'unsure' && outcome !== theirs)
        differences.push({ identity, server, theirs, outcome })
      if (wanted !== undefined)
        expect([identity, server, theirs]).toEqual([identity, server, wanted])
      if (theirs === 'disabled') expect(said?.disabled_reason).toContain('requirements')
    }
    expect(differences).toEqual([])
    expect(outcomes.allowed).toBeGreaterThan(20)
    expect(outcomes.unsure).toBeLessThan(cases.length / 10)
  })
})

interface Listed {
  readonly name: string
  readonly enabled: boolean
  readonly disabled_reason: string | null
}

const configured = (name: string, { command: run, args, url: at }: Case['server']): string =>
  `[mcp_servers.${name}]\n` +
  (run === undefined ? `url = ${JSON.stringify(at)}\n` : `command = ${JSON.stringify(run)}\n`) +
  (args === undefined ? '' : `args = ${JSON.stringify(args)}\n`)
