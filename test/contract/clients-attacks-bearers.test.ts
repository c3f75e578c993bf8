import { generateKeyPairSync } from 'node:crypto'
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '#kernel/db.ts'
import { issueToken } from '#kernel/tokens.ts'
import { behindProxy, newMember, type Person } from '../clients.ts'
import { acts, configServer, signInClient, workspaceApp } from '../oauth.ts'
import { adminKey, startWorld, type Answer, type World } from '../world.ts'

type Tokens = Readonly<Record<'access_token' | 'refresh_token' | 'id_token', string>>

let world: World
let ada: Person
let own: Tokens
let ours: Tokens
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  ada = await newMember(world, 'ada@acme.example')
  own = (await signInClient(world, ada.cookie, configServer)).json as Tokens
  ours = (await signInClient(world, ada.cookie, workspaceApp)).json as Tokens
})
afterAll(() => world.close())

const member = '/member/codex/config/bundle'
const ofWorkspace = [
  '/backend-api/wham/config/bundle',
  '/api/codex/config/bundle',
  '/backend-api/wham/accounts/check',
  '/api/codex/accounts/check',
  '/backend-api/wham/usage',
  '/api/codex/usage',
] as const
const ofEvents = [
  '/backend-api/codex/analytics-events/events',
  '/codex/analytics-events/events',
] as const
const ofPeople = ['/api/v1/me', '/api/v1/members', '/api/v1/me/clients', '/api/v1/keys'] as const

let strangers = 0
/** Each from an address of its own, so that nothing is refused only because there were too many. */
const ask = (
  path: string,
  authorization: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  world.call((ofEvents as readonly string[]).includes(path) ? 'POST' : 'GET', path, {
    headers: {
      'x-forwarded-for': `10.2.${++strangers >> 8}.${strangers & 255}`,
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    ...((ofEvents as readonly string[]).includes(path) ? { body: { events: [] } } : {}),
  })

async function opensNothing(token: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const answer = await ask(path, `Bearer ${token}`)
    expect([path, answer.status], answer.text).toEqual([path, 401])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="gatehouse"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.text).not.toContain(token.slice(-20))
  }
}
const everywhere = [member, ...ofWorkspace, ...ofEvents, ...ofPeople] as const

it('the tokens of these attacks are good where they belong', async () => {
  expect((await ask(member, `Bearer ${own.access_token}`)).status).toBe(200)
  for (const path of [...ofWorkspace, ...ofEvents])
    expect([path, (await ask(path, `Bearer ${ours.access_token}`)).status]).toEqual([path, 200])
})

