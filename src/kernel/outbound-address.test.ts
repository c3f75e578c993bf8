import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHost, isPublicAddress, rememberNames, type Lookup } from './outbound-address.ts'

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
const hex = (high: number, low: number): string => (high * 256 + low).toString(16)

describe('isPublicAddress', () => {
  it.each([
    ['IPv4-mapped', (v4: string) => `::ffff:${v4}`],
    ['IPv4-compatible', (v4: string) => `::${v4}`],
    ['IPv4-translated', (v4: string) => `::ffff:0:${v4}`],
    ['NAT64', (v4: string) => `64:ff9b::${v4}`],
    ['local NAT64', (v4: string) => `64:ff9b:1::${v4}`],
  ])('refuses every %s address, whatever it carries', (_name, inside) => {
    fc.assert(
      fc.property(octets, (o) => {
        expect(isPublicAddress(inside(o.join('.')))).toBe(false)
      }),
    )
  })

  it('refuses every 6to4 and Teredo address', () => {
    fc.assert(
      fc.property(octets, ([a, b, c, d]) => {
        expect(isPublicAddress(`2002:${hex(a, b)}:${hex(c, d)}::1`)).toBe(false)
        expect(isPublicAddress(`2001:0:${hex(a, b)}:${hex(c, d)}::1`)).toBe(false)
      }),
    )
  })

  it.each([
    ['this network', '0.0.0.0', '0.1.2.3', '::'],
    ['metadata', '169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '100.100.100.200'],
    ['link-local', 'fe80::1', 'febf::1', '169.254.0.1'],
    ['carrier-grade NAT', '100.64.0.0', '100.127.255.255'],
    ['multicast', '239.255.255.250', 'ff0e::1'],
    ['reserved', '240.0.0.1', '192.88.99.1', '192.0.0.8', '100::1', '2001:20::1', '2001:2::1'],
    ['numbers that are not dotted quads', '017700000001', '0x7f000001', '127.1', '0x7f.0.0.1'],
  ])('refuses %s', (_name, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([])
  })
})

describe('checkHost', () => {
  const answers =
    (...addresses: string[]): Lookup =>
    () =>
      Promise.resolve(addresses.map((a) => ({ address: a, family: a.includes(':') ? 6 : 4 })))

  it.each(['64:ff9b::a00:1', '::ffff:10.0.0.1', '2002:a00:1::', 'fd00:ec2::254', 'fe80::1%eth0'])(
    'refuses a name that a resolver sends to %s',
    async (address) => {
      expect(await checkHost('site.example', 443, [], answers('8.8.8.8', address))).toMatchObject({
        ok: false,
        kind: 'refused',
      })
    },
  )

  it('refuses what the URL makes of other ways to write a loopback address', async () => {
    for (const host of [
      '0x7f.1',
      '0177.0.0.1',
      '2130706433',
      '017700000001',
      '127.1',
      '0',
      '①②⑦.1',
    ])
      expect(await checkHost(new URL(`http://${host}/`).hostname, 80, [])).toMatchObject({
        ok: false,
        kind: 'refused',
      })
  })
})

describe('rememberNames', () => {
  it('asks again when the time is over, and at once after no answer', async () => {
    let now = 0
    const asked: string[] = []
    const lookup = rememberNames(
      5000,
      (host) => {
        asked.push(host)
        return host === 'gone.example'
          ? Promise.reject(new Error('ENOTFOUND'))
          : Promise.resolve([{ address: `10.0.0.${asked.length}`, family: 4 }])
      },
      () => now,
    )
    const both = await Promise.all([lookup('a.example'), lookup('a.example')])
    expect(both[1]).toEqual([{ address: '10.0.0.1', family: 4 }])
    now = 4999
    expect(await lookup('a.example')).toEqual([{ address: '10.0.0.1', family: 4 }])
    now = 5000
    expect(await lookup('a.example')).toEqual([{ address: '10.0.0.2', family: 4 }])
    for (let i = 0; i < 2; i++) await expect(lookup('gone.example')).rejects.toThrow()
    expect(asked).toEqual(['a.example', 'a.example', 'gone.example', 'gone.example'])
  })
})
