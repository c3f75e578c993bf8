import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { all, queries } from '#kernel/work.ts'
import { acts, agree, configServer, exchangeCode, pkce } from '../oauth.ts'
import { her, landing, startSso, type SsoWorld } from '../sso.ts'
import { Browser, openProvider, type Person, type Wrong } from '../sso-provider.ts'
import { owner } from '../world.ts'

let sso: SsoWorld
beforeAll(async () => {
  sso = await startSso()
})
afterAll(() => sso.close())
beforeEach(() => sso.world.clock.advance(20 * minute))

describe('a sign-in through a provider', () => {
  it('makes a member, remembers her by issuer and subject, and ends where it was meant to', async () => {
    const browser = new Browser(sso.world)
    const back = await sso.roundTrip(browser, her('ada', { name: 'Ada' }), {
      next: '/policies?q=a',
    })
    expect(landing(back)).toBe('https://gatehouse.acme.example/policies?q=a')
    const { json } = await browser.open('/api/v1/session')
    expect(json).toMatchObject({
      member: { name: 'Ada', email: 'ada@acme.example' },
      role: { key: 'member' },
      session: { method: 'sso', secondFactor: 'none' },
    })
    // Another address at the provider, later: the subject is who she is.
    const again = new Browser(sso.world)
    await sso.roundTrip(again, { ...her('ada'), email: 'ada.byron@other.example' })
    expect(await sso.session(again)).toBe('ada@acme.example')
    const done = (await acts(sso.world, 'sso.')).map(({ action, target }) => [action, target.label])
    expect(done).toEqual([
      ['sso.create-member', 'ada@acme.example'],
      ['sso.link', 'ada@acme.example'],
    ])
  })

  it('accepts the invitation of whoever was invited', async () => {
    await sso.world.admin('POST', '/api/v1/invitations', {
      email: 'ida@acme.example',
      role: 'admin',
    })
    const browser = new Browser(sso.world)
    await sso.roundTrip(browser, her('ida'))
    expect((await browser.open('/api/v1/session')).json.role.key).toBe('admin')
  })

  it('asks the provider with PKCE, state and nonce, and for an exact address', async () => {
    const out = await new Browser(sso.world).open(`/sso/start/${sso.acme}`)
    const asked = new URL(landing(out)).searchParams
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: 'gatehouse',
      redirect_uri: 'https://gatehouse.acme.example/sso/callback',
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    })
    for (const key of ['state', 'nonce', 'code_challenge'])
      expect(asked.get(key)?.length).toBeGreaterThan(40)
    const cookie = out.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^gh_sso_\w+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1800; Secure$/) // prettier-ignore
  })

  it('says what the provider says, as text', async () => {
    const browser = new Browser(sso.world)
    const back = await sso.roundTrip(browser, her('x'), {
      wrong: { query: { code: undefined, error: 'access_denied', error_description: '<b>No</b>' } },
    })
    const of = new URL(landing(back)).searchParams.get('of') ?? ''
    expect((await browser.open(`/api/v1/sso/outcomes/${of}`)).json).toMatchObject({
      code: 'provider_refused',
      message: 'Acme ID says: access_denied (<b>No</b>).',
    })
    // Nobody else reads it.
    expect((await new Browser(sso.world).open(`/api/v1/sso/outcomes/${of}`)).status).toBe(404)
  })

  it('lets clients in through the same session', async () => {
    const browser = new Browser(sso.world)
    await sso.roundTrip(browser, her('cleo'))
    const pair = pkce()
    const back = await agree(sso.world, browser.cookie, configServer, pair)
    const tokens = await exchangeCode(sso.world, configServer, pair, back.get('code') ?? '')
    expect([tokens.status, typeof tokens.json.access_token]).toEqual([200, 'string'])
  })

  it('takes the answer of the userinfo endpoint where the ID token says too little', async () => {
    const other = await openProvider(sso.world.clock)
    try {
      other.saysAtUserinfo({ sub: 'una', email: 'una@una.example', email_verified: true })
      // Its port is no exception, so an owner adds one.
      await sso.world.admin('POST', '/api/v1/watch/exceptions', {
        target: other.host,
        reason: 'Test',
      })
      const made = await sso.connect(other, { name: 'Una', domains: ['una.example'], justInTime: true }) // prettier-ignore
      const browser = new Browser(sso.world)
      await sso.roundTrip(browser, { sub: 'una' }, { at: other, id: made })
      expect(await sso.session(browser)).toBe('una@una.example')
      // What it says of somebody else is not believed.
      const second = new Browser(sso.world)
      const back = await sso.roundTrip(second, { sub: 'mallory' }, { at: other, id: made })
      expect(await sso.why(second, back)).toBe('provider_answer')
    } finally {
      await other.close()
    }
  })
})

