import { describe, expect, it } from 'vitest'
import { checkRequirements } from '../check.ts'
import { readForm, type Field } from '../edit/form.ts'
import { setValue } from '../edit/edit.ts'
import { TEMPLATES } from './index.ts'

/** What the check says on purpose. */
const INTENDED: Readonly<Record<string, readonly string[]>> = {
  'locked-down': ['all_servers_disabled'],
  regulated: ['all_servers_disabled'],
  balanced: [],
  'ci-runners': ['never_allowed', 'all_servers_disabled'],
}

describe.each(TEMPLATES.map((template) => [template.id, template] as const))(
  '%s',
  (id, template) => {
    it('has no error, and warns only of what is meant', () => {
      const { complaints } = checkRequirements(template.text)
      expect(complaints.map((c) => [c.severity, c.code])).toEqual(
        INTENDED[id]?.map((code) => ['warning', code]),
      )
    })

    it('explains every setting', () => {
      const lines = template.text.split('\n')
      const settings = lines.flatMap((line, index) =>
        /^(?:[a-z"*][^=]*=|\[mcp_servers\])/.test(line) ? [index] : [],
      )
      expect(settings.length).toBeGreaterThan(5)
      for (const index of settings)
        expect(`${lines[index - 1] ?? ''} ← ${lines[index] ?? ''}`).toMatch(/^# .*[.!?] ←/)
    })

    it('says whom it is for, what it does and what not', () => {
      expect(template.for).toMatch(/\.$/)
      expect(template.does.length).toBeGreaterThan(2)
      expect(template.doesNot.length).toBeGreaterThan(2)
    })

    it('can be edited as a form, all of it', () => {
      const form = readForm(template.text)
      if ('unreadable' in form) throw new Error(form.unreadable.message)
      const flat = (fields: readonly Field[]): readonly Field[] =>
        fields.flatMap((field) => [field, ...flat(field.fields)])
      for (const field of flat(form.fields).filter((one) => one.present)) {
        expect(field.control).not.toBe('text-only')
        if (field.value !== undefined)
          expect(setValue(template.text, field.path, field.value)).toEqual({
            text: template.text,
            edits: [],
          })
      }
    })
  },
)
