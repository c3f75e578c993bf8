import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdown } from './document.ts'
import {
  catalogue,
  decisionKind,
  faultsOf,
  fieldsOf,
  inWords,
  type DecisionKind,
  type DecisionValue,
  type Field,
} from './schema.catalogue.ts'
import { decisionValue, type Decision } from './schema.ts'

const kindOf = (key: string): DecisionKind => {
  const kind = decisionKind(key)
  if (!kind) throw new Error(key)
  return kind
}
const internet = kindOf('agent_internet')
const limited = { use: 'on', preset: 'common', domains: ['packages.acme.example'], methods: 'read' }

const valueFor = (field: Field): fc.Arbitrary<DecisionValue[string]> => {
  switch (field.kind) {
    case 'choice':
      return fc.constantFrom(...field.options.map(({ value }) => value))
    case 'lines':
      return fc.array(fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/), { maxLength: 3 })
    case 'days':
      return fc.option(fc.integer({ min: 1, max: 36_500 }))
  }
}
/** Every value that a person can fill in: fields are asked one after the other, as far as their condition is met. */
const values = (kind: DecisionKind): fc.Arbitrary<DecisionValue> =>
  fc
    .record(Object.fromEntries(kind.fields.map((field) => [field.key, valueFor(field)])))
    .map((whole) =>
      Object.fromEntries(fieldsOf(kind, whole).map(({ key }) => [key, whole[key] ?? null])),
    )

describe('the catalogue of decisions', () => {
  it('has a key, a field and a place for each', () => {
    expect(new Set(catalogue.map(({ key }) => key)).size).toBe(catalogue.length)
    for (const { key, fields, where } of catalogue) {
      expect(key).toMatch(/^[a-z_]+$/)
      expect(fields.length).toBeGreaterThan(0)
      expect(where).not.toBe('')
      const conditions = fields.flatMap(({ when }) => (when ? [when.key] : []))
      for (const asked of conditions) expect(fields.map((field) => field.key)).toContain(asked)
    }
  })

  it.each(catalogue)('takes what its own form can fill in: $key', (kind) => {
    fc.assert(
      fc.property(values(kind), (value) => {
        expect(faultsOf(kind, value)).toEqual([])
        expect(decisionValue.safeParse(value).success).toBe(true)
        expect(inWords(kind, value)).toHaveLength(Object.keys(value).length)
      }),
    )
  })

  it('takes nothing that does not count', () => {
    expect(faultsOf(internet, limited)).toEqual([])
    expect(faultsOf(internet, { ...limited, use: 'off' }).map(({ field }) => field)).toEqual([
      'value.preset',
      'value.domains',
      'value.methods',
    ])
    expect(faultsOf(internet, { use: 'sometimes' }).map(({ field }) => field)).toEqual([
      'value.use',
    ])
    expect(faultsOf(internet, { ...limited, domains: 'a.example' })).toHaveLength(1)
    expect(faultsOf(internet, { ...limited, preset: undefined as never })).toHaveLength(1)
  })

  it('says a value in the words of the form', () => {
    expect(inWords(internet, limited)).toEqual([
      'Decision: Internet, within limits',
      'Domains: Common dependencies, and those below',
      'Additional domains: packages.acme.example',
      'HTTP methods: GET, HEAD and OPTIONS only',
    ])
    expect(inWords(kindOf('vendor_access_tokens'), { use: 'on', maxDays: 30 })).toContain(
      'Longest lifetime: 30 days',
    )
  })
})

describe('the document', () => {
  const cloud = kindOf('cloud')
  const made = { workspace: 'Acme', at: Date.UTC(2026, 0, 5) }
  const decided: Decision = {
    ...cloud,
    enforced: false,
    overdue: true,
    current: {
      number: 2,
      value: { use: 'on' },
      words: ['Decision: Used'],
      owner: { id: 'mem_1', label: 'ada@acme.example', active: false },
      reason: 'See *the* report\n# and <b>this</b>',
      reviewAt: Date.UTC(2026, 0, 1),
      at: Date.UTC(2025, 6, 1),
      by: 'ann@acme.example',
    },
  }

  it('says of each what was decided, and that nothing is enforced', () => {
    const text = markdown([decided, { ...decided, name: 'Other', current: null }], made)
    expect(text).toContain('Gatehouse records this and cannot enforce it.')
    expect(text).toContain('- Owner: ada@acme.example (no active member any more)')
    expect(text).toContain('- Review by: 2026-01-01 (overdue)')
    expect(text).toContain('## Other\n\nWhere:')
    expect(text).toContain('- Not decided.')
  })

  it('keeps what people typed as text', () => {
    expect(markdown([decided], made)).toContain(
      String.raw`- Reason: See \*the\* report \# and \<b\>this\</b\>`,
    )
  })
})
