import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { behindProxy, newMember, type Person } from '../clients.ts'
import {
  agree,
  authorizePath,
  configServer,
  decideRequest,
  exchangeCode,
  issuer,
  pkce,
  requestIn,
  workspaceApp,
} from '../oauth.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let ada: Person
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(() => world.close())

let browsers = 0
/** Each from an address of its own: how many one may begin is tried elsewhere. */
const open = (path: string, method = 'GET'): Promise<Answer> =>
  world.call(method, path, {
    headers: { 'x-forwarded-for': `10.1.${++browsers >> 8}.${browsers & 255}` },
  })

/** Nobody is sent anywhere, and the page that says so gives nothing to those who frame or cache it. */
function staysHere(answer: Answer): void {
  expect([answer.status, answer.headers.get('location')], answer.text).toEqual([400, null])
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('refresh')).toBeNull()
  expect(answer.text).not.toMatch(/<script|<meta[^>]*refresh|<a |<form/i)
}

/** The error that the client is told, with everything that proves from whom it comes. */
function toldTo(program: { readonly redirect: string }, answer: Answer): string | null {
  expect(answer.status, answer.text).toBe(303)
  const to = new URL(answer.headers.get('location') ?? '')
  expect(to.origin + to.pathname).toBe(program.redirect)
  expect(to.searchParams.get('iss')).toBe(issuer)
  expect(to.searchParams.has('code')).toBe(false)
  return to.searchParams.get('error')
}

