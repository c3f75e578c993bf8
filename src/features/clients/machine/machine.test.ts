import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formsFor } from './forms.ts'
import { keysFor, warningsFor } from './keys.ts'
import {
  machineQuery,
  machineRoutes,
  mcpStores,
  methods,
  stores,
  systems,
  type MachineChoice,
} from './schema.ts'

const publicUrl = 'https://gatehouse.acme.example'
const choices: fc.Arbitrary<MachineChoice> = fc.record({
  route: fc.constantFrom(...machineRoutes),
  system: fc.constantFrom(...systems),
  methods: fc.constantFrom(...methods),
  workspace: fc.oneof(fc.constant(''), fc.string({ maxLength: 20 })),
  signOut: fc.constantFrom('yes' as const, 'no' as const),
  store: fc.constantFrom(...stores),
  mcpStore: fc.constantFrom(...mcpStores),
})
const choose = (some: Partial<MachineChoice>): MachineChoice => ({
  ...machineQuery.parse({}),
  ...some,
})
const linesIn = (choice: MachineChoice, file: string) =>
  keysFor(choice, publicUrl)
    .filter((key) => key.file === file)
    .map(({ key, value }) => `${key} = ${value}`)
    .join('\n')

describe('the keys of a machine', () => {
  it('are TOML whatever was typed, each of them once', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        for (const file of ['requirements.toml', 'managed_config.toml'])
          expect(() => parse(linesIn(choice, file))).not.toThrow()
        const keys = keysFor(choice, publicUrl).map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })

  it('bind a workspace in both files, and say that API keys belong to none', () => {
    const choice = choose({ workspace: 'ws-1' })
    expect(parse(linesIn(choice, 'requirements.toml'))).toMatchObject({
      allowed_chatgpt_workspaces: ['ws-1'],
      config_server: { oauth: { client_id: 'gatehouse-codex' } },
    })
    expect(parse(linesIn(choice, 'managed_config.toml'))).toEqual({
      forced_chatgpt_workspace_id: 'ws-1',
    })
    expect(warningsFor(choice).join()).toContain('belongs to no workspace')
  })

  it('say on the workspace route that it can be left', () => {
    expect(warningsFor(choose({ route: 'workspace' })).join()).toContain('without any policy')
  })
})

describe('the shell form', () => {
  let place: string
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'machine-'))
  })
  afterEach(() => rmSync(place, { recursive: true }))

  const forms = (choice: MachineChoice) => {
    const shell = formsFor(keysFor(choice, publicUrl), choice).find(({ id }) => id === 'shell')
    const here = (script: string) => script.replaceAll('/etc/codex', place)
    return { install: here(shell?.install ?? ''), remove: here(shell?.remove ?? '') }
  }
  const run = (script: string) => execFileSync('/bin/sh', ['-c', script], { stdio: 'pipe' })
  const read = (file: string) => readFileSync(join(place, file), 'utf8')

  it('puts its keys above the tables that stand there, twice like once, and takes them out again', () => {
    const before = '[rules]\nprefix_rules = []\n'
    writeFileSync(join(place, 'requirements.toml'), before)
    const { install, remove } = forms(choose({ methods: 'chatgpt', signOut: 'yes' }))
    run(install)
    const once = read('requirements.toml')
    run(install)
    expect(read('requirements.toml')).toBe(once)
    expect(parse(once)).toMatchObject({
      allowed_login_methods: ['chatgpt'],
      config_server: { base_url: `${publicUrl}/member` },
      rules: { prefix_rules: [] },
    })
    expect(parse(read('managed_config.toml'))).toEqual({ forced_login_method: 'chatgpt' })
    run(remove)
    expect(read('requirements.toml')).toBe(before)
    expect(() => read('managed_config.toml')).toThrow('ENOENT')
  })

  it('takes away what is not wanted any more', () => {
    run(forms(choose({ methods: 'chatgpt', signOut: 'yes' })).install)
    run(forms(choose({ methods: 'chatgpt' })).install)
    expect(() => read('managed_config.toml')).toThrow('ENOENT')
  })

  it.each([
    '[config_server]\nbase_url = "https://other.example"\n',
    'config_server.base_url = "https://other.example"\n',
    'allowed_login_methods=["api"]\n',
  ])('stops where a key stands there already, and changes nothing: %s', (before) => {
    writeFileSync(join(place, 'requirements.toml'), before)
    expect(() => run(forms(choose({ methods: 'chatgpt' })).install)).toThrow(/already/)
    expect(read('requirements.toml')).toBe(before)
  })
})
