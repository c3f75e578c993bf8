import { describe, expect, it } from 'vitest'
import { CLIENT_VERSION, reference } from '#requirements/index.ts'
import { complaintReference } from '#requirements/reference.complaints.ts'
import { requirementsSchema } from '../../schema.reference.ts'
import { filtered, sectionsOf, toldOnce } from './sections.ts'

const whole = requirementsSchema.parse({
  clientVersion: CLIENT_VERSION,
  keys: reference(),
  complaints: complaintReference(),
})

describe('the filter of the reference', () => {
  it('finds keys by name, by value and by what they are for', () => {
    const paths = (q: string): readonly string[] => filtered(whole, q).keys.map((key) => key.path)
    expect(paths('prefix_rules any_of')).toEqual(['rules.prefix_rules.pattern.any_of'])
    expect(paths('danger-full-access')).toContain('allowed_sandbox_modes')
    expect(paths('FEATURE_REQUIREMENTS')).toContain('features')
    expect(paths('')).toHaveLength(whole.keys.length)
    expect(paths('nothing has this')).toEqual([])
  })

  it('finds complaints by their code', () => {
    const codes = filtered(whole, 'read_only_missing').complaints.map((one) => one.code)
    expect(codes).toEqual(['read_only_missing'])
  })
})

describe('the sections', () => {
  it('have every key in the order of the table, each section once', () => {
    const sections = sectionsOf(whole.keys)
    expect(sections.flatMap((section) => section.keys)).toEqual(whole.keys)
    expect(new Set(sections.map((section) => section.name)).size).toBe(sections.length)
  })
})

describe('telling once', () => {
  it('leaves out what an earlier table has as well, and nothing else', () => {
    const paths = toldOnce(whole.keys).map((key) => key.path)
    expect(paths).toContain('hooks.PreToolUse.matcher')
    expect(paths).toContain('hooks.Stop')
    expect(paths).not.toContain('hooks.Stop.matcher')
    expect(paths).toContain('rules.prefix_rules.decision')
  })
})
