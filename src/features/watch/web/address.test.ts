import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressesOf, readPlace } from './address.ts'

const at = addressesOf({ v: 'openai', p: 'codex', s: 'docs', l: 'en' })
const rest = (address: string) => decodeURIComponent(address.slice(at.root.length + 1))

describe('the address of a place in a collection', () => {
  it('is read from its right end', () => {
    expect(readPlace('')).toEqual({ kind: 'collection' })
    expect(readPlace('2026-06-09-1850..2026-06-10-0738/')).toEqual({
      kind: 'step',
      a: '2026-06-09-1850',
      b: '2026-06-10-0738',
    })
    expect(readPlace('enterprise/admin-setup/diff/2026-03-13-0034/2026-05-18-2201-2')).toEqual({
      kind: 'diff',
      page: 'enterprise/admin-setup',
      a: '2026-03-13-0034',
      b: '2026-05-18-2201-2',
    })
    expect(readPlace('cli/diff')).toEqual({ kind: 'page', page: 'cli/diff' })
    expect(readPlace('a/diff/x/diff/2026-03-13-0034/2026-03-13-0035')).toMatchObject({
      kind: 'diff',
      page: 'a/diff/x',
    })
  })

  it('leads back to the page that it was made of', () => {
    const segment = fc.stringMatching(/^[\w .~?#%&+-]{1,12}$/).filter((s) => !/^\.+$/.test(s))
    const page = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(page, (name) => {
        fc.pre(readPlace(name).kind === 'page')
        const [a, b] = ['2026-03-13-0034', '2026-05-18-2201']
        expect(readPlace(rest(at.diff(name, a, b)))).toEqual({ kind: 'diff', page: name, a, b })
        expect(readPlace(rest(at.page(name)))).toEqual({ kind: 'page', page: name })
      }),
    )
  })
})
