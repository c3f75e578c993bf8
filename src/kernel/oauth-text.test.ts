import fc from 'fast-check'
import { expect, it } from 'vitest'
import { oauthText } from './oauth-text.ts'

it('has only the characters of RFC 6749, section 5.2, and keeps those that were so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oauthText(text)).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/)
    }),
  )
  expect(oauthText('The code has expired.')).toBe('The code has expired.')
  expect(oauthText('The field "ü\\\n" comes twice.')).toBe("The field '?/?' comes twice.")
})
