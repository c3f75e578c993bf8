import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideDomain } from './domain.ts'
import { decideServer } from './server.ts'

// Which hosts pass and which servers run is asked of the client in test/conformance.

const policy = (domains: Readonly<Record<string, string>>, more = '') =>
  `experimental_network.enabled = true\n${more}[experimental_network.domains]\n${Object.entries(
    domains,
  )
    .map(([pattern, access]) => `${JSON.stringify(pattern)} = "${access}"\n`)
    .join('')}`

describe('decideDomain', () => {
  it('names the rule that decided, and what was compared', () => {
    const text = policy({ '**.a.example': 'allow', 'b.a.example': 'deny' })
    expect(decideDomain(text, ' B.A.example.:443 ')).toMatchObject({
      outcome: 'denied',
      host: 'b.a.example',
      rule: { pattern: 'b.a.example', line: 4 },
    })
    expect(decideDomain(text, 'a.example')).toMatchObject({ outcome: 'allowed', rule: { line: 3 } })
  })

  it('limits nothing that is not switched on', () => {
    expect(decideDomain('', 'a.example').outcome).toBe('unlimited')
    expect(decideDomain('not toml', 'a.example').outcome).toBe('unlimited')
    expect(
      decideDomain('[experimental_network.domains]\n"a.example" = "deny"', 'a.example').outcome,
    ).toBe('unlimited')
  })

  it('reads permissions.network and the older name too', () => {
    for (const name of ['permissions.network', 'network_proxy'])
      expect(
        decideDomain(`[${name}]\nenabled = true\ndenied_domains = ["a.example"]`, 'a.example'),
      ).toMatchObject({ outcome: 'denied', rule: { line: 3 } })
  })

  it('says that nobody else can open a host when only the policy counts', () => {
    const only = 'experimental_network.managed_allowed_domains_only = true\n'
    expect(decideDomain(policy({}, only), 'a.example')).toMatchObject({
      outcome: 'unlisted',
      final: true,
    })
  })

  it('says which pattern lets no session open', () => {
    expect(decideDomain(policy({ 'q.{x,y}': 'allow' }), 'q.x').unsure).toContain('q.{x,y}')
    expect(decideDomain(policy({ '[::1]': 'allow' }), '::1')).toMatchObject({ outcome: 'allowed' })
    expect(decideDomain(policy({ '[::1]': 'allow' }), '::1')).not.toHaveProperty('unsure')
  })

  it('never throws, and deny wins wherever both match', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, host) => {
        const both = `experimental_network = { enabled = true, allowed_domains = [${JSON.stringify(pattern)}], denied_domains = [${JSON.stringify(pattern)}] }`
        expect(decideDomain(both, host).outcome).not.toBe('allowed')
      }),
    )
  })
})

describe('decideServer', () => {
  const servers = `[mcp_servers.docs]
identity = { command = { executable = "docs", args = [{ match = "regex", expression = "a|ab" }] } }
[plugins."tools@acme".mcp_servers.wiki]
identity = { url = "https://wiki.example" }
`

  it('says why, and where the entry stands', () => {
    const args = (...words: readonly string[]) => ({ name: 'docs', command: 'docs', args: words })
    expect(decideServer(servers, args('ab'))).toMatchObject({ outcome: 'allowed', line: 1 })
    expect(decideServer(servers, args('abc'))).toMatchObject({
      outcome: 'disabled',
      because: 'Argument 1 is not what the entry asks for.',
    })
    expect(decideServer(servers, args())).toMatchObject({ outcome: 'disabled' })
    expect(decideServer(servers, { name: 'other', command: 'docs' }).outcome).toBe('disabled')
    expect(decideServer('', { name: 'other', command: 'docs' }).outcome).toBe('unlimited')
  })

  it('compares what a plugin brings with the list of that plugin', () => {
    const wiki = { name: 'wiki', url: 'https://wiki.example' }
    expect(decideServer(servers, { ...wiki, plugin: 'tools@acme' }).outcome).toBe('allowed')
    expect(decideServer(servers, { ...wiki, plugin: 'other@acme' }).outcome).toBe('disabled')
    expect(decideServer(servers, wiki).outcome).toBe('disabled')
  })

  it('is unsure where only the client can evaluate the expression', () => {
    const text = '[mcp_servers.a]\nidentity = { url = { match = "regex", expression = "(?x) a" } }'
    expect(decideServer(text, { name: 'a', url: 'a' }).outcome).toBe('unsure')
  })
})
