import { describe, expect, it } from 'vitest'
import { addressList, clientAddress } from './address.ts'

const trusted = addressList(['10.0.0.0/8', '::1'])

describe('the caller’s address', () => {
  it.each([
    ['a direct caller’s header is ignored', '203.0.113.9', '1.2.3.4', '203.0.113.9'],
    ['a trusted proxy’s header counts', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    [
      'only up to the first hop that is not ours',
      '10.1.2.3',
      '6.6.6.6, 203.0.113.9, 10.9.9.9',
      '203.0.113.9',
    ],
    ['nonsense in the header is not taken', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['without a header it is the proxy itself', '10.1.2.3', null, '10.1.2.3'],
    [
      'an IPv4 address on an IPv6 socket is shown as such',
      '::ffff:203.0.113.9',
      null,
      '203.0.113.9',
    ],
  ])('%s', (_, remote, header, expected) => {
    expect(clientAddress(remote, header, trusted)).toBe(expected)
  })

  it('refuses a proxy entry that is no address', () => {
    for (const entry of ['proxy.example', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/8/8', '::1/129'])
      expect(() => addressList([entry])).toThrow(entry)
  })
})
