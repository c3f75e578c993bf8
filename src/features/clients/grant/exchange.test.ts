import { describe, expect, it } from 'vitest'
import type { CodeRow } from '../tables.ts'
import { faultOf, type Exchange } from './exchange.ts'
import { configServerClient, workspaceClient } from './oauth-clients.ts'
import { standingOf } from './refresh.ts'

const asked: Exchange = {
  client: configServerClient,
  code: 'gh_cod_…',
  redirectUri: 'http://127.0.0.1:49152/callback',
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  resource: undefined,
}
const code: CodeRow = {
  id: 'cod_1',
  hash: '',
  oauth_client: configServerClient.id,
  flow: 'code',
  member_id: 'mem_1',
  redirect_uri: 'http://127.0.0.1:49152/callback',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  scope: 'openid',
  resource: 'https://gatehouse.acme.example/member',
  nonce: null,
  authenticated_at: 0,
  refusal: null,
  refusal_reason: null,
  refused_at: null,
  created_at: 0,
  expires_at: 60_000,
  used_at: null,
  client_id: null,
}

describe('the exchange of a code', () => {
  it('goes through with all that was asked for', () => {
    expect(faultOf(asked, code, 59_999)).toBeUndefined()
    const resource = 'https://gatehouse.acme.example/member'
    expect(faultOf({ ...asked, resource }, code, 0)).toBeUndefined()
  })

  it.each<[string, Partial<Exchange>, Partial<CodeRow>, number, string]>([
    ['another client', { client: workspaceClient }, {}, 0, 'invalid_grant'],
    ['too late', {}, {}, 60_000, 'invalid_grant'],
    ['another port', { redirectUri: 'http://127.0.0.1:1/callback' }, {}, 0, 'invalid_grant'],
    ['another verifier', { verifier: 'x'.repeat(43) }, {}, 0, 'invalid_grant'],
    ['the challenge itself', { verifier: code.code_challenge }, {}, 0, 'invalid_grant'],
    ['another resource', { resource: 'https://elsewhere.example' }, {}, 0, 'invalid_target'],
  ])('is refused: %s', (_, request, row, now, problem) => {
    expect(faultOf({ ...asked, ...request }, { ...code, ...row }, now)?.code).toBe(problem)
  })
})

describe('a refresh token', () => {
  const fresh = { used_at: null, successor: null, expires_at: 1000 }
  const used = { used_at: 100_000, successor: 'sealed', expires_at: 1e9 }

  it('is good until it expires', () => {
    expect(standingOf(fresh, undefined, 999)).toBe('good')
    expect(standingOf(fresh, undefined, 1000)).toBe('expired')
  })

  it('gives the same answer for a minute, as long as that was not used', () => {
    expect(standingOf(used, { used_at: null }, 100_000)).toBe('again')
    expect(standingOf(used, { used_at: null }, 159_999)).toBe('again')
    expect(standingOf(used, { used_at: null }, 160_000)).toBe('stolen')
    expect(standingOf(used, { used_at: 100_001 }, 100_002)).toBe('stolen')
    expect(standingOf({ ...used, successor: null }, { used_at: null }, 100_002)).toBe('stolen')
    expect(standingOf(used, undefined, 100_002)).toBe('stolen')
  })

  it('that was used stays suspicious when it has expired', () => {
    expect(standingOf({ ...used, expires_at: 0 }, { used_at: null }, 1e9)).toBe('stolen')
  })
})
