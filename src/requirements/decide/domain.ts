import { RE2JS } from 're2js'
import { readToml, rulerOf } from '../positions.ts'
import { entriesOf, entryOf, isTrue, itemsOf, nodeAt, textOf, type Node } from '../tree.ts'

/** A rule of the network limits. */
export interface DomainRule {
  /** As written. */
  readonly pattern: string
  readonly access: 'allow' | 'deny'
  readonly line: number
  readonly column: number
  /** Its offset in the text. */
  readonly from: number
}

export interface DomainDecision {
  /**
   * `unlimited`: the policy switches no network limits on. `unlisted`: no rule names the host; it stays closed unless the
   * person's own settings allow it. `local`: a name or address of the machine itself or of a private network.
   */
  readonly outcome: 'allowed' | 'denied' | 'unlisted' | 'local' | 'unlimited'
  /** What was compared with the rules. */
  readonly host: string
  /** The rule that decided. */
  readonly rule?: DomainRule
  /** For `unlisted`: only this policy can open it (`managed_allowed_domains_only`). */
  readonly final: boolean
  /** Why nobody gets as far as asking. */
  readonly unsure?: string
}

/**
 * What the network limits of a policy say about a host, as the client 0.169 does inside its sandbox: deny wins over
 * allow, whatever is more specific. It does not ask the DNS: a host that is allowed and resolves to a private address
 * stays closed all the same. Never throws.
 */
export function decideDomain(text: string, host: string): DomainDecision {
  const name = normalHost(host)
  const read = readToml(text)
  const limits = 'unreadable' in read ? undefined : limitsOf(read.root)
  if (limits === undefined || !isTrue(entryOf(limits, 'enabled')?.value))
    return { outcome: 'unlimited', host: name, final: false }
  const all = rulesOf(limits, text)
  const rules = all.filter((rule) => matches(normalPattern(rule.pattern), name))
  const final = isTrue(entryOf(limits, 'managed_allowed_domains_only')?.value)
  const denied = rules.find((rule) => rule.access === 'deny')
  const strange = all.find(isStrange)
  const unsure = strange && {
    unsure: `the pattern ${strange.pattern}, with which no session opens`,
  }
  if (denied !== undefined) return { outcome: 'denied', host: name, rule: denied, final, ...unsure }
  const allowed = rules.find((rule) => rule.access === 'allow')
  if (
    isLocal(name) &&
    !rules.some((rule) => rule.access === 'allow' && !rule.pattern.includes('*'))
  )
    return { outcome: 'local', host: name, final, ...unsure }
  return allowed === undefined
    ? { outcome: 'unlisted', host: name, final, ...unsure }
    : { outcome: 'allowed', host: name, rule: allowed, final, ...unsure }
}

function limitsOf(root: Node): Node | undefined {
  const top = entryOf(root, 'experimental_network', 'network_proxy')?.value
  return top ?? nodeAt(root, 'permissions', 'network')
}

function rulesOf(limits: Node, text: string): readonly DomainRule[] {
  const ruler = rulerOf(text)
  const listed = (key: string, access: 'allow' | 'deny') =>
    itemsOf(nodeAt(limits, key)).flatMap((item) => {
      const pattern = textOf(item)
      return pattern === undefined
        ? []
        : [{ pattern, access, from: item.span.from, ...ruler.place(item.span.from) }]
    })
  const mapped = entriesOf(nodeAt(limits, 'domains')).flatMap((entry) => {
    const access = textOf(entry.value)
    return access === 'allow' || access === 'deny'
      ? [
          {
            pattern: entry.key,
            access,
            from: entry.keySpan.from,
            ...ruler.place(entry.keySpan.from),
          } as const,
        ]
      : []
  })
  return [...mapped, ...listed('allowed_domains', 'allow'), ...listed('denied_domains', 'deny')]
}

/** Trimmed, in small letters, without port, brackets and the dots at the end. */
function normalHost(host: string): string {
  let name = host.trim()
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(name)
  if (bracketed?.[1] !== undefined) name = bracketed[1]
  else if (/^[^:]*:\d+$/.test(name)) name = name.slice(0, name.lastIndexOf(':'))
  return name.replace(/\.+$/, '').toLowerCase()
}

/** `*.` and `**.` stay in front. */
function normalPattern(pattern: string): string {
  const star = /^\*{1,2}\./.exec(pattern.trim())?.[0] ?? ''
  return star + normalHost(pattern.trim().slice(star.length))
}

function matches(pattern: string, host: string): boolean {
  if (pattern.startsWith('**.')) {
    const apex = pattern.slice(3)
    return alike(apex, host) || alike(`*.${apex}`, host)
  }
  // In front, `*.` wants at least one character more.
  return alike(pattern, host) && !(pattern.startsWith('*.') && host.startsWith('.'))
}

/** `*` is any run of characters, dots too, and `?` one of them (measured). */
function alike(pattern: string, host: string): boolean {
  const source = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : RE2JS.quote(part)))
  return RE2JS.compile(source.join('')).matches(host)
}

/** With such a pattern the client 0.169 opens no session at all, unless it is an address in brackets (measured). */
const isStrange = ({ pattern }: DomainRule): boolean =>
  /[{}/]|^\*{1,2}$/.test(pattern) || (/[[\]]/.test(pattern) && !/^\[[\da-f:]+\]$/i.test(pattern))

// The client refuses these before it looks at the list of allowed hosts.
function isLocal(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^(?:127|10|0)\.\d+\.\d+\.\d+$/.test(host) ||
    /^(?:192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+$/.test(host) ||
    /^(?:::1?|f[cd][0-9a-f]{2}:.*|fe80:.*)$/.test(host)
  )
}
