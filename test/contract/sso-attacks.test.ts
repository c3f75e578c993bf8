import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { her, landing, startSso, type SsoWorld } from '../sso.ts'
import { Browser, type Wrong } from '../sso-provider.ts'
import { owner } from '../world.ts'

let sso: SsoWorld
beforeAll(async () => {
  sso = await startSso()
})
afterAll(() => sso.close())

const add = (email: string) => sso.world.admin('POST', '/api/v1/members', { email })

describe('attacks', () => {
  it.each<[string, Wrong]>([
    ['another nonce', { idToken: { nonce: 'other' } }],
    ['no nonce', { idToken: { nonce: undefined } }],
    ['another issuer in the ID token', { idToken: { iss: 'https://evil.example' } }],
    ['another audience', { idToken: { aud: 'somebody-else' } }],
    ['an ID token that has run out', { idToken: { exp: 1 } }],
    ['a foreign signature', { foreignKey: true }],
    ['no issuer in the answer (RFC 9207)', { query: { iss: undefined } }],
    ['another issuer in the answer', { query: { iss: 'https://evil.example' } }],
    ['a code that nobody gave out', { query: { code: 'guessed' } }],
  ])('%s', async (_, wrong) => {
    expect(await sso.refused(her('mallory'), wrong)).toMatch(/^provider_(answer|refused)$/)
  })

  it('takes a way back once, from the browser that began, and not for long', async () => {
    const browser = new Browser(sso.world)
    const out = await browser.open(`/sso/start/${sso.acme}`)
    const back = sso.idp.signIn(landing(out), her('once'))
    // Sent to somebody else as a link: she would be signed in as the sender.
    const victim = new Browser(sso.world)
    await victim.open(`/sso/start/${sso.acme}`)
    expect(await sso.why(victim, await victim.open(back))).toBe('unknown')
    expect(await sso.session(victim)).toBeUndefined()
    await browser.open(back)
    expect(await sso.session(browser)).toBe('once@acme.example')
    expect(await sso.why(browser, await browser.open(back))).toBe('unknown')

    const late = new Browser(sso.world)
    const slow = sso.idp.signIn(landing(await late.open(`/sso/start/${sso.acme}`)), her('late'))
    sso.world.clock.advance(11 * minute)
    expect(await sso.why(late, await late.open(slow))).toBe('unknown')
    const forged = `/sso/callback?code=a&state=${'s'.repeat(43)}`
    expect(await sso.why(late, await late.open(forged))).toBe('unknown')
  })

  it('leads nowhere else', async () => {
    for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example', '/\t/evil.example']) {
      const back = await sso.roundTrip(new Browser(sso.world), her('lena'), { next })
      expect(landing(back)).toBe('https://gatehouse.acme.example/')
    } // prettier-ignore
  })

  it('opens no account by an address that is not verified, or of a domain that is not the provider’s', async () => {
    await add('bob@acme.example')
    await add('bob@other.example')
    expect(await sso.refused({ ...her('bob'), email_verified: false })).toBe('unverified_email')
    expect(await sso.refused({ ...her('bob'), email_verified: 'true' })).toBe('unverified_email')
    expect(await sso.refused({ sub: 'bob', email: 'bob@acme.example' })).toBe('unverified_email')
    expect(await sso.refused({ ...her('bob'), email: 'bob@other.example' })).toBe('foreign_domain')
    expect(await sso.refused({ ...her('bob'), email: 'bob@acme.example.evil.example' })).toBe('foreign_domain') // prettier-ignore
    expect(await sso.refused({ ...her('bob'), email: 'bo\uff42@acme.example' })).toBe(
      'unusual_email',
    )
    // A strange provider that claims an address of a domain which another one owns.
    const other = await sso.connect(sso.other, { name: 'Evil', domains: ['evil.example'], justInTime: true }) // prettier-ignore
    const browser = new Browser(sso.world)
    const back = await sso.roundTrip(browser, her('bob'), { at: sso.other, id: other })
    expect(await sso.why(browser, back)).toBe('foreign_domain')
    // The same subject at another issuer is somebody else.
    await sso.roundTrip(new Browser(sso.world), her('carol'))
    const carol = new Browser(sso.world)
    await sso.roundTrip(
      carol,
      { ...her('carol'), email: 'c@evil.example' },
      { at: sso.other, id: other },
    )
    expect(await sso.session(carol)).toBe('c@evil.example')
  })

  it('opens no account whose address was given to somebody else', async () => {
    await sso.roundTrip(new Browser(sso.world), her('dora'))
    expect(await sso.refused({ ...her('dora-the-second'), email: 'dora@acme.example' })).toBe('other_person') // prettier-ignore
  })

  it('opens no owner’s account by itself, nor that of whoever says how people sign in', async () => {
    expect(await sso.refused({ ...her('boss'), email: owner.email.toUpperCase() })).toBe('guarded')
  })

  it('keeps suspended and archived members out', async () => {
    await sso.roundTrip(new Browser(sso.world), her('eve'))
    const eve = await sso.member('eve@acme.example')
    await sso.world.admin('POST', `/api/v1/members/${eve.id}/suspend`, { version: eve.version })
    expect(await sso.refused(her('eve'))).toBe('member_suspended')
  })

  it('replaces the session that the browser had', async () => {
    const browser = new Browser(sso.world)
    await browser.send('POST', '/api/v1/session', owner)
    const before = browser.cookie
    await sso.roundTrip(browser, her('fay'))
    expect((await sso.world.call('GET', '/api/v1/session', { cookie: before })).status).toBe(401)
  })
})
