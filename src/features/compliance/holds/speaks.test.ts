import { describe, expect, it } from 'vitest'
import { isAddress, speaksOf, type Said } from './speaks.ts'

const line = (payload: unknown, of: Partial<Said> = {}): Said => ({
  subject_id: 'mem_x',
  about_id: '',
  payload: JSON.stringify(payload),
  ...of,
})
const speaks = speaksOf({ id: 'mem_1', names: ['da@acme.example'] })

describe('a line speaks of somebody', () => {
  it('when it is by or about her', () => {
    expect(speaks(line({}, { subject_id: 'mem_1' }))).toBe(true)
    expect(speaks(line({}, { about_id: 'mem_1' }))).toBe(true)
    expect(speaks(line({}))).toBe(false)
  })

  it('when her id or an address of hers stands in it, as a whole', () => {
    for (const text of ['mem_1', 'Mail Da@acme.example.', '<da@ACME.example>', 'a,da@acme.example'])
      expect(speaks(line({ after: { text } }))).toBe(true)
    for (const text of [
      'mem_11',
      'xmem_1',
      'ada@acme.example',
      'da@acme.example.org',
      'd.da@acme.example',
      'da@acme.example-inc.org',
    ])
      // prettier-ignore
      expect(speaks(line({ after: { text } }))).toBe(false)
    expect(speaks(line(['ada@acme.example', 'da@acme.example']))).toBe(true)
  })

  it('but a name that is no address is not looked for', () => {
    expect(['da@acme.example', 'ci', 'the laptops @ home'].map(isAddress)).toEqual([
      true,
      false,
      false,
    ])
  })
})