describe('algorithm confusion (RFC 8725, sections 2.1, 3.1 and 3.2)', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = () => decodeJwt(ours.access_token)
  const kid = () => decodeProtectedHeader(ours.access_token).kid ?? ''
  async function publishedKey(): Promise<JWK> {
    const { keys } = (await world.call('GET', '/.well-known/jwks.json')).json as { keys: JWK[] }
    return keys.find((key) => key.kid === kid()) ?? {}
  }
  const sign = (alg: string, key: CryptoKey | Uint8Array, more: object = {}, typ = 'at+jwt') =>
    new SignJWT(claims()).setProtectedHeader({ typ, kid: kid(), ...more, alg }).sign(key)

  it.each(['none', 'None', 'NONE', 'nOnE', ''])(
    'alg %j, with a signature and without',
    async (alg) => {
      const [, payload = '', signature = ''] = ours.access_token.split('.')
      const head = part({ alg, typ: 'at+jwt', kid: kid() })
      await opensNothing(`${head}.${payload}.${signature}`, everywhere)
      await opensNothing(`${head}.${payload}.AAAA`, ofWorkspace)
      await opensNothing(`${head}.${payload}.`, ofWorkspace)
      await opensNothing(`${head}.${payload}`, ofWorkspace)
    },
  )

  it('HS256 with what is published of the key as the secret', async () => {
    const jwk = await publishedKey()
    const spki = await exportSPKI((await importJWK(jwk, 'ES256')) as CryptoKey)
    for (const secret of [spki, spki.trim(), JSON.stringify(jwk), jwk.x ?? '', jwk.kid ?? ''])
      await opensNothing(await sign('HS256', Buffer.from(secret.padEnd(32))), everywhere)
  })

  it('RS256, ES384 and EdDSA by keys of the attacker under the name of ours', async () => {
    for (const alg of ['RS256', 'PS256', 'ES384', 'EdDSA']) {
      const { privateKey } = await generateKeyPair(alg)
      await opensNothing(await sign(alg, privateKey), everywhere)
    }
  })

  it('ES256 by another key that the token itself brings (jwk, jku, x5u, x5c, kid, crit)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    for (const more of [
      {},
      { jwk },
      { jwk: { ...jwk, kid: kid() } },
      { jku: 'https://evil.example/jwks.json' },
      { x5u: 'https://evil.example/cert.pem' },
      { x5c: [Buffer.from('not a certificate').toString('base64')] },
      { kid: '../../../../dev/null' },
      { kid: "' or 1=1 --" },
      { kid: '' },
      { b64: true },
    ])
      await opensNothing(await sign('ES256', privateKey, more), ofWorkspace)
  })

  it('the same signature written otherwise: it is the whole text that counts', async () => {
    const [head = '', payload = '', signature = ''] = ours.access_token.split('.')
    const raw = Buffer.from(signature, 'base64url')
    // (r, n - s) verifies as well as (r, s).
    const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const s = n - BigInt(`0x${raw.subarray(32).toString('hex')}`)
    const mirrored = Buffer.concat([
      raw.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ])
    // The last of 86 characters carries two bits; the other four are read by nobody.
    const sameBytes = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      .map((last) => signature.slice(0, -1) + last)
      .filter((other) => other !== signature && Buffer.from(other, 'base64url').equals(raw))
    expect(sameBytes).toHaveLength(15)
    for (const other of [mirrored.toString('base64url'), sameBytes[0] ?? '', `${signature}=`])
      await opensNothing(`${head}.${payload}.${other}`, ofWorkspace)
  })

  it('other claims under our own signature', async () => {
    const [head = '', , signature = ''] = ours.access_token.split('.')
    for (const changed of [
      { sub: 'mem_0' },
      { exp: 9_999_999_999 },
      { aud: 'https://evil.example' },
      {},
    ])
      await opensNothing(
        `${head}.${part({ ...claims(), ...changed, x: 1 })}.${signature}`,
        ofWorkspace,
      )
  })

  it('a header that is no object, too long, or names itself otherwise', async () => {
    const [, payload = '', signature = ''] = ours.access_token.split('.')
    for (const header of ['null', '[]', '"at+jwt"', '{', '{"typ":["at+jwt"]}', '{"typ":"AT+JWT"}'])
      await opensNothing(
        `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`,
        ofWorkspace,
      )
    await opensNothing(`${part({ typ: 'at+jwt' })}.${'A'.repeat(9000)}.A`, ofWorkspace)
  })

  it('what is published has no private part, and one algorithm', async () => {
    const answer = await world.call('GET', '/.well-known/jwks.json')
    for (const key of (answer.json as { keys: JWK[] }).keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      expect(key.alg).toBe('ES256')
    }
    for (const token of [ours.access_token, ours.id_token, own.id_token])
      expect(decodeProtectedHeader(token).alg).toBe('ES256')
    // RFC 8725, section 3.11: kinds of tokens that nobody can take for each other.
    expect(decodeProtectedHeader(ours.access_token).typ).toBe('at+jwt')
    expect(decodeProtectedHeader(ours.id_token).typ).toBe('JWT')
  })
})

