import { describe, expect, it } from 'vitest'
import { answerAddress, readAuthorization } from './authorize.ts'

const issuer = 'https://gatehouse.acme.example'
const good = {
  response_type: 'code',
  client_id: 'gatehouse-codex',
  redirect_uri: 'http://127.0.0.1:49152/callback',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
  state: 'a b&c',
}
const read = (change: Readonly<Record<string, string>> = {}, more = '') =>
  readAuthorization(
    new URLSearchParams(`${new URLSearchParams({ ...good, ...change }).toString()}${more}`),
    issuer,
  )

/** What comes back to the program. */
function sentBack(change: Readonly<Record<string, string>>, more = ''): Record<string, string> {
  const reading = read(change, more)
  if (reading.kind !== 'redirect') throw new Error(`It was ${reading.kind}.`)
  const url = new URL(reading.redirectTo)
  expect(url.origin + url.pathname).toBe('http://127.0.0.1:49152/callback')
  return Object.fromEntries(url.searchParams)
}

describe('an authorization request', () => {
  it('is read with what it leaves out', () => {
    expect(read()).toEqual({
      kind: 'good',
      asked: {
        client: expect.objectContaining({ id: 'gatehouse-codex' }) as unknown,
        redirectUri: good.redirect_uri,
        state: 'a b&c',
        codeChallenge: good.code_challenge,
        scope: 'openid codex.policy',
        resource: `${issuer}/member`,
        nonce: null,
      },
    })
  })

  it('is complained about in the characters of RFC 6749, section 4.1.2.1', () => {
    const twice = `&${encodeURIComponent('"ü\\\n')}=1`.repeat(2)
    expect(sentBack({}, twice)['error_description']).toBe("The parameter '?/? comes twice.")
  })

  it('has parameters that are not known, and they are not read', () => {
    expect(read({ originator: 'codex_cli_rs', codex_cli_simplified_flow: 'true' }).kind).toBe(
      'good',
    )
  })

  it.each([
    ['an unknown client', { client_id: 'other' }],
    ['no client', { client_id: '' }],
    ['no redirect', { redirect_uri: '' }],
    ['a foreign redirect', { redirect_uri: 'https://evil.example/callback' }],
    ['the redirect of another client', { redirect_uri: 'http://127.0.0.1:1/auth/callback' }],
    ['the redirect of device codes', { redirect_uri: `${issuer}/deviceauth/callback` }],
  ])('with %s is sent nowhere', (_, change) => {
    expect(read(change).kind).toBe('page')
  })

  it('with two clients or two redirects is sent nowhere', () => {
    expect(read({}, '&client_id=gatehouse-codex').kind).toBe('page')
    expect(read({}, '&redirect_uri=https://evil.example/').kind).toBe('page')
  })

  it.each([
    [{ response_type: '' }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ response_mode: 'fragment' }, 'invalid_request'],
    [{ request: 'eyJ.eyJ.' }, 'request_not_supported'],
    [{ request_uri: 'https://evil.example/' }, 'request_uri_not_supported'],
    [{ code_challenge: '' }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ code_challenge_method: '' }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ scope: 'codex.policy admin' }, 'invalid_scope'],
    [{ resource: 'https://elsewhere.example' }, 'invalid_target'],
    [{ prompt: 'none' }, 'login_required'],
    [{ nonce: 'n'.repeat(1001) }, 'invalid_request'],
  ])('with %j is answered %s', (change, error) => {
    expect(sentBack(change)).toMatchObject({ error, state: 'a b&c', iss: issuer })
  })

  it.each(['scope=openid', 'code_challenge=x', 'resource=x', 'unknown=1&unknown=2'])(
    'in which a parameter comes twice (%s) is refused',
    (more) => {
      const change = more.startsWith('unknown')
        ? {}
        : { scope: 'openid', resource: `${issuer}/member` }
      expect(sentBack(change, `&${more}`)).toMatchObject({ error: 'invalid_request' })
    },
  )

  it('gives back no state where two came', () => {
    expect(sentBack({}, '&state=other')).not.toHaveProperty('state')
  })
})

it('an answer keeps the state as it came and says who gives it', () => {
  const address = answerAddress(
    { redirectUri: 'http://[::1]:1/callback', state: 'ä&=#', issuer },
    { code: 'c' },
  )
  const url = new URL(address)
  expect(url.host).toBe('[::1]:1')
  expect([...url.searchParams]).toEqual([
    ['code', 'c'],
    ['state', 'ä&=#'],
    ['iss', issuer],
  ])
  expect(url.hash).toBe('')
})
