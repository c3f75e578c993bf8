import { createHash } from 'node:crypto'
import { sameHash } from '#kernel/tokens.ts'

/** RFC 7636, section 4.1: 43 to 128 unreserved characters. */
const verifierShape = /^[A-Za-z0-9._~-]{43,128}$/
/** RFC 7636, section 4.2: base64url of 32 bytes has 43 characters; the last carries four bits. */
const challengeShape = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

export const isVerifier = (text: string): boolean => verifierShape.test(text)
export const isChallenge = (text: string): boolean => challengeShape.test(text)

/** S256: BASE64URL(SHA256(ASCII(verifier))). The only method here; `plain` proves nothing to who reads the request. */
export const challengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier, 'ascii').digest('base64url')

export function provesChallenge(verifier: string, challenge: string): boolean {
  const hex = (text: string): string => Buffer.from(text, 'base64url').toString('hex')
  return isVerifier(verifier) && sameHash(hex(challengeOf(verifier)), hex(challenge))
}
