import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { challengeOf, isChallenge, isVerifier, provesChallenge } from './pkce.ts'

const verifier = fc.stringMatching(/^[A-Za-z0-9._~-]{43,128}$/)

describe('PKCE', () => {
  it('computes the example of RFC 7636, appendix B', () => {
    const text = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    expect(challengeOf(text)).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    expect(provesChallenge(text, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')).toBe(true)
  })

  it('is proved by the verifier and by no other', () => {
    fc.assert(
      fc.property(verifier, verifier, (mine, other) => {
        expect(isVerifier(mine)).toBe(true)
        expect(isChallenge(challengeOf(mine))).toBe(true)
        expect(provesChallenge(mine, challengeOf(mine))).toBe(true)
        expect(provesChallenge(other, challengeOf(mine))).toBe(mine === other)
        // `plain`, by the back door.
        expect(provesChallenge(mine, mine)).toBe(false)
      }),
    )
  })

  it('takes verifiers of 43 to 128 unreserved characters', () => {
    expect(isVerifier('a'.repeat(42))).toBe(false)
    expect(isVerifier('a'.repeat(129))).toBe(false)
    expect(isVerifier(`${'a'.repeat(43)}\n`)).toBe(false)
    expect(isVerifier(`${'a'.repeat(43)}+`)).toBe(false)
    expect(isVerifier('')).toBe(false)
  })

  it('takes challenges that a SHA-256 can be', () => {
    expect(isChallenge('A'.repeat(42))).toBe(false)
    expect(isChallenge('A'.repeat(44))).toBe(false)
    expect(isChallenge(`${'A'.repeat(42)}=`)).toBe(false)
    // The last character would carry bits that are not there: two texts for one hash.
    expect(isChallenge(`${'A'.repeat(42)}B`)).toBe(false)
    expect(provesChallenge('', '')).toBe(false)
  })
})
