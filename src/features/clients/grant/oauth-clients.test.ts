import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  configServerClient,
  isRedirectOf,
  oauthClientOf,
  redirectHost,
  scopeFor,
  workspaceClient,
} from './oauth-clients.ts'

const hosts = ['127.0.0.1', '[::1]', 'localhost']

describe('redirect addresses', () => {
  it('are a loopback host, any port and the path of the client', () => {
    for (const host of hosts) {
      expect(isRedirectOf(configServerClient, `http://${host}:49152/callback`)).toBe(true)
      expect(isRedirectOf(configServerClient, `http://${host}/callback`)).toBe(true)
      expect(isRedirectOf(workspaceClient, `http://${host}:1455/auth/callback`)).toBe(true)
    }
    fc.assert(
      fc.property(fc.constantFrom(...hosts), fc.integer({ min: 1, max: 65_535 }), (host, port) =>
        isRedirectOf(configServerClient, `http://${host}:${port}/callback`),
      ),
    )
  })

  it.each([
    'https://127.0.0.1:1/callback',
    'http://127.0.0.1:1/auth/callback',
    'http://127.0.0.1:1/callback/',
    'http://127.0.0.1:1//callback',
    'http://127.0.0.1:1/callback?a=b',
    'http://127.0.0.1:1/callback#a',
    'http://127.0.0.1:1/callback?',
    'http://127.0.0.1:1/x/../callback',
    'http://127.0.0.1:1/%63allback',
    'http://127.0.0.1:0/callback',
    'http://127.0.0.1:01/callback',
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:/callback',
    'http://127.0.0.1:1@evil.example/callback',
    'http://user@127.0.0.1:1/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://evil.example/callback',
    'http://127.0.0.2:1/callback',
    'http://127.1:1/callback',
    'http://0x7f000001/callback',
    'http://[::ffff:127.0.0.1]:1/callback',
    'http://localhost.:1/callback',
    'http://LOCALHOST:1/callback',
    'HTTP://127.0.0.1:1/callback',
    '//127.0.0.1:1/callback',
    'http:\\\\127.0.0.1:1/callback',
    'http://127.0.0.1:1\\callback',
    ' http://127.0.0.1:1/callback',
    'http://127.0.0.1:1/callback\n',
    'http://127.0.0.1:1/callback\nhttp://evil.example/',
    'javascript:alert(1)',
    '',
  ])('are not %j', (address) => {
    expect(isRedirectOf(configServerClient, address)).toBe(false)
  })

  it('lead to this machine, whatever is let through', () => {
    const piece = fc.constantFrom(
      ...['http://', 'https://', '127.0.0.1', '[::1]', 'localhost', 'evil.example', ':80', ':'],
      ...['/callback', '/', '@', '?', '#', '\\', '.', '%2f', ' ', '..'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
        const address = pieces.join('')
        if (!isRedirectOf(configServerClient, address)) return
        const url = new URL(address)
        expect([url.protocol, url.pathname, url.search, url.hash, url.username]).toEqual([
          'http:',
          '/callback',
          '',
          '',
          '',
        ])
        expect(hosts).toContain(url.hostname)
      }),
      { numRuns: 2000 },
    )
  })

  it('are shown by host and port', () => {
    expect(redirectHost('http://[::1]:1455/auth/callback')).toBe('[::1]:1455')
  })
})

describe('scopes', () => {
  it('are all of the client when none is asked for', () => {
    expect(scopeFor(configServerClient, undefined)).toBe('openid codex.policy')
    expect(scopeFor(configServerClient, ' ')).toBe('openid codex.policy')
  })

  it('of our own client are refused when one is not known', () => {
    expect(scopeFor(configServerClient, 'codex.policy')).toBe('codex.policy')
    expect(scopeFor(configServerClient, 'codex.policy admin')).toBeUndefined()
  })

  it('of the vendor’s client are left out when they are not known', () => {
    expect(scopeFor(workspaceClient, 'new.scope openid')).toBe('openid')
    expect(scopeFor(workspaceClient, 'new.scope')).toBeUndefined()
  })
})

it('knows two programs and no other', () => {
  expect(oauthClientOf('gatehouse-codex')).toBe(configServerClient)
  expect(oauthClientOf('app_EMoamEEZ73f0CkXaXp7hrann')).toBe(workspaceClient)
  expect(oauthClientOf('gatehouse-code')).toBeUndefined()
  expect(oauthClientOf(undefined)).toBeUndefined()
})