describe('a token where it does not belong (RFC 9700, section 2.3; RFC 8725, section 3.12)', () => {
  it('of one route on the addresses of the other', async () => {
    await opensNothing(own.access_token, [...ofWorkspace, ...ofEvents])
    await opensNothing(ours.access_token, [member])
  })

  it('of a client on the addresses of people, as a bearer and as a cookie', async () => {
    const cookieName = ada.cookie.split('=')[0] ?? ''
    for (const token of Object.values({ ...own, access: ours.access_token, id: ours.id_token })) {
      if (!/^(gh_|eyJ)/.test(token)) continue
      await opensNothing(token, ofPeople)
      for (const path of ofPeople) {
        const answer = await ask(path, undefined, { cookie: `${cookieName}=${token}` })
        expect([path, answer.status]).toEqual([path, 401])
      }
      expect((await ask('/metrics', `Bearer ${token}`)).status).toBe(401)
      const asKey = await ask(`/c/${token}/codex/config/bundle`, undefined)
      expect([400, 404]).toContain(asKey.status)
      expect(asKey.text).not.toContain(token.slice(-20))
      const written = await world.call('POST', '/api/v1/groups', {
        body: { name: 'x' },
        key: token,
      })
      expect(written.status).toBe(401)
    }
  })

  it('id and refresh tokens, service keys, sessions and enrolment keys are never a bearer of a client', async () => {
    const key = await world.admin('POST', '/api/v1/keys', { name: 'CI', scopes: ['clients.read'] })
    const enrolment = await world.admin('POST', '/api/v1/enrolments', { name: 'Fleet' })
    for (const token of [
      own.id_token,
      ours.id_token,
      own.refresh_token,
      ours.refresh_token,
      key.json.secret as string,
      enrolment.json.key as string,
      adminKey,
      ada.cookie.split('=')[1] ?? '',
    ])
      await opensNothing(token, [member, ...ofWorkspace, ...ofEvents])
    for (const path of [member, ...ofWorkspace]) {
      const answer = await ask(path, undefined, { cookie: ada.cookie })
      expect([path, answer.status]).toEqual([path, 401])
    }
  })

  it('in the address, in a form or in another header (RFC 6750, section 2.3; RFC 9700, section 4.3.2)', async () => {
    for (const path of ofWorkspace)
      for (const answer of [
        await ask(`${path}?access_token=${ours.access_token}`, undefined),
        await ask(path, undefined, { cookie: `access_token=${ours.access_token}` }),
        await ask(path, undefined, { 'x-access-token': ours.access_token }),
        await ask(path, `Basic ${ours.access_token}`),
        await ask(path, `DPoP ${ours.access_token}`),
        await ask(path, ours.access_token),
        await ask(path, `Bearer ${ours.access_token},${ours.access_token}`),
        await ask(path, `Bearer ${ours.access_token} x`),
      ])
        expect([path, answer.status], answer.text).toEqual([path, 401])
    expect(world.logged.join('\n')).not.toContain(ours.access_token.slice(-40))
  })
})

describe('guessing access tokens (RFC 6749, section 10.10)', () => {
  const guess = () => issueToken('cat', `cat_${'0'.repeat(32)}`).token
  const guessFrom = (address: string, token = guess()) =>
    world.call('GET', member, {
      key: token,
      headers: { 'x-forwarded-for': address },
    })

  it('ends for an address, and for the whole network that one subscriber of IPv6 has', async () => {
    for (const address of [
      () => '198.51.100.9',
      (i: number) => `2001:db8:7:7::${i.toString(16)}`,
      (i: number) => `2001:db8:7:8:${i.toString(16)}::1`,
    ]) {
      const statuses: number[] = []
      for (let i = 0; i < 35; i++) statuses.push((await guessFrom(address(i))).status)
      expect(statuses.filter((status) => status === 401)).toHaveLength(30)
      expect(statuses.slice(30)).toEqual(Array(5).fill(429))
      // Whoever has a good one there is none the worse for it.
      expect((await guessFrom(address(0), own.access_token)).status).toBe(200)
    }
  })

  it('asks the database nothing for what has not even the form of one, and writes nothing', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(privateKey)
    const before = (await acts(world, 'client')).length
    const db = world.app.runtime.db as { -readonly [K in 'read']: Db['read'] }
    const { read } = db
    let asked = 0
    db.read = (work) => {
      // The poll for changes goes on by itself.
      if (/at Object\.look/.test(new Error().stack ?? '')) asked++
      return read(work)
    }
    try {
      for (const token of ['x', 'gh_cat_x', forged, `${guess().slice(0, -1)}z`, 'a.b.c', ''])
        expect((await guessFrom('203.0.113.77', token)).status).toBe(401)
      expect(asked).toBe(0)
      expect((await guessFrom('203.0.113.77')).status).toBe(401)
      expect(asked).toBe(1)
    } finally {
      db.read = read
    }
    expect((await acts(world, 'client')).length).toBe(before)
  })
})
