import { createHmac, randomBytes } from 'node:crypto'

/**
 * Signatures of webhooks after the specification "Standard Webhooks" (standardwebhooks.com, version 1): HMAC-SHA256 over
 * `<id>.<timestamp>.<body>` with a shared secret, base64.
 */
const prefix = 'whsec_'

/** `whsec_` and base64 of 32 random bytes; the specification asks for 24 to 64. */
export function newSigningSecret(random: (size: number) => Uint8Array = randomBytes): string {
  return prefix + Buffer.from(random(32)).toString('base64')
}

export interface Signed {
  readonly id: string
  /** ms; sent in whole seconds. */
  readonly at: number
  readonly body: string
  /** The newest first. With two of them a receiver can change its secret without missing anything. */
  readonly secrets: readonly string[]
}

/** The three headers. A receiver that knows any of the secrets accepts the message. */
export function signatureHeaders({ id, at, body, secrets }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const sign = (secret: string): string =>
    createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${sign(secret)}`).join(' '),
  }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64')
}