describe('an account page', () => {
  it('links an owner who asks for it, and confirms that it is her', async () => {
    const browser = new Browser(sso.world)
    await browser.send('POST', '/api/v1/session', owner)
    const begun = await browser.send('POST', '/api/v1/sso/links', { providerId: sso.acme })
    await browser.open(sso.idp.signIn(begun.json.redirectTo as string, her('boss')))
    const links = await browser.open('/api/v1/sso/links')
    expect(links.json.items).toMatchObject([{ subject: 'boss', provider: { name: 'Acme ID' } }])
    // From now on the subject is enough.
    const later = new Browser(sso.world)
    await sso.roundTrip(later, { sub: 'boss' })
    expect(await sso.session(later)).toBe(owner.email)
    // Nobody else links it to hers.
    const ada = new Browser(sso.world)
    await sso.roundTrip(ada, her('ada'))
    const theirs = await ada.send('POST', '/api/v1/sso/links', { providerId: sso.acme })
    const back = await ada.open(sso.idp.signIn(theirs.json.redirectTo as string, her('boss')))
    expect(await sso.why(ada, back)).toBe('linked_to_other')

    sso.world.clock.advance(30 * minute)
    const act = () => later.send('POST', '/api/v1/sso/links', { providerId: sso.acme })
    expect((await act()).json.code).toBe('reauthentication_required')
    const confirm = async (person: Person, wrong: Wrong = {}) => {
      const out = await later.open(`/sso/confirm/${sso.acme}?next=/account`)
      expect(new URL(landing(out)).searchParams.get('prompt')).toBe('login')
      return later.open(sso.idp.signIn(landing(out), person, wrong))
    }
    expect(await sso.why(later, await confirm(her('ada')))).toBe('other_person')
    const stale = { idToken: { auth_time: Math.floor(sso.world.clock.now / 1000) - 120 } }
    expect(await sso.why(later, await confirm({ sub: 'boss' }, stale))).toBe('not_asked_again')
    expect((await act()).json.code).toBe('reauthentication_required')
    expect(landing(await confirm({ sub: 'boss' }))).toMatch(/\/account$/)
    expect((await act()).status).toBe(200)

    const { json } = await later.open('/api/v1/sso/links')
    const ended = await later.send('DELETE', `/api/v1/sso/links/${String(json.items[0].id)}`)
    expect(ended.status).toBe(204)
    expect(await sso.session(later)).toBeUndefined()
    expect(await sso.refused({ ...her('boss'), email: owner.email })).toBe('guarded')
  })

  it('does not end the only way in', async () => {
    const browser = new Browser(sso.world)
    await sso.roundTrip(browser, her('hana'))
    const { json } = await browser.open('/api/v1/sso/links')
    const ended = await browser.send('DELETE', `/api/v1/sso/links/${String(json.items[0].id)}`)
    expect([ended.status, ended.json.code]).toEqual([409, 'wrong_state'])
  })
})

describe('a provider', () => {
  it('shows in a test what it says, and signs nobody in', async () => {
    const browser = new Browser(sso.world)
    await browser.send('POST', '/api/v1/session', owner)
    const begun = await browser.send('POST', `/api/v1/sso/providers/${sso.acme}/test`)
    const back = await browser.open(sso.idp.signIn(begun.json.redirectTo as string, her('new-one')))
    const of = new URL(landing(back)).searchParams.get('of') ?? ''
    expect((await browser.open(`/api/v1/sso/outcomes/${of}`)).json).toMatchObject({
      kind: 'test',
      ok: true,
      message: 'A member would be made for new-one@acme.example.',
      claims: { sub: 'new-one', email_verified: true },
    })
    expect(await sso.session(browser)).toBe(owner.email)
    const { json } = await sso.world.admin('GET', '/api/v1/members?q=new-one')
    expect(json.total).toBe(0)
  })

  it('is refused where it is not what it says, cannot be reached or speaks for strangers', async () => {
    const add = async (more: object) => {
      const tried = await sso.world.admin('POST', '/api/v1/sso/providers', {
        name: 'New',
        issuer: sso.idp.issuer,
        clientId: 'x',
        ...more,
      })
      return [tried.json.code, tried.json.why ?? tried.json.errors?.[0]?.field] as unknown[]
    }
    expect(await add({})).toEqual(['already_exists', 'issuer'])
    expect(await add({ issuer: `${sso.idp.issuer}/` })).toEqual(['single_sign_on_failed', 'provider_issuer']) // prettier-ignore
    expect(await add({ issuer: 'http://127.0.0.1:9' })).toEqual(['single_sign_on_failed', 'provider_refused_address']) // prettier-ignore
    expect(await add({ issuer: 'https://127.0.0.1:9' })).toEqual(['single_sign_on_failed', 'provider_refused']) // prettier-ignore
    expect(await add({ issuer: 'https://x.example/?a' })).toEqual(['invalid_input', 'issuer'])
    expect(await add({ domains: ['gmail.com'] })).toEqual(['invalid_input', 'domains'])
    const taken = await sso.world.admin('GET', `/api/v1/sso/providers/${sso.acme}`)
    expect(taken.json.domains).toMatchObject([{ domain: 'acme.example' }])
  })

  it('keeps its secret to itself, and those of a round trip', async () => {
    const browser = new Browser(sso.world)
    const out = await browser.open(`/sso/start/${sso.acme}`)
    const asked = new URL(landing(out)).searchParams
    const back = sso.idp.signIn(landing(out), her('secretive'))
    const cookie = browser.cookie.split('=')[1] ?? ''
    await browser.open(back)
    const secrets = [
      sso.idp.secret,
      asked.get('state'),
      asked.get('nonce'),
      new URLSearchParams(back.split('?')[1]).get('code'),
      cookie,
      browser.cookie.split('=')[1],
    ]
    const rows = await sso.world.app.runtime.db.read(function* () {
      const q = queries<Record<string, Record<string, unknown>>>()
      const found: unknown[] = []
      for (const table of ['sso_providers', 'sso_attempts', 'sso_links', 'audit_records'])
        found.push(yield* all(q.selectFrom(table).selectAll()))
      return JSON.stringify(found)
    })
    const { text } = await sso.world.admin('GET', '/api/v1/sso/providers')
    expect(rows).toContain('secretive')
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(20)
      for (const place of [text, rows, sso.world.logged.join('\n')])
        expect(place.includes(secret ?? '')).toBe(false)
    }
  })
})
