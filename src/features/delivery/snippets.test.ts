import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { snippetsFor, type Machine } from './snippets.ts'

const machine: Machine = {
  baseUrl: 'https://gatehouse.example/c/gh_enr_x',
  enrolment: { id: 'enr_1', name: 'Laptops' },
  localCa: null,
}
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const evil = fc.record({
  baseUrl: fc.constantFrom(
    'https://g.example/c/k',
    "https://g.example/it's/c/k",
    'https://g/$(x)`y`',
  ),
  enrolment: fc.record({
    id: fc.constant('enr_1'),
    name: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        "'; rm -rf /",
        '$(reboot)',
        '"]\nbase_url = "x"',
        '{{ lookup("x") }}',
        '</string>',
      ),
    ),
  }),
  localCa: fc.constantFrom(null, pem),
})
const snippet = (m: Machine, id: string) => {
  const one = snippetsFor(m).items.find((s) => s.id === id)
  if (!one) throw new Error(`no ${id}`)
  return one
}
const expected = (m: Machine) => ({ config_server: { base_url: m.baseUrl } })

describe('snippets', () => {
  it('are a requirements.toml that names this server and nothing else, whatever the name is', () => {
    fc.assert(
      fc.property(evil, (m) => {
        expect(parseToml(snippet(m, 'requirements').install)).toEqual(expected(m))
      }),
    )
  })

  it('are Ansible tasks whose block is that file', () => {
    fc.assert(
      fc.property(evil, (m) => {
        const tasks = parseYaml(snippet(m, 'ansible').install) as Record<
          string,
          { block: string }
        >[]
        const block = tasks[1]!['ansible.builtin.blockinfile']!.block
        expect(block).not.toMatch(/\{[{%#]/)
        expect(parseToml(block)).toEqual(expected(m))
        parseYaml(snippet(m, 'ansible').remove ?? '')
      }),
    )
  })

  it('are a profile whose preference is that file', () => {
    fc.assert(
      fc.property(evil, (m) => {
        const { install } = snippet(m, 'mdm')
        const base64 = /requirements_toml_base64<\/key>\n<string>([^<]*)</.exec(install)?.[1] ?? ''
        expect(parseToml(Buffer.from(base64, 'base64').toString())).toEqual(expected(m))
        expect(install.match(/<string>/g)?.length).toBe(9)
      }),
    )
  })

  it('give an enrolment the same profile identifiers for every key, so that a rotation replaces it', () => {
    const ids = (m: Machine) => snippet(m, 'mdm').install.match(/PayloadUUID<\/key>\n.*/g)
    expect(ids({ ...machine, baseUrl: 'https://other' })).toEqual(ids(machine))
    expect(ids({ ...machine, enrolment: { id: 'enr_2', name: 'x' } })).not.toEqual(ids(machine))
  })

  it('open no PowerShell string that a name could close', () => {
    fc.assert(
      fc.property(evil, (m) => {
        const { install } = snippet(m, 'intune')
        // The name is only ever in the comment line, which is one literal of the list.
        const line = install.split('\n').find((l) => l.includes('# Gatehouse, enrolment'))
        expect(line).toContain('WriteAllLines')
      }),
    )
  })
})

describe('the shell snippet', () => {
  const run = (script: string, root: string) =>
    execFileSync('/bin/sh', ['-c', script.replaceAll('/etc/', `${root}/etc/`)], { stdio: 'pipe' })
  const fresh = () => mkdtempSync(join(tmpdir(), 'gatehouse-snippet-'))
  const read = (root: string) => readFileSync(join(root, 'etc/codex/requirements.toml'), 'utf8')

  it('sets a bare machine up, again with another key, and takes it off', () => {
    fc.assert(
      fc.property(evil, (m) => {
        const root = fresh()
        const made = snippet(m, 'shell')
        execFileSync('mkdir', ['-p', join(root, 'etc/profile.d')])
        run(made.install, root)
        run(snippet({ ...m, baseUrl: 'https://g/c/new' }, 'shell').install, root)
        expect(parseToml(read(root))).toEqual({ config_server: { base_url: 'https://g/c/new' } })
        expect(existsSync(join(root, 'etc/codex/gatehouse-ca.crt'))).toBe(m.localCa !== null)
        run(made.remove ?? '', root)
        expect(existsSync(join(root, 'etc/codex/requirements.toml'))).toBe(false)
        expect(existsSync(join(root, 'etc/codex/gatehouse-ca.crt'))).toBe(false)
        expect(existsSync(join(root, 'etc/profile.d/gatehouse.sh'))).toBe(false)
      }),
      { numRuns: 15 },
    )
  })

  it('keeps what others wrote into the file, in both directions', () => {
    const root = fresh()
    execFileSync('mkdir', ['-p', join(root, 'etc/codex')])
    const theirs = 'allowed_web_search_modes = ["disabled"]\n'
    writeFileSync(join(root, 'etc/codex/requirements.toml'), theirs)
    run(snippet(machine, 'shell').install, root)
    expect(parseToml(read(root))).toEqual({
      allowed_web_search_modes: ['disabled'],
      ...expected(machine),
    })
    run(snippet(machine, 'shell').remove ?? '', root)
    expect(read(root)).toBe(theirs)
  })

  it('refuses a machine that another configuration server holds, and changes nothing', () => {
    const root = fresh()
    execFileSync('mkdir', ['-p', join(root, 'etc/codex')])
    const theirs = '[config_server]\nbase_url = "https://else.example"\n'
    writeFileSync(join(root, 'etc/codex/requirements.toml'), theirs)
    expect(() => run(snippet(machine, 'shell').install, root)).toThrow(/another configuration/)
    expect(read(root)).toBe(theirs)
  })
})
