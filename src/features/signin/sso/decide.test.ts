import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emailKey } from '#features/access/index.ts'
import { readClaims } from './claims.ts'
import { decide, type Known, type Question } from './decide.ts'

const ada: Known = { id: 'mem_ada', email: 'ada@acme.example', status: 'active', guarded: false }
const question = (change: Partial<Question> = {}): Question => ({
  provider: { name: 'Acme ID', domains: ['acme.example'], justInTime: true },
  told: { subject: 's1', email: 'ada@acme.example', emailVerified: true },
  linked: undefined,
  byEmail: undefined,
  ...change,
})
const byEmail = (change: Partial<Known & { linkedElsewhere: boolean }> = {}) => ({
  ...ada,
  linkedElsewhere: false,
  ...change,
})
const told = (change: object) => ({ ...question().told, ...change })

/** What comes of it, in a word. */
const verdict = (change: Partial<Question> = {}): string => {
  const decision = decide(question(change))
  if (decision.kind === 'refuse') return decision.refusal.code
  return decision.kind === 'link' && decision.activate ? 'link and activate' : decision.kind
}

describe('which account a round trip opens', () => {
  it.each<[string, Partial<Question>, string]>([
    ['linked', { linked: ada }, 'sign_in'],
    ['linked, though the address is another’s now', { linked: ada, byEmail: byEmail({ id: 'mem_bob' }) }, 'sign_in'],
    ['linked, and the address is not told any more', { linked: ada, told: told({ email: null }) }, 'sign_in'],
    ['linked owner', { linked: { ...ada, guarded: true } }, 'sign_in'],
    ['linked and suspended', { linked: { ...ada, status: 'suspended' } }, 'member_suspended'],
    ['linked and archived', { linked: { ...ada, status: 'archived' } }, 'member_archived'],
    ['linked and invited', { linked: { ...ada, status: 'invited' } }, 'member_invited'],
    ['known by a verified address of its domain', { byEmail: byEmail() }, 'link'],
    ['invited', { byEmail: byEmail({ status: 'invited' }) }, 'link and activate'],
    ['suspended', { byEmail: byEmail({ status: 'suspended' }) }, 'member_suspended'],
    ['an owner', { byEmail: byEmail({ guarded: true }) }, 'guarded'],
    ['an invited owner', { byEmail: byEmail({ guarded: true, status: 'invited' }) }, 'guarded'],
    ['linked to another subject of it', { byEmail: byEmail({ linkedElsewhere: true }) }, 'other_person'],
    ['unverified', { byEmail: byEmail(), told: told({ emailVerified: false }) }, 'unverified_email'],
    ['of a domain that it does not own', { byEmail: byEmail(), provider: { ...question().provider, domains: ['other.example'] } }, 'foreign_domain'],
    ['of a domain below its own', { byEmail: byEmail(), told: told({ email: 'ada@mail.acme.example' }) }, 'foreign_domain'],
    ['of a domain that ends like its own', { told: told({ email: 'ada@evilacme.example' }) }, 'foreign_domain'],
    ['with two @', { byEmail: byEmail(), told: told({ email: 'ada@acme.example@acme.example' }) }, 'unusual_email'],
    ['in quotes', { byEmail: byEmail(), told: told({ email: '"ada@evil.example"@acme.example' }) }, 'unusual_email'],
    ['with a Kelvin sign', { byEmail: byEmail(), told: told({ email: 'mi\u212Ae@acme.example' }) }, 'unusual_email'],
    ['with a full-width @', { told: told({ email: 'ada\uff20acme.example' }) }, 'unusual_email'],
    ['with a dotted capital', { told: told({ email: 'ada@acme.exampl\u0130' }) }, 'unusual_email'],
    ['in capitals', { byEmail: byEmail(), told: told({ email: 'ADA@ACME.EXAMPLE' }) }, 'link'],
    ['new', {}, 'create'],
    ['new, and nobody is made a member by coming', { provider: { ...question().provider, justInTime: false } }, 'no_account'],
    ['without an address', { told: told({ email: null }) }, 'no_email'],
    ['without a subject', { linked: ada, told: told({ subject: '' }) }, 'no_subject'],
  ])('%s', (_, change, expected) => {
    expect(verdict(change)).toBe(expected)
  }) // prettier-ignore

  it('never opens an account by an address that is not verified, not of its domain, or an owner’s', () => {
    fc.assert(
      fc.property(
        fc.record({
          email: fc.constantFrom('ada@acme.example', 'ada@other.example', 'a\u212A@acme.example'),
          emailVerified: fc.boolean(),
          guarded: fc.boolean(),
          linkedElsewhere: fc.boolean(),
          justInTime: fc.boolean(),
          status: fc.constantFrom<Known['status']>('invited', 'active', 'suspended', 'archived'),
          known: fc.boolean(),
        }),
        ({ email, emailVerified, justInTime, known, ...member }) => {
          const decision = decide(
            question({
              provider: { name: 'P', domains: ['acme.example'], justInTime },
              told: { subject: 's', email, emailVerified },
              byEmail: known ? { ...ada, ...member } : undefined,
            }),
          )
          if (decision.kind === 'refuse') return
          expect(emailVerified && email === 'ada@acme.example').toBe(true)
          if (decision.kind === 'link')
            expect(known && !member.guarded && !member.linkedElsewhere).toBe(true)
          else expect([decision.kind, known, justInTime]).toEqual(['create', false, true])
        },
      ),
    ) // prettier-ignore
  })

  it('tells apart all that the key of an address tells apart', () => {
    // Two addresses that let somebody in by themselves and have one key differ in nothing but the case of ASCII letters.
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), (local) => {
        const email = `${local}@acme.example`
        if (decide(question({ told: told({ email }) })).kind === 'refuse') return
        expect(emailKey(email)).toBe(email.replaceAll(/[A-Z]/g, (c) => c.toLowerCase()))
      }),
    )
  })
})

