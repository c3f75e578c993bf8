import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIds } from '#kernel/ids.ts'
import { maskTokens } from '#kernel/log.ts'
import { createSecrets } from '#kernel/secrets.ts'
import { createIngestTokens, type IngestClaims } from './token.ts'

const ids = createIds(() => 1_767_600_000_000)
const key = randomBytes(32)
const tokens = createIngestTokens({ secrets: createSecrets([key]) })
const claims: fc.Arbitrary<IngestClaims> = fc.record({
  kind: fc.constantFrom('client', 'enrolment'),
  id: fc.constant('').map(() => ids('cli')),
  principalId: fc.constant('').map(() => ids('mem')),
  versionId: fc.boolean().map((some) => (some ? ids('ver') : '')),
})
const [sample] = fc.sample(claims, { numRuns: 1, seed: 1 })
if (!sample) throw new Error('No sample was drawn.')

describe('an ingest token', () => {
  it('says again what it was made of, and is the same each time', () => {
    fc.assert(
      fc.property(claims, (one) => {
        const token = tokens.make(one)
        expect(token).toMatch(/^git_[\w-]+\.[\w-]{22}$/)
        expect(tokens.make(one)).toBe(token)
        expect(tokens.read(token)).toEqual(one)
      }),
    )
  })

  it('ends with HMAC-SHA256 over everything before the dot', () => {
    const [body = '', mac] = tokens.make(sample).split('.')
    const [derived] = createSecrets([key]).derive('ingest tokens')
    const whole = createHmac('sha256', derived ?? '')
      .update(body)
      .digest()
    expect(mac).toBe(whole.subarray(0, 16).toString('base64url'))
  })

  it('is refused with any character changed, cut off or added', () => {
    const token = tokens.make(sample)
    for (let at = 0; at < token.length; at++)
      for (const by of ['x', 'A', '_', 'B', '']) {
        const bent = token.slice(0, at) + by + token.slice(at + 1)
        if (bent !== token) expect(tokens.read(bent)).toBeUndefined()
      }
    for (const bent of [`${token}A`, ` ${token}`, `${token}\n`, '', 'git_.', token.repeat(50)])
      expect(tokens.read(bent)).toBeUndefined()
  })

  it('is refused by a workspace with another key, and opens after a key was put in front', () => {
    const token = tokens.make(sample)
    const other = createIngestTokens({ secrets: createSecrets([randomBytes(32)]) })
    expect(other.read(token)).toBeUndefined()
    const rotated = createIngestTokens({ secrets: createSecrets([randomBytes(32), key]) })
    expect(rotated.read(token)).toEqual(sample)
    expect(rotated.make(sample)).not.toBe(token)
  })

  it('is masked in log lines', () => {
    const token = tokens.make(sample)
    expect(maskTokens(`bad header ${token}!`)).not.toContain(token.slice(-22))
  })
})