describe('open redirect (RFC 9700, sections 2.1 and 4.11; RFC 8252, section 8.4)', () => {
  it.each([
    'http://user@127.0.0.1:1/callback',
    'http://127.0.0.1:1@evil.example/callback',
    'http://127.0.0.1:1%40evil.example/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://127.0.0.1.evil.example:49152/callback',
    'http://localhost.evil.example/callback',
    'http://evil.example/callback',
    'http://evil.example#@127.0.0.1/callback',
    'http://evil.example\\@127.0.0.1/callback',
    'http://127.0.0.1\\@evil.example/callback',
    'http://evil.example?http://127.0.0.1/callback',
    '//evil.example/callback',
    'http:/127.0.0.1/callback',
    'http:127.0.0.1/callback',
    'http://127.1:1/callback',
    'http://127.1/callback',
    'http://2130706433/callback',
    'http://0x7f000001/callback',
    'http://0177.0.0.1/callback',
    'http://127.0.0.01/callback',
    'http://127.0.0.2/callback',
    'http://0.0.0.0/callback',
    'http://[::ffff:127.0.0.1]/callback',
    'http://[::ffff:7f00:1]:1/callback',
    'http://[0:0:0:0:0:0:0:1]/callback',
    'http://[::]/callback',
    'http://[::1%25lo]/callback',
    'http://LOCALHOST/callback',
    'http://localhost./callback',
    'http://①②⑦.0.0.1/callback',
    'HTTP://127.0.0.1/callback',
    'https://127.0.0.1:1/callback',
    'https://gatehouse.acme.example/callback',
    'javascript://127.0.0.1/callback',
    'data:text/html,http://127.0.0.1/callback',
    'com.acme.app:/callback',
    'http://127.0.0.1:1/other',
    'http://127.0.0.1:1/auth/callback',
    'http://127.0.0.1:1/callback/',
    'http://127.0.0.1:1/callback/../evil',
    'http://127.0.0.1:1/./callback',
    'http://127.0.0.1:1//callback',
    'http://127.0.0.1:1/callback%2f',
    'http://127.0.0.1:1/%63allback',
    'http://127.0.0.1:1/CALLBACK',
    'http://127.0.0.1:1/callback;x',
    'http://127.0.0.1:1/callback?next=//evil.example',
    'http://127.0.0.1:1/callback?',
    'http://127.0.0.1:1/callback#x',
    'http://127.0.0.1:1/callback#',
    'http://127.0.0.1:/callback',
    'http://127.0.0.1:0/callback',
    'http://127.0.0.1:065/callback',
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:-1/callback',
    ' http://127.0.0.1:1/callback',
    'http://127.0.0.1:1/callback ',
    'http://127.0.0.1:1/callback\n',
    'http://127.0.0.1:1/callback\r\nlocation: http://evil.example',
    'http://127.0.0.1:1/callback\t',
    'http://127.0.0.1:1/call\nback',
    `${issuer}/deviceauth/callback`,
  ])('to %j', async (redirect) => {
    staysHere(await open(authorizePath(configServer, pkce(), { redirect_uri: redirect })))
    // Also where the rest of the request is an error that a good address would be told.
    staysHere(
      await open(
        authorizePath(configServer, pkce(), { redirect_uri: redirect, response_type: 'token' }),
      ),
    )
  })

  it('with an address that comes twice, in either order, or only in an error', async () => {
    const good = authorizePath(configServer, pkce())
    const evil = encodeURIComponent('http://evil.example/callback')
    const same = encodeURIComponent(configServer.redirect)
    for (const more of [`&redirect_uri=${evil}`, `&redirect_uri=${same}`, '&redirect_uri='])
      staysHere(await open(good + more))
    staysHere(await open(good.replace('?', `?redirect_uri=${evil}&`)))
    staysHere(await open(good.replace('redirect_uri=', 'redirect_uri[]=')))
    staysHere(await open(good.replace('redirect_uri=', 'Redirect_uri=')))
    staysHere(await open(authorizePath(configServer, pkce(), { redirect_uri: '' })))
  })

  it('by a client that nobody knows, that is named twice, or not at all', async () => {
    const good = authorizePath(configServer, pkce())
    staysHere(await open(authorizePath(configServer, pkce(), { client_id: 'gatehouse-codex2' })))
    staysHere(await open(authorizePath(configServer, pkce(), { client_id: 'Gatehouse-Codex' })))
    staysHere(await open(authorizePath(configServer, pkce(), { client_id: '__proto__' })))
    staysHere(await open(authorizePath(configServer, pkce(), { client_id: '' })))
    staysHere(await open(`${good}&client_id=${workspaceApp.id}`))
    staysHere(await open('/oauth/authorize'))
    // The address of the one with the name of the other.
    staysHere(
      await open(authorizePath(workspaceApp, pkce(), { redirect_uri: configServer.redirect })),
    )
  })

  it('writes what it was sent as text, not as a page', async () => {
    const answer = await open(
      authorizePath(configServer, pkce(), { client_id: '<script src=//evil.example>"\'&' }),
    )
    staysHere(answer)
    expect(answer.text).toContain('&lt;script')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('goes to the address exactly as it was asked for, and by GET (RFC 9700, section 4.12)', async () => {
    for (const redirect of [
      'http://127.0.0.1:49152/callback',
      'http://[::1]:1/callback',
      'http://localhost/callback',
      'http://127.0.0.1:65535/callback',
    ]) {
      const opened = await open(authorizePath(configServer, pkce(), { redirect_uri: redirect }))
      expect([opened.status, opened.headers.get('location')?.split('aut_')[0]]).toEqual([
        303,
        `${issuer}/authorize/`,
      ])
      const denied = await decideRequest(world, ada.cookie, requestIn(opened), 'deny')
      expect(denied.json.redirectTo).toMatch(`${redirect}?error=access_denied&`)
    }
  })
})

describe('PKCE downgrade (RFC 9700, section 4.8.2; RFC 7636, section 7.2)', () => {
  it('asks for a challenge of S256 and nothing less', async () => {
    const pair = pkce()
    for (const program of [configServer, workspaceApp])
      for (const other of [
        { code_challenge: '', code_challenge_method: '' },
        { code_challenge: '' },
        { code_challenge_method: '' },
        { code_challenge_method: 'plain' },
        { code_challenge_method: 's256' },
        { code_challenge_method: 'S512' },
        { code_challenge: pair.verifier.slice(0, 42) },
        { code_challenge: `${pair.challenge}=` },
        { code_challenge: `${pair.challenge}A` },
        { code_challenge: ` ${pair.challenge}` },
        { code_challenge: `${pair.challenge.slice(0, 42)}/` },
      ])
        expect(
          toldTo(program, await open(authorizePath(program, pair, other))),
          JSON.stringify(other),
        ).toBe('invalid_request')
    const good = authorizePath(configServer, pair)
    for (const more of ['code_challenge_method=plain', `code_challenge=${pkce().challenge}`])
      expect(toldTo(configServer, await open(`${good}&${more}`))).toBe('invalid_request')
  })

  it('takes no code without its verifier, nor one that is the challenge itself', async () => {
    const pair = pkce()
    const code = (await agree(world, ada.cookie, configServer, pair)).get('code') ?? ''
    for (const verifier of ['', pair.challenge, pkce().verifier, `${pair.verifier}A`]) {
      const answer = await exchangeCode(world, configServer, { ...pair, verifier }, code)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store'])
      expect(answer.text).not.toContain('gh_')
    }
    expect((await exchangeCode(world, configServer, pair, code)).status).toBe(200)
  })
})

describe('mix-up (RFC 9207; RFC 9700, section 4.4)', () => {
  it('every answer names the server, a code as well as an error', async () => {
    const answers = [
      await agree(world, ada.cookie, configServer, pkce()),
      await agree(world, ada.cookie, workspaceApp, pkce()),
    ]
    for (const back of answers) expect(back.getAll('iss')).toEqual([issuer])
    expect(
      toldTo(
        configServer,
        await open(authorizePath(configServer, pkce(), { response_type: 'token' })),
      ),
    ).toBe('unsupported_response_type')
  })

  it('the state comes back as it was, and writes no parameter of its own', async () => {
    for (const state of [
      '&iss=https://evil.example&code=x',
      'a b+c%20d#&=',
      '雪\r\nset-cookie: a=b',
    ])
      expect(
        Object.fromEntries(await agree(world, ada.cookie, configServer, pkce(), { state })),
      ).toEqual({ code: expect.stringMatching(/^gh_cod_/) as string, state, iss: issuer })
  })

  it('an iss, a code or an error that was sent along does not come back', async () => {
    const forged = `&iss=${encodeURIComponent('https://evil.example')}&code=x&error=x`
    const opened = await open(authorizePath(configServer, pkce()) + forged)
    const decided = await decideRequest(world, ada.cookie, requestIn(opened))
    const back = new URL(decided.json.redirectTo as string).searchParams
    expect([...back.keys()].sort()).toEqual(['code', 'iss', 'state'])
    expect(back.get('iss')).toBe(issuer)
  })
})

describe('parameter pollution at the authorization endpoint (RFC 6749, section 3.1)', () => {
  it.each([
    'response_type=code',
    'scope=openid',
    'resource=https://a.example&resource=https://b.example',
    'nonce=a&nonce=b',
    'state=b',
    'something=1&something=2',
  ])('%s', async (more) => {
    const answer = await open(`${authorizePath(configServer, pkce())}&${more}`)
    expect(toldTo(configServer, answer)).toBe('invalid_request')
  })

  it('a state that comes twice is given back not at all, rather than the wrong one', async () => {
    const answer = await open(`${authorizePath(configServer, pkce())}&state=b`)
    expect(new URL(answer.headers.get('location') ?? '').searchParams.has('state')).toBe(false)
  })

  it.each([
    ['response_type', 'code token', 'unsupported_response_type'],
    ['response_type', 'id_token', 'unsupported_response_type'],
    ['response_mode', 'fragment', 'invalid_request'],
    ['response_mode', 'form_post', 'invalid_request'],
    ['request', 'a.b.c', 'request_not_supported'],
    ['request_uri', 'https://evil.example/r', 'request_uri_not_supported'],
    ['resource', 'https://evil.example', 'invalid_target'],
    ['resource', `${issuer}/api/v1`, 'invalid_target'],
    ['scope', 'openid codex.policy admin', 'invalid_scope'],
    ['prompt', 'none', 'login_required'],
    ['state', 's'.repeat(1001), 'invalid_request'],
    ['nonce', 'n'.repeat(1001), 'invalid_request'],
  ])('%s=%.40s is %s', async (name, value, error) => {
    const answer = await open(authorizePath(configServer, pkce(), { [name]: value }))
    expect(toldTo(configServer, answer)).toBe(error)
  })

  it('U+0000, however it is hidden, is a mistake of the caller and none of ours', async () => {
    for (const hidden of ['%00', 'a%00%ff', '%ff%00', '%00%'])
      for (const name of ['state', 'nonce']) {
        const answer = await open(
          `${authorizePath(configServer, pkce(), { [name]: '' })}&${name}=${hidden}`,
        )
        expect([
          hidden,
          answer.status < 400 ? toldTo(configServer, answer) : answer.status,
        ]).toEqual([hidden, expect.toBeOneOf([400, 'invalid_request']) as unknown])
      }
    expect(world.logged.join('')).not.toContain('unexpected error')
  })

  it('is answered to GET only: nothing is begun by what a page can post', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await open(authorizePath(configServer, pkce()), method)
      expect([answer.status >= 400, answer.headers.get('location')]).toEqual([true, null])
    }
  })
})

describe('clickjacking (RFC 9700, section 4.16)', () => {
  it.each(['/authorize/aut_0', '/codex/device', '/account/devices'])('%s', async (path) => {
    const { headers } = await open(path)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })

  it('the error page and the redirect', async () => {
    const page = await open('/oauth/authorize')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    const redirect = await open(authorizePath(configServer, pkce()))
    expect(redirect.headers.get('referrer-policy')).toBe('no-referrer')
    expect(redirect.headers.get('cache-control')).toBe('no-store')
    // No page of another origin reads what a token endpoint says.
    for (const { headers } of [page, redirect])
      expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})