describe('what a provider says', () => {
  const read = (idToken: object, userinfo?: object, claim: string | null = 'groups') =>
    readClaims({ sub: 's', ...idToken }, userinfo as Record<string, unknown> | undefined, claim)

  it.each([
    [true, true],
    ['true', false],
    [1, false],
    [false, false],
    [null, false],
  ])('email_verified %j counts as %j', (said, counts) => {
    expect(read({ email: 'a@b.example', email_verified: said }).emailVerified).toBe(counts)
  })

  it('takes the address and its being verified from one source', () => {
    const both = read({ email: 'mine@b.example' }, { email: 'theirs@b.example', email_verified: true })
    expect(both).toMatchObject({ email: 'theirs@b.example', emailVerified: true })
    const apart = read({ email: 'mine@b.example' }, { email_verified: true })
    expect(apart).toMatchObject({ email: 'mine@b.example', emailVerified: false })
  }) // prettier-ignore

  it('takes Entra’s word for a verified domain, and no word over email_verified false', () => {
    expect(read({ email: 'a@b.example', xms_edov: '1' }).emailVerified).toBe(true)
    expect(read({ email: 'a@b.example', xms_edov: false }).emailVerified).toBe(false)
    const both = read({ email: 'a@b.example', email_verified: false, xms_edov: true })
    expect(both.emailVerified).toBe(false)
  })

  it('reads groups as a list, as one text, as none, and as said elsewhere', () => {
    expect(read({ groups: ['a', 7, '', 'b'] }).groups).toEqual(['a', 'b'])
    expect(read({ groups: 'a' }).groups).toEqual(['a'])
    expect(read({}, { groups: ['u'] }).groups).toEqual(['u'])
    expect(read({}).groups).toEqual([])
    expect(read({ _claim_names: { groups: 'src1' } }).groups).toBeNull()
    expect(read({ groups: { a: true } }).groups).toBeNull()
    expect(read({ groups: ['a'] }, undefined, null).groups).toBeNull()
  })

  it('knows several factors by what RFC 8176 calls them', () => {
    expect(read({ amr: ['pwd', 'mfa'] }).severalFactors).toBe(true)
    expect(read({ amr: ['pwd', 'otp'] }).severalFactors).toBe(false)
    expect(read({ amr: 'mfa' }).severalFactors).toBe(false)
  })
})
