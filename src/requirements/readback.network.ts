import type { Json } from './readback.json.ts'
import type { Plain, PlainTable } from './tree.ts'

/** The network limits, of whichever spelling; the old lists are derived from the rules and the rules from the old lists. */
export function networkOf(document: PlainTable): Json {
  const shared = (document.permissions as PlainTable | undefined)?.network
  const given = (document.experimental_network ?? document.network_proxy ?? shared) as
    PlainTable | undefined
  if (given === undefined) return null
  const domains = (given.domains as PlainTable | undefined) ?? fromLists(given)
  const sockets =
    (given.unix_sockets as PlainTable | undefined) ?? allOf(given.allow_unix_sockets, 'allow')
  const plain = (name: string): Json => given[name] ?? null
  return {
    enabled: plain('enabled'),
    httpPort: plain('http_port'),
    socksPort: plain('socks_port'),
    allowUpstreamProxy: plain('allow_upstream_proxy'),
    dangerouslyAllowNonLoopbackProxy: plain('dangerously_allow_non_loopback_proxy'),
    dangerouslyAllowAllUnixSockets: plain('dangerously_allow_all_unix_sockets'),
    domains: (domains ?? null) as Json,
    reviewDomains: plain('review_domains'),
    managedAllowedDomainsOnly: plain('managed_allowed_domains_only'),
    allowedDomains: those(domains, 'allow'),
    deniedDomains: those(domains, 'deny'),
    unixSockets: (sockets ?? null) as Json,
    allowUnixSockets: those(sockets, 'allow'),
    allowLocalBinding: plain('allow_local_binding'),
  }
}

/** Denied wins over allowed. Two empty lists are no rules at all. */
function fromLists(given: PlainTable): PlainTable | undefined {
  const rules = {
    ...allOf(given.allowed_domains, 'allow'),
    ...allOf(given.denied_domains, 'deny'),
  }
  return Object.keys(rules).length === 0 ? undefined : rules
}

function allOf(list: Plain | undefined, access: string): PlainTable | undefined {
  const names = (list ?? []) as readonly string[]
  return names.length === 0 ? undefined : Object.fromEntries(names.map((n) => [n, access]))
}

function those(rules: PlainTable | undefined, access: string): Json {
  const names = Object.entries(rules ?? {})
    .filter(([, value]) => value === access)
    .map(([name]) => name)
  return names.length === 0 ? null : names.sort()
}
