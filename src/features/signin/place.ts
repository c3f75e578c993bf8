import { addressList } from '#kernel/address.ts'
import { isIPv6 } from 'node:net'

const loopback = addressList(['127.0.0.0/8', '::1'])
/** RFC 1918, RFC 6598 (carriers and overlay networks), RFC 4193, and link-local. */
const inside = addressList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
])

/** Where an address is, as far as it tells by itself. We ask nobody: that would tell others who signs in. */
export function placeOf(ip: string): string {
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4'
  if (loopback.check(ip, family)) return 'The server itself'
  return inside.check(ip, family) ? 'A private network' : 'The internet'
}
