import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeNameConstraints, encodeNameConstraints, permits } from './name-constraints.ts'

describe('name constraints', () => {
  it('read back as they were written', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4())
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 40 }), (hosts) => {
        expect(decodeNameConstraints(encodeNameConstraints(hosts))).toEqual(hosts)
      }),
    )
  })

  it('are not read from anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const hosts = decodeNameConstraints(bytes)
        if (hosts !== null && hosts.length > 0)
          expect(encodeNameConstraints(hosts).length).toBeLessThanOrEqual(bytes.length)
      }),
    )
    const whole = encodeNameConstraints(['a.example', '10.0.0.1'])
    for (let length = 0; length < whole.length; length++)
      expect(decodeNameConstraints(whole.subarray(0, length))).toBeNull()
  })

  it('permit the names below a host, and an address in any spelling', () => {
    const constraints = ['a.example', '::1', '10.0.0.1']
    expect(
      ['a.example', 'X.A.example', '0:0::1', '10.0.0.1'].every((h) => permits(constraints, h)),
    ).toBe(true)
    expect(['example', 'xa.example', '10.0.0.2', '::2'].some((h) => permits(constraints, h))).toBe(
      false,
    )
  })
})
