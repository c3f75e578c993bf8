import { describe, expect, it } from 'vitest'
import type { Path, Plain } from '../tree.ts'
import { removeValue, renameKey, setValue, type Edited } from './edit.ts'

const textOf = (edited: Edited): string => ('text' in edited ? edited.text : edited.problem)

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`

describe('setting', () => {
  const cases: readonly (readonly [string, string, Path, Plain, string])[] = [
    ['the first key of an empty text', '', ['allow_appshots'], false, 'allow_appshots = false\n'],
    [
      'a key below a comment',
      '# ours',
      ['allow_appshots'],
      false,
      '# ours\n\nallow_appshots = false\n',
    ],
    [
      'a key in the order of the schema, before the first header',
      lines(
        'allowed_approval_policies = ["never"]',
        'log_dir = "/x"',
        '',
        '[features]',
        'goals = true',
      ),
      ['allowed_sandbox_modes'],
      ['read-only'],
      lines(
        'allowed_approval_policies = ["never"]',
        'allowed_sandbox_modes = ["read-only"]',
        'log_dir = "/x"',
        '',
        '[features]',
        'goals = true',
      ),
    ],
    [
      'a key whose table is not there',
      lines('allow_appshots = true', '', '# telemetry', '[otel]', 'environment = "x"'),
      ['experimental_network', 'domains', '*.example.com'],
      'allow',
      lines(
        'allow_appshots = true',
        '',
        '[experimental_network.domains]',
        '"*.example.com" = "allow"',
        '',
        '# telemetry',
        '[otel]',
        'environment = "x"',
      ),
    ],
    [
      'a key of a table that only its own tables imply',
      lines('[experimental_network.domains]', '"a.com" = "allow"'),
      ['experimental_network', 'enabled'],
      true,
      lines(
        '[experimental_network]',
        'enabled = true',
        '',
        '[experimental_network.domains]',
        '"a.com" = "allow"',
      ),
    ],
    [
      'a key beside a dotted one',
      lines('windows.require_mxc = true # why', 'log_dir = "/x"'),
      ['windows', 'allow_mxc'],
      true,
      lines('windows.require_mxc = true # why', 'windows.allow_mxc = true', 'log_dir = "/x"'),
    ],
    [
      'a key in braces',
      'features = { goals = true } # pinned\n',
      ['features', 'apps'],
      false,
      'features = { goals = true, apps = false } # pinned\n',
    ],
    [
      'a rule where there is none',
      '',
      ['rules', 'prefix_rules'],
      [{ pattern: [{ token: 'rm' }], decision: 'forbidden' }],
      lines(
        '[rules]',
        'prefix_rules = [',
        '  { pattern = [{ token = "rm" }], decision = "forbidden" },',
        ']',
      ),
    ],
    [
      'a rule behind the last, whose comment stays with it',
      lines('[rules]', 'prefix_rules = [', '  { a = 1 } # first', ']'),
      ['rules', 'prefix_rules', 1],
      { b: 2 },
      lines('[rules]', 'prefix_rules = [', '  { a = 1 }, # first', '  { b = 2 }', ']'),
    ],
    [
      'a block behind the blocks',
      lines('[[remote_sandbox_config]]', 'hostname_patterns = ["a"]', '', '[features]'),
      ['remote_sandbox_config', 1],
      { hostname_patterns: ['b'] },
      lines(
        '[[remote_sandbox_config]]',
        'hostname_patterns = ["a"]',
        '',
        '[[remote_sandbox_config]]',
        'hostname_patterns = ["b"]',
        '',
        '[features]',
      ),
    ],
    [
      'a server',
      lines('[mcp_servers.a]', 'identity = { command = "a" }'),
      ['mcp_servers', 'b'],
      { identity: { url: 'https://b' } },
      lines(
        '[mcp_servers.a]',
        'identity = { command = "a" }',
        '',
        '[mcp_servers.b]',
        'identity = { url = "https://b" }',
      ),
    ],
    [
      'one item of a list with comments',
      lines('deny = [', "  'a', # one", '  "b", # two', ']'),
      ['deny'],
      ['a', 'c', 'd'],
      lines('deny = [', "  'a', # one", '  "c", # two', '  "d",', ']'),
    ],
    [
      'a text in the quotes it had',
      "log_dir = 'C:\\logs'\n",
      ['log_dir'],
      'D:\\logs',
      "log_dir = 'D:\\logs'\n",
    ],
    [
      'a text of several lines',
      '',
      ['guardian_policy_config'],
      'Say "no".\nAlways.',
      lines('guardian_policy_config = """', 'Say "no".', 'Always."""'),
    ],
    [
      'a value among CRLF, behind a byte order mark',
      '\uFEFFallow_appshots = true\r\n\r\n[otel]\r\n',
      ['features', 'goals'],
      true,
      '\uFEFFallow_appshots = true\r\n\r\n[features]\r\ngoals = true\r\n\r\n[otel]\r\n',
    ],
  ]
  it.each(cases)('%s', (_name, text, path, value, wanted) => {
    expect(textOf(setValue(text, path, value))).toBe(wanted)
  })

  it('says why it cannot', () => {
    expect(textOf(setValue('a = ', ['b'], 1))).toMatch(/correct it in the text first/)
    expect(textOf(setValue('a = 1', ['a', 'b'], 1))).toMatch(/something else stands in its way/)
    expect(textOf(setValue('a = [1]', ['a', 3], 1))).toMatch(/something else stands in its way/)
    // Half of a surrogate pair is not text.
    expect(textOf(setValue('', ['a'], '\ud800'))).toMatch(/cannot be edited by the form/)
  })
})

describe('removing', () => {
  const cases: readonly (readonly [string, string, Path, string])[] = [
    ['a line with its comment', '# of a\na = 1 # why\nb = 2\n', ['a'], '# of a\nb = 2\n'],
    ['an item between others', 'a = ["x", "y", "z"]\n', ['a', 1], 'a = ["x", "z"]\n'],
    ['the last item', 'a = ["x", "y"]\n', ['a', 1], 'a = ["x"]\n'],
    ['the last of items with a comma at the end', 'a = ["x", "y",]\n', ['a', 1], 'a = ["x",]\n'],
    [
      'an item with a line of its own',
      'a = [\n  1, # one\n  2, # two\n]\n',
      ['a', 1],
      'a = [\n  1, # one\n]\n',
    ],
    ['the last pair in braces', 'a = { b = 1, c = 2 }\n', ['a', 'c'], 'a = { b = 1 }\n'],
    [
      'a table that is left empty and means nothing then',
      'log_dir = "/x"\n\n[windows]\nallow_mxc = true\n\n[features]\n',
      ['windows', 'allow_mxc'],
      'log_dir = "/x"\n\n[features]\n',
    ],
    [
      'but not its comments',
      '[windows]\n# ask Kim\nallow_mxc = true # since May\n',
      ['windows', 'allow_mxc'],
      '[windows]\n# ask Kim\n',
    ],
    [
      'and not an empty map, which means something',
      '[mcp_servers.docs]\nidentity = { command = "a" }\n',
      ['mcp_servers', 'docs'],
      '[mcp_servers]\n',
    ],
    [
      'a block with the tables below it',
      '[[a]]\nx = 1\n[a.b]\ny = 1\n\n[[a]]\nx = 2\n',
      ['a', 0],
      '[[a]]\nx = 2\n',
    ],
    ['what is not there', 'a = 1', ['b'], 'a = 1'],
  ]
  it.each(cases)('%s', (_name, text, path, wanted) => {
    expect(textOf(removeValue(text, path))).toBe(wanted)
  })
})

describe('renaming', () => {
  it('reaches every place where the name is written', () => {
    const text = lines(
      '[mcp_servers.a]',
      '[mcp_servers.a.identity]',
      'command = "a" # a',
      '[apps.a]',
    )
    expect(textOf(renameKey(text, ['mcp_servers', 'a'], 'b c'))).toBe(
      lines('[mcp_servers."b c"]', '[mcp_servers."b c".identity]', 'command = "a" # a', '[apps.a]'),
    )
    expect(textOf(renameKey('a.b.c = 1\na.b.d = 2\n', ['a', 'b'], 'e'))).toBe(
      'a.e.c = 1\na.e.d = 2\n',
    )
  })

  it('does not overwrite', () => {
    expect(textOf(renameKey('a = 1\nb = 2\n', ['a'], 'b'))).toBe('b is there already.')
    expect(textOf(renameKey('a = 1\n', ['c'], 'b'))).toBe('There is no c.')
  })
})
