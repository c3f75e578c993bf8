import { checkDeniedReads } from './denied.ts'
import { REFUSES, type Report } from './report.ts'
import {
  entriesOf,
  entryOf,
  isTrue,
  itemsOf,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

/** Network limits of every spelling, the desktop app's domains, and protected files. */
export function checkNetwork(root: TableNode, report: Report): void {
  const top = entryOf(root, 'experimental_network', 'network_proxy')
  const shared = entryOf(nodeAt(root, 'permissions'), 'network')
  if (top !== undefined) limits(top.value, [top.key], report)
  if (shared !== undefined) limits(shared.value, ['permissions', 'network'], report)
  if (shared?.value.kind === 'table' && shared.value.entries.size === 0) nothing(shared, report)
  if (top !== undefined && shared !== undefined)
    report.error({
      code: 'network_surfaces',
      span: shared.keySpan,
      path: ['permissions', 'network'],
      message: `Network limits stand in two places: ${top.key} and permissions.network.`,
      effect: REFUSES,
      remedy: 'Keep one of them.',
    })
  for (const profile of entriesOf(nodeAt(root, 'permissions')))
    if (profile.key !== 'network' && profile.key !== 'filesystem')
      denyAll(
        nodeAt(profile.value, 'network', 'domains'),
        ['permissions', profile.key, 'network', 'domains'],
        report,
      )
  applicationDomains(nodeAt(root, 'application', 'network', 'domains'), report)
  checkDeniedReads(nodeAt(root, 'permissions', 'filesystem', 'deny_read'), report)
}

// Empty, the client takes it for a profile called "network" (measured), which it does not allow.
function nothing(shared: Entry, report: Report): void {
  report.error({
    code: 'profile_name',
    span: shared.keySpan,
    path: ['permissions', 'network'],
    message: 'permissions.network is empty.',
    effect: REFUSES,
    remedy: 'Write a limit into it, or take it out. A profile cannot be called "network".',
  })
}

function limits(node: Node, path: Path, report: Report): void {
  exclusive(node, path, report)
  const wildcard = (at: Entry | Node, where: Path): void =>
    report.error({
      code: 'domain_wildcard',
      span: 'keySpan' in at ? at.keySpan : at.span,
      path: where,
      message: '"*" alone is not a domain that network limits can name.',
      effect: REFUSES,
      remedy:
        'Name hosts, or subdomains as *.example.com, or a domain with its subdomains as **.example.com.',
    })
  const enabled = isTrue(nodeAt(node, 'enabled'))
  const strange = (domain: string, span: Node['span'], at: Path): void =>
    strangeDomain(domain, span, at, enabled, report)
  for (const entry of entriesOf(nodeAt(node, 'domains'))) {
    const here = [...path, 'domains', entry.key]
    if (entry.key === '*') wildcard(entry, here)
    else if (!isHostPattern(entry.key)) strange(entry.key, entry.keySpan, here)
  }
  for (const name of ['allowed_domains', 'denied_domains'])
    for (const [index, item] of itemsOf(nodeAt(node, name)).entries()) {
      const domain = textOf(item)
      if (domain === '*') wildcard(item, [...path, name, index])
      else if (domain !== undefined && !isHostPattern(domain))
        strange(domain, item.span, [...path, name, index])
    }
  reach(node, path, report)
}

// The client refuses the pair even when the old list is empty (measured).
function exclusive(node: Node, path: Path, report: Report): void {
  const pairs = [
    ['domains', 'allowed_domains', 'domains_with_lists'],
    ['domains', 'denied_domains', 'domains_with_lists'],
    ['unix_sockets', 'allow_unix_sockets', 'sockets_with_list'],
  ] as const
  for (const [now, old, code] of pairs) {
    const entry = entryOf(node, old)
    if (entry === undefined || entryOf(node, now) === undefined) continue
    report.error({
      code,
      span: entry.keySpan,
      path: [...path, old],
      message: `${old} cannot stand beside ${now}.`,
      effect: REFUSES,
      remedy: `Move its entries into ${now}.`,
    })
  }
}

function reach(node: Node, path: Path, report: Report): void {
  const rules = entriesOf(nodeAt(node, 'domains'))
  const allows =
    rules.some((rule) => textOf(rule.value) === 'allow') ||
    itemsOf(nodeAt(node, 'allowed_domains')).length > 0
  if (allows) return
  const only = entryOf(node, 'managed_allowed_domains_only')
  const enabled = entryOf(node, 'enabled')
  if (only !== undefined && isTrue(only.value))
    report.warning({
      code: 'managed_only_without_allow',
      span: only.keySpan,
      path: [...path, only.key],
      message: 'Only the allow rules of this policy count, and it has none.',
      effect: 'No domain can be reached; allow rules that people made themselves stop working too.',
      remedy: 'Add the domains that are needed, or take the key out.',
    })
  else if (enabled !== undefined && isTrue(enabled.value))
    report.warning({
      code: 'network_without_allow',
      span: enabled.keySpan,
      path: [...path, enabled.key],
      message: 'Network limits are switched on without any domain that is allowed.',
      effect: 'Only domains that people allow themselves can be reached.',
      remedy: 'Add the domains everybody needs.',
    })
}

const HOST_PATTERN =
  /^(?:\*{1,2}\.)?[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$|^\[?[0-9A-Fa-f:]+\]?$/u

function isHostPattern(domain: string): boolean {
  return HOST_PATTERN.test(domain)
}

// With such a pattern in force no session opens; an address in brackets is none of them (measured).
const UNREADABLE_PATTERN = /[{}/]|^\*{1,2}\.?$|^(?!\[[\da-f:]+\]$).*[[\]]/i

function strangeDomain(
  domain: string,
  span: Node['span'],
  path: Path,
  enabled: boolean,
  report: Report,
): void {
  const remedy = 'Write example.com, *.example.com or **.example.com, without scheme, port or path.'
  if (enabled && UNREADABLE_PATTERN.test(domain)) {
    report.error({
      code: 'domain_pattern',
      span,
      path,
      message: `The client cannot read "${domain.slice(0, 80)}" as a pattern of hosts.`,
      effect:
        'Codex 0.169 starts but opens no session: everybody who gets this policy cannot work.',
      remedy,
    })
    return
  }
  report.warning({
    code: 'domain_pattern',
    span,
    path,
    message: `"${domain.slice(0, 80)}" is not a host name or one of the two wildcard forms.`,
    effect: 'Codex 0.169 accepts it. It compares host names, so this entry may never match.',
    remedy,
  })
}

/** In a permission profile `*` may be allowed but not denied (measured; unlike the shared limits). */
function denyAll(node: Node | undefined, path: Path, report: Report): void {
  const entry = entryOf(node, '*')
  if (entry === undefined || textOf(entry.value) !== 'deny') return
  report.error({
    code: 'domain_wildcard',
    span: entry.keySpan,
    path: [...path, '*'],
    message: 'A profile cannot deny "*".',
    effect: 'Codex 0.169 refuses to start with this profile.',
    remedy: 'Take it out: what is not allowed is denied anyway.',
  })
}

// ASCII labels of letters, digits and inner hyphens; one dot at the end is dropped by the client.
const EXACT_DOMAIN =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/

function applicationDomains(node: Node | undefined, report: Report): void {
  for (const entry of entriesOf(node)) {
    if (entry.key.length <= 253 && EXACT_DOMAIN.test(entry.key)) continue
    report.error({
      code: 'application_domain',
      span: entry.keySpan,
      path: ['application', 'network', 'domains', entry.key],
      message: 'Only exact domain names can stand here.',
      effect: REFUSES,
      remedy: 'Write the domain in ASCII, without scheme, port or wildcard.',
    })
  }
}
