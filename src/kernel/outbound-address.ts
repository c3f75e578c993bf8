import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * An address that passed the check; connections go to exactly these, never to a second answer of
 * the resolver.
 */
export interface CheckedAddress {
  readonly address: string
  readonly family: 4 | 6
}

export type HostCheck =
  | { readonly ok: true; readonly addresses: readonly CheckedAddress[] }
  | {
      readonly ok: false
      readonly kind: 'refused' | 'unresolved'
      readonly message: string
      readonly remedy: string
    }

/**
 * Resolves a name to all its addresses. Node's own for the system resolver; tests put theirs here.
 */
export type Lookup = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>

const lookupAll: Lookup = (host) => systemLookup(host, { all: true })

/** Clouds answer machine secrets here on an address that looks public (Azure's wire server). */
const publicMetadata = new Set(['168.63.129.16'])

/**
 * Global unicast as assigned by IANA; everything else in IPv6 is special (RFC 4291, section 2.4).
 */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/**
 * Whether an address belongs to the public internet. Private, loopback, link-local (cloud
 * metadata), carrier-grade NAT, multicast, documentation and reserved ranges do not; neither do
 * IPv6 addresses that carry an IPv4 one (mapped, NAT64, 6to4, Teredo), since they lead wherever
 * that leads.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || isIP(address) === 0 || publicMetadata.has(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast)
}

/**
 * Resolves a host once and checks every address it gives. One that is not public refuses the host
 * as a whole, unless `exceptions` has its `host:port` (IPv6 addresses in brackets). Never throws.
 */
export async function checkHost(
  host: string,
  port: number,
  exceptions: readonly string[],
  lookup: Lookup = lookupAll,
): Promise<HostCheck> {
  const name = plainName(host)
  const literal = isIP(name)
  let found: readonly CheckedAddress[]
  try {
    found =
      literal === 0
        ? (await lookup(name)).map(({ address, family }) => ({
            address,
            family: family === 6 ? 6 : 4,
          }))
        : [{ address: name, family: literal === 6 ? 6 : 4 }]
  } catch (error) {
    return unresolved(name, (error as NodeJS.ErrnoException).code ?? 'no answer')
  }
  if (found.length === 0) return unresolved(name, 'no addresses')
  if (isException(name, port, exceptions)) return { ok: true, addresses: found }
  const refused = found.find(({ address }) => !isPublicAddress(address))
  if (refused === undefined) return { ok: true, addresses: found }
  const entry = `${literal === 6 ? `[${name}]` : name}:${port}`
  return {
    ok: false,
    kind: 'refused',
    message: `${entry} is at ${refused.address}, which is not on the public internet.`,
    remedy: `If it is meant, add ${entry} to GATEHOUSE_OUTBOUND_EXCEPTIONS.`,
  }
}

function unresolved(name: string, why: string): HostCheck {
  return {
    ok: false,
    kind: 'unresolved',
    message: `The host name ${name} cannot be resolved (${why}).`,
    remedy: 'Check the spelling, and that this machine can reach its name server.',
  }
}

function isException(name: string, port: number, exceptions: readonly string[]): boolean {
  return exceptions.some((entry) => {
    const cut = entry.lastIndexOf(':')
    if (cut < 0 || Number(entry.slice(cut + 1)) !== port) return false
    return plainName(entry.slice(0, cut).trim()) === name
  })
}

/** Lower case, without the brackets of an IPv6 address and the dot that ends an absolute name. */
function plainName(host: string): string {
  const name = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}

/**
 * The same, asking for a name at most once in so many ms. A thousand requests to one host would
 * otherwise be a thousand questions to the resolver, four at a time. What it remembers is checked
 * with each request like what it was told.
 */
export function rememberNames(ms: number, lookup: Lookup = lookupAll, now = Date.now): Lookup {
  const known = new Map<string, { readonly until: number; readonly answer: ReturnType<Lookup> }>()
  return (host) => {
    const at = now()
    const before = known.get(host)
    if (before !== undefined && before.until > at) return before.answer
    if (known.size >= mostNames) known.clear()
    const answer = lookup(host)
    known.set(host, { until: at + ms, answer })
    // No answer is not worth remembering.
    answer.catch(() => known.delete(host))
    return answer
  }
}

const mostNames = 1000
