import { createHash, randomBytes } from 'node:crypto'

/** Crockford's alphabet: no letter that looks like a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const shape = /^[0-9a-hjkmnp-tv-z]{24}$/
export const codesAtOnce = 10

/**
 * A recovery code: 24 characters of five bits, in four groups. 120 bits need no slow hash (OWASP ASVS 5.0, 6.5.2, draws the
 * line at 112), and typing one is for the day when everything else is lost.
 */
export function newCode(random: (size: number) => Uint8Array = randomBytes): string {
  const letters = Array.from(random(24), (byte) => alphabet[byte % alphabet.length])
  return letters.join('').replaceAll(/(.{6})(?=.)/g, '$1-')
}

/** The hash of what was typed, however it was typed; undefined when it cannot be a code. */
export function hashOfCode(typed: string): string | undefined {
  const code = typed
    .toLowerCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  if (!shape.test(code)) return undefined
  return createHash('sha256').update(`recovery code ${code}`).digest('hex')
}
