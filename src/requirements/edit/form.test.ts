import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRequirements } from '../check.ts'
import { POLICY } from '../schema.ts'
import type { Key } from '../shape.ts'
import { writePath } from '../tree.ts'
import { removeValue, setValue } from './edit.ts'
import { blankOf, readForm, type Field } from './form.ts'
import { same } from './plain.ts'
import { fits, policyValue, writeAtRandom } from './random.document.ts'

function fieldsOf(text: string): readonly Field[] {
  const form = readForm(text)
  if ('unreadable' in form) throw new Error(form.unreadable.message)
  const flat = (fields: readonly Field[]): readonly Field[] =>
    fields.flatMap((field) => [field, ...flat(field.fields)])
  return flat(form.fields)
}

const byPath = (fields: readonly Field[]): ReadonlyMap<string, Field> =>
  new Map(fields.map((field) => [writePath(field.path), field]))

function found(text: string, path: string): Field {
  const field = byPath(fieldsOf(text)).get(path)
  if (field === undefined) throw new Error(`no ${path}`)
  return field
}

describe('the form', () => {
  it('has every key of the table that has a place in an empty policy', () => {
    const fields = byPath(fieldsOf(''))
    const walk = (keys: readonly Key[], prefix: readonly string[]): void => {
      for (const key of keys) {
        const path = [...prefix, key.name]
        expect(fields.get(writePath(path))?.key).toBe(key)
        if (key.shape.kind === 'table' && key.delivered !== 'refused') walk(key.shape.keys, path)
      }
    }
    walk(POLICY.keys, [])
    expect(fields.size).toBeGreaterThan(110)
  })

  it('leaves to the text what nobody can know the form of, and what must not be there', () => {
    const left = fieldsOf('').filter((field) => field.control === 'text-only')
    for (const field of left) {
      expect(field.because).toMatch(/\.$/)
      expect(field.key?.delivered === 'refused' || field.shape.kind === 'anything').toBe(true)
    }
    // Telling them by number shows when a change of the table takes a key out of the form.
    expect(left.map((field) => writePath(field.path))).toHaveLength(14)
  })

  it('tells the controls apart', () => {
    const text = [
      'allowed_approval_policies = ["never", { granular = { rules = true } }]',
      'allowed_sandbox_modes = ["read-only"]',
      'allow_appshots = "yes"',
      'log_dir = 1979-05-27',
      'hostnames = 1',
      '[features]',
      'goals = true',
      '[mcp_servers.docs.identity.url]',
      'match = "prefix"',
      'value = "https://"',
    ].join('\n')
    const control = (path: string): string => found(text, path).control
    expect(control('allowed_approval_policies')).toBe('items')
    expect(control('allowed_approval_policies[0]')).toBe('choice')
    expect(control('allowed_approval_policies[1]')).toBe('variant')
    expect(control('allowed_approval_policies[1].granular.rules')).toBe('switch')
    expect(control('allowed_sandbox_modes')).toBe('choices')
    expect(control('features')).toBe('map')
    expect(control('features.goals')).toBe('switch')
    expect(control('mcp_servers.docs.identity.url')).toBe('group')
    expect(control('mcp_servers.docs.identity.url.match')).toBe('choice')
    expect(control('mcp_servers.docs.identity.url.value')).toBe('text')
    expect(found(text, 'mcp_servers.docs.identity.url').others?.map((o) => o.kind)).toEqual([
      'string',
    ])
    expect(found(text, 'log_dir')).toMatchObject({ control: 'text', value: '1979-05-27' })
    expect(found(text, 'allow_appshots')).toMatchObject({
      control: 'text-only',
      because: 'It is a string and must be true or false: correct it in the text.',
    })
    expect(found(text, 'hostnames').because).toBe('The client does not know this key.')
  })

  it('follows the spelling of the text, and shows a second one as what it is', () => {
    const text = 'feature_requirements.goals = true\n'
    expect(found(text, 'feature_requirements').name).toBe('features')
    expect(found(text, 'feature_requirements.goals').value).toBe(true)
    const both = `features = {}\n${text}`
    expect(found(both, 'feature_requirements').because).toContain('under another name')
  })

  it('says where it cannot be read', () => {
    expect(readForm('a = 1\nb =\n')).toMatchObject({ unreadable: { code: 'syntax', line: 2 } })
  })

  it('starts each new value as one that the client can read', () => {
    for (const key of POLICY.keys) {
      if (key.delivered !== 'honoured') continue
      const edited = setValue('', [key.name], blankOf(key.shape))
      if ('problem' in edited) throw new Error(edited.problem)
      const wrong = checkRequirements(edited.text).complaints.filter((complaint) =>
        ['wrong_type', 'unknown_value', 'syntax', 'empty_list'].includes(complaint.code),
      )
      expect(wrong).toEqual([])
    }
  })
})

const editable = (field: Field): boolean => field.control !== 'text-only'

const documents = fc
  .tuple(policyValue, fc.integer())
  .map(([value, seed]) => writeAtRandom(value, seed))

/** A field of the form with another value for it. */
const formEdits = fc
  .tuple(documents, fc.nat())
  .map(([text, pick]) => {
    const fields = fieldsOf(text).filter(editable)
    return { text, field: fields[pick % fields.length] }
  })
  .chain(({ text, field }) =>
    fc.record({
      text: fc.constant(text),
      field: fc.constant(field),
      value: field === undefined ? fc.constant('') : fits(field.shape, 3),
    }),
  )

describe('an edit in the form', () => {
  it('comes back from the text as it was made, and changes no other field', () => {
    fc.assert(
      fc.property(formEdits, ({ text, field, value }) => {
        if (field === undefined) return
        const edited = setValue(text, field.path, value)
        if ('problem' in edited) throw new Error(`${edited.problem}\n${text}`)
        const before = byPath(fieldsOf(text))
        const after = byPath(fieldsOf(edited.text))
        const here = writePath(field.path)
        expect(same(after.get(here)?.value, value)).toBe(true)
        for (const [path, other] of before) {
          const related = path.startsWith(here) || here.startsWith(path)
          if (!related) expect(same(after.get(path)?.value, other.value)).toBe(true)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('that changes nothing leaves the text alone, and taking away gives the field free', () => {
    fc.assert(
      fc.property(formEdits, ({ text, field }) => {
        if (field?.value === undefined) return
        expect(setValue(text, field.path, field.value)).toEqual({ text, edits: [] })
        if (typeof field.path.at(-1) === 'number') return
        const removed = removeValue(text, field.path)
        if ('problem' in removed) throw new Error(removed.problem)
        expect(byPath(fieldsOf(removed.text)).get(writePath(field.path))?.present ?? false).toBe(
          false,
        )
      }),
      { numRuns: 300 },
    )
  })
})
