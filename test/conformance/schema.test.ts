import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FEATURES, POLICY, REMOVED_FEATURES, type Shape } from '#requirements/index.ts'
import { codexBinary, sandboxFolder } from './sandbox.ts'
import { featuresOf, readBackSchema, unlike } from './schema.ts'

// A new version of the client shows here what it brings: everything that its own JSON schema says of requirements stands
// in our table, or below with the reason why not, and the other way round.

const NETWORK = 'experimental_network'

/** What only one side has, and why. */
const ONLY_IN_CLIENT = [
  // Printed beside the rules that it is made of, or under a name of its own.
  'featureRequirements', // `features`
  'network', // `experimental_network`, compared below
  'allowedWindowsSandboxImplementations', // `windows.allowed_sandbox_implementations`, compared below
  // Said by the program, not by a policy: `mxc` comes from `windows.require_mxc`, which a policy may set.
  'allowedWindowsSandboxImplementations=mxc',
]

const ONLY_IN_TABLE = [
  // In force without being printed.
  'allowed_chatgpt_workspaces',
  'apps',
  'config_server',
  'experimental_network',
  'features',
  'guardian_extra_policy',
  'guardian_policy_config',
  'marketplaces',
  'mcp_servers',
  'permissions',
  'plugins',
  'remote_sandbox_config',
  'rules',
  'unsafe_enforce_sqlite_journal_mode',
  'windows',
  'experimental_network.header_injections',
  // Read as another value, and printed as that.
  'allowed_approval_policies=on-failure',
  'allowed_sandbox_modes=external-sandbox',
]

function keyOf(shape: Shape | undefined, name: string): Shape | undefined {
  return shape?.kind === 'table' ? shape.keys.find((key) => key.name === name)?.shape : undefined
}

const schema = readBackSchema(codexBinary(), mkdtempSync(join(sandboxFolder(), 'schema-')))

describe('the table of keys and the JSON schema of the client', () => {
  it('know the same keys and values', () => {
    const windows = keyOf(POLICY, 'windows')
    const implementations = keyOf(windows, 'allowed_sandbox_implementations')
    const found = [
      ...unlike(schema, 'ConfigRequirements', POLICY, ''),
      ...unlike(schema, 'NetworkRequirements', keyOf(POLICY, NETWORK), NETWORK),
      ...unlike(
        schema,
        'WindowsSandboxImplementation',
        implementations?.kind === 'list' ? implementations.of : undefined,
        'allowedWindowsSandboxImplementations',
      ),
    ]
    const inClient = found.filter(({ side }) => side === 'client').map(({ path }) => path)
    const inTable = found.filter(({ side }) => side === 'table').map(({ path }) => path)
    expect(inClient.sort()).toEqual([...ONLY_IN_CLIENT].sort())
    expect(inTable.sort()).toEqual([...ONLY_IN_TABLE].sort())
  })

  it('know the same features', () => {
    const theirs = featuresOf(codexBinary(), mkdtempSync(join(sandboxFolder(), 'features-')))
    // `codex_hooks` is an old name that the client reads and does not list.
    const ours = [...FEATURES, ...REMOVED_FEATURES].filter((name) => name !== 'codex_hooks')
    expect(ours.sort()).toEqual([...theirs.keys()].sort())
    const removed = [...theirs].filter(([, stage]) => stage === 'removed').map(([name]) => name)
    expect([...REMOVED_FEATURES].sort()).toEqual(removed.sort())
  })
})
