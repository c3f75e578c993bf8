import { webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSigningSecret, signatureHeaders } from './sign.ts'

/** A receiver written from the specification with another implementation of HMAC. */
async function accepts(headers: Record<string, string>, body: string, secret: string) {
  const key = await webcrypto.subtle.importKey(
    'raw',
    Uint8Array.from(atob(secret.slice('whsec_'.length)), (c) => c.charCodeAt(0)),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  for (const part of (headers['webhook-signature'] ?? '').split(' ')) {
    const [version, signature = ''] = part.split(',')
    const bytes = Uint8Array.from(atob(signature), (c) => c.charCodeAt(0))
    const data = new TextEncoder().encode(content)
    if (version === 'v1' && (await webcrypto.subtle.verify('HMAC', key, bytes, data))) return true
  }
  return false
}

describe('the signature of a webhook', () => {
  it('is the one of the reference vector', () => {
    expect(
      signatureHeaders({
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        at: 1614265330_000,
        body: '{"test": 2432232314}',
        secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      }),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('is accepted with any of its secrets and with no other, and not for another body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.nat(), async (body, at) => {
        const [fresh, old, foreign] = [newSigningSecret(), newSigningSecret(), newSigningSecret()]
        const headers = signatureHeaders({ id: 'dlv_1', at, body, secrets: [fresh, old] })
        expect(await accepts(headers, body, fresh)).toBe(true)
        expect(await accepts(headers, body, old)).toBe(true)
        expect(await accepts(headers, body, foreign)).toBe(false)
        expect(await accepts(headers, `${body} `, fresh)).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  it('comes from a secret of 32 bytes', () => {
    const secret = newSigningSecret()
    expect(secret).toMatch(/^whsec_/)
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
  })
})
