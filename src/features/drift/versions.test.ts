import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atLeast, isVersion } from './versions.ts'

describe('versions', () => {
  it('are compared number by number, and what comes before a release is older than it', () => {
    const rising = [
      '0.99.9',
      '0.169.0-alpha',
      '0.169.0-alpha.2',
      '0.169.0-alpha.10',
      '0.169.0-beta',
      '0.169.0',
      '0.169.1',
      '1.0',
    ]
    for (const [i, one] of rising.entries())
      for (const [j, other] of rising.entries())
        expect(atLeast(one, other), `${one} ${other}`).toBe(i >= j)
    expect(atLeast('v1.0.0+build', '1')).toBe(true)
  })

  it('are not guessed from other texts', () => {
    for (const text of ['', 'nightly', '1.2.3.4.5', '0x1', '1..2']) {
      expect(isVersion(text)).toBe(false)
      expect(atLeast(text, '0.1')).toBeUndefined()
      expect(atLeast('0.1', text)).toBeUndefined()
    }
  })

  it('are in one order, whatever they are', () => {
    const part = fc.integer({ min: 0, max: 30 })
    const version = fc
      .tuple(part, part, part, fc.constantFrom('', '-1', '-a', '-a.1', '-a.b', '-rc'))
      .map(([a, b, c, more]) => `${a}.${b}.${c}${more}`)
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(atLeast(a, a)).toBe(true)
        expect(atLeast(a, b) === true || atLeast(b, a) === true).toBe(true)
        if (atLeast(a, b) === true && atLeast(b, c) === true) expect(atLeast(a, c)).toBe(true)
      }),
    )
  })
})
