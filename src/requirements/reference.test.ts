import { describe, expect, it } from 'vitest'
import { hoverAt } from './assist/hover.ts'
import { CHECK_CASES } from './check.cases.ts'
import { checkRequirements } from './check.ts'
import { COMPLAINT_CODES } from './complaint.ts'
import { DEFAULTS } from './defaults/schema.ts'
import { keyAt } from './path.ts'
import { complaintReference } from './reference.complaints.ts'
import { reference } from './reference.ts'

describe('the reference', () => {
  const all = reference()

  it('has every key once, under the path by which other parts call it', () => {
    const paths = all.map((key) => key.path)
    expect(paths).toEqual([...new Set(paths)])
    expect(paths.length).toBeGreaterThan(300)
    for (const path of [
      'rules.prefix_rules.decision',
      'mcp_servers.*.identity.url.match',
      'features.*',
    ])
      expect(paths).toContain(path)
    for (const { path } of all.filter((key) => !/["*]/.test(key.path)))
      expect([path, keyAt(path.split('.')).path]).toEqual([path, path])
  })

  it('has every key of the defaults once, too, under the path that the editor links to', () => {
    const keys = reference(DEFAULTS)
    const paths = keys.map((key) => key.path)
    expect(paths).toEqual([...new Set(paths)])
    expect(hoverAt('sandbox_mode = "read-only"', 3, DEFAULTS)?.key).toBe('sandbox_mode')
    expect(paths).toContain('sandbox_mode')
    for (const { path, about } of keys) expect([path, about]).toEqual([path, about.trim()])
  })

  it('says by which form a key of several forms is had', () => {
    const value = all.find((key) => key.path === 'mcp_servers.*.identity.url.value')
    expect(value?.only).toEqual(['match = "exact"', 'match = "prefix"'])
  })

  it('says which tables have the same keys as an earlier one', () => {
    const below = (path: string): readonly string[] =>
      all.filter((key) => key.path.startsWith(`${path}.`)).map((key) => key.path.slice(path.length))
    const like = all.filter((key) => key.like !== undefined)
    expect(like.length).toBeGreaterThan(13)
    for (const key of like) expect(below(key.path)).toEqual(below(key.like ?? ''))
    expect(all.find((key) => key.path === 'hooks.Stop')?.like).toBe('hooks.PreToolUse')
  })

  it('gives examples of the right kind, which lead back to their key', () => {
    const examples = all.flatMap(({ path, example, delivered }) =>
      example === undefined ? [] : [{ path, example, delivered }],
    )
    expect(examples.length).toBeGreaterThan(150)
    const wrong = [
      'syntax',
      'wrong_type',
      'unknown_value',
      'unknown_key',
      'refused_key',
      'empty_list',
    ]
    for (const { path, example } of examples) {
      const said = checkRequirements(example).complaints.map((c) => c.code)
      expect([path, said.filter((code) => wrong.includes(code))]).toEqual([path, []])
      const name = path.split('.').at(-1)?.replaceAll('"', '') ?? ''
      const at = example.lastIndexOf(name === '*' ? 'name' : name)
      expect(hoverAt(example, at)?.key).toBe(path)
    }
  })
})

describe('the reference of complaints', () => {
  it('has every code that the check has a case for, with all that is said with it', () => {
    const all = complaintReference()
    const codes = new Set(['too_large', 'too_complex', ...CHECK_CASES.map((one) => one.code)])
    expect(all.map((one) => one.code)).toEqual(COMPLAINT_CODES.filter((code) => codes.has(code)))
    for (const one of all)
      for (const text of [one.message, one.effect, one.remedy]) expect(text).toMatch(/\S/)
  })
})
