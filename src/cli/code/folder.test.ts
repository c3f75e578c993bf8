import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryFolder } from './code.arbitrary.ts'
import { listFile, readFolder } from './folder.ts'
import { renderFolder } from './render.ts'

const list = `default = "base"

[policies.base]
name = "Base"

[[rules]]
group = "Contractors"
policy = "base"
`
const good = new Map([
  [listFile, list],
  ['policies/base.toml', 'allowed_sandbox_modes = ["read-only"]\n'],
])
const findings = (changes: Readonly<Record<string, string | null>>) => {
  const files = new Map<string, string>(good)
  for (const [path, text] of Object.entries(changes))
    if (text === null) files.delete(path)
    else files.set(path, text)
  return readFolder(files).findings.map(
    ({ file, line, column, severity, code }) => `${file}:${line}:${column} ${severity} ${code}`,
  )
}

describe('a policy folder', () => {
  it('is read as it was written, whatever it says', () => {
    fc.assert(
      fc.property(arbitraryFolder, (folder) => {
        const { folder: read, findings: found } = readFolder(renderFolder(folder))
        expect(found.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(read).toEqual(folder)
      }),
    )
  })

  it('has nothing to be said about when it is good', () => {
    expect(findings({})).toEqual([])
  })

  it('tells what is missing, misspelt or dead at its place', () => {
    expect(findings({ [listFile]: null })).toEqual(['gatehouse.toml:1:1 error missing_file'])
    expect(findings({ 'policies/base.toml': null })).toEqual([
      'gatehouse.toml:3:11 error missing_file',
    ])
    expect(findings({ [listFile]: list.replace('"base"', '"bose"') })).toEqual([
      'gatehouse.toml:1:11 error policy_unknown',
    ])
    expect(
      findings({ [listFile]: `${list}[[rules]]\ngroup = "contractors"\npolicy = "base"\n` }),
    ).toEqual(['gatehouse.toml:10:9 error rule_dead'])
    expect(findings({ [listFile]: list.replace('name', 'nmae') })).toEqual([
      'gatehouse.toml:3:11 error missing_key',
      'gatehouse.toml:4:1 error refused_key',
    ])
    expect(findings({ 'policies/other.toml': '' })).toEqual([
      'policies/other.toml:1:1 warning file_unused',
    ])
  })

  it('judges each policy as the server would', () => {
    expect(
      findings({ 'policies/base.toml': 'allowed_sandbox_modes = ["workspace-write"]\n' }),
    ).toEqual(['policies/base.toml:1:25 error read_only_missing'])
  })

  it('never throws, whatever the files say', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, policy) => {
        readFolder(
          new Map([
            [listFile, text],
            ['policies/a.toml', policy],
          ]),
        )
      }),
    )
  })
})
