import { randomInt } from 'node:crypto'

/**
 * No vowels, so that no word comes about, and nothing that is taken for something else: RFC 8628, section 6.1. Eight of
 * twenty letters are 34.5 bits; of a code that lives 15 minutes, a member can try ten (section 5.1).
 */
export const letters = 'BCDFGHJKLMNPQRSTVWXZ'
export const codeLength = 8
const shape = new RegExp(`^[${letters}${letters.toLowerCase()}]{${codeLength}}$`)

/** A code as it is stored: eight letters. `random(n)` gives a number from 0 to below n. */
export const makeUserCode = (random: (below: number) => number = randomInt): string =>
  Array.from({ length: codeLength }, () => letters.charAt(random(letters.length))).join('')

/** As the terminal shows it: `ABCD-EFGH`. */
export const showUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`

/**
 * What a person typed, as it is stored: case, spaces and every kind of hyphen do not matter. Undefined when it cannot be a
 * code; that tells nobody anything, since the letters are public.
 */
export function readUserCode(typed: string): string | undefined {
  const plain = typed.normalize('NFKC').replaceAll(/[\s\p{Pd}\u2212_.]/gu, '')
  // Not upper case first: that would make two letters of `ß`.
  return shape.test(plain) ? plain.toUpperCase() : undefined
}
