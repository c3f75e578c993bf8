import { describe, expect, it } from 'vitest'
import { changedKeys, checkRequirements, summarise } from './index.ts'

const documentOf = (toml: string) => {
  const { document } = checkRequirements(toml)
  if (document === undefined) throw new Error('not TOML')
  return document
}

describe('summarise', () => {
  it('takes tables apart, keeps lists whole, and shows empty tables', () => {
    const toml =
      'allowed_sandbox_modes = ["read-only"]\nmcp_servers = {}\n[features]\napps = false\n' +
      '[permissions."my profile".filesystem]\n"/a" = "read"\n' +
      '[[remote_sandbox_config]]\nhostname_patterns = ["a"]\nallowed_sandbox_modes = ["read-only"]\n'
    expect(summarise(documentOf(toml)).map((l) => `${l.key} = ${l.value}`)).toEqual([
      'allowed_sandbox_modes = ["read-only"]',
      'features.apps = false',
      'mcp_servers = {}',
      'permissions."my profile".filesystem."/a" = "read"',
      'remote_sandbox_config = [{ hostname_patterns = ["a"], allowed_sandbox_modes = ["read-only"] }]',
    ])
  })

  it('does not depend on the order of the text', () => {
    const other = documentOf('[b]\nc = 2\n[a]\nx = 1\n')
    expect(summarise(documentOf('a.x = 1\nb.c = 2\n'))).toEqual(summarise(other))
  })
})

describe('changedKeys', () => {
  it('names what is new, gone and different', () => {
    const before = documentOf('allow_appshots = true\nallow_login_shell = true\nlog_dir = "/a"\n')
    const after = documentOf(
      'allow_appshots = true\nallow_login_shell = false\nsqlite_home = "/b"\n',
    )
    expect(changedKeys(before, after)).toEqual([
      { key: 'allow_login_shell', before: 'true', after: 'false' },
      { key: 'log_dir', before: '"/a"' },
      { key: 'sqlite_home', after: '"/b"' },
    ])
  })

  it('takes nothing for an empty policy', () => {
    expect(changedKeys(undefined, documentOf('a = 1\n'))).toEqual([{ key: 'a', after: '1' }])
    expect(changedKeys(documentOf('a = 1\n'), undefined)).toEqual([{ key: 'a', before: '1' }])
  })
})
