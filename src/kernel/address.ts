import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Parses the trusted proxies: single addresses and CIDR ranges. Throws on anything else, naming it: an entry read as more
 * than was meant would let callers choose their address.
 */
export function addressList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    const most = family === 'ipv6' ? 128 : 32
    const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
    if (isIP(address) === 0 || !isRange || entry.split('/').length > 2)
      throw new Error(`${entry} is no address and no CIDR range such as 10.0.0.0/8`)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/**
 * The caller's address: the connection's own, unless that is a proxy we trust; then the rightmost address in
 * X-Forwarded-For that is not a trusted proxy itself. Anything further left was written by the caller.
 */
export function clientAddress(
  remote: string,
  forwardedFor: string | null,
  trusted: BlockList,
): string {
  let address = plain(remote)
  const hops = (forwardedFor ?? '').split(',').map((hop) => plain(hop.trim()))
  while (isTrusted(address, trusted)) {
    const hop = hops.pop()
    if (hop === undefined || isIP(hop) === 0) break
    address = hop
  }
  return address
}

/** An IPv4 address that arrived on a dual-stack socket is shown as what it is. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

const isTrusted = (address: string, trusted: BlockList): boolean =>
  isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
