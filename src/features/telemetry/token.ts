import { hash, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '#kernel/secrets.ts'

/** Who sends telemetry, and under which policy: what an ingest token says. */
export interface IngestClaims {
  /** What the token was delivered to: a signed-in client, or an enrolment (whose machines share it). */
  readonly kind: 'client' | 'enrolment'
  /** Of the client or the enrolment. */
  readonly id: string
  /** Member or service account of the client; of an enrolment its own id. */
  readonly principalId: string
  /** The policy version it was delivered beside; empty: none. */
  readonly versionId: string
}

export interface IngestTokens {
  /** The same claims give the same token, so that the bundle that carries it keeps its entity tag. */
  readonly make: (claims: IngestClaims) => string
  /** Undefined: none of ours. Says nothing about whether the client or the enrolment is still in use. */
  readonly read: (token: string) => IngestClaims | undefined
}

/**
 * `git_<claims>.<MAC>`: the claims as base64url, and 128 bits of HMAC-SHA256 over them. No row stands behind it, for there is one
 * per client and policy version, and nothing in it has to be taken back: what the client or the enrolment may do is asked of them
 * at each use. It opens the ingest routes and nothing else.
 */
const prefix = 'git_'
const shape = /^git_([A-Za-z0-9_-]{20,400})\.([A-Za-z0-9_-]{22})$/
const macLength = 16

const kinds = { client: 'c', enrolment: 'e' } as const
/** No id has a space in it. */
const claimsShape = /^([ce]) (\S+) (\S+) (\S*)$/

/** Usable once the key file has been read (`Secrets`). */
export function createIngestTokens(runtime: {
  readonly secrets: Pick<Secrets, 'derive'>
}): IngestTokens {
  let keys: readonly Pads[] | undefined
  /** A key that was replaced still opens what was delivered under it. */
  const ring = () => (keys ??= runtime.secrets.derive('ingest tokens').map(padsOf))
  return {
    make({ kind, id, principalId, versionId }) {
      const [key] = ring()
      if (!key) throw new Error('There is no key to make ingest tokens with.')
      const text = `${kinds[kind]} ${id} ${principalId} ${versionId}`
      const body = prefix + Buffer.from(text).toString('base64url')
      return `${body}.${macOf(key, body)}`
    },
    read(token) {
      const match = shape.exec(token)
      if (!match) return undefined
      const [, text = '', mac = ''] = match
      const body = prefix + text
      if (!ring().some((key) => sameText(mac, macOf(key, body)))) return undefined
      const claims = claimsShape.exec(Buffer.from(text, 'base64url').toString())
      if (!claims) return undefined
      const [, kind, id = '', principalId = '', versionId = ''] = claims
      return { kind: kind === 'c' ? 'client' : 'enrolment', id, principalId, versionId }
    },
  }
}

/** The two keys that HMAC makes of one (RFC 2104, section 2). */
interface Pads {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

const block = 64

function padsOf(key: Buffer): Pads {
  const padded = Buffer.concat([key], block)
  return { inner: padded.map((byte) => byte ^ 0x36), outer: padded.map((byte) => byte ^ 0x5c) }
}

/**
 * HMAC-SHA256 by two hashes: 5 µs where createHmac takes 28 (one core, busy machine), and it is made for each fetch. As text: 22
 * characters of base64url leave four bits over, and a token has one spelling.
 */
function macOf({ inner, outer }: Pads, body: string): string {
  const first = hash('sha256', Buffer.concat([inner, Buffer.from(body)]), 'buffer')
  const mac = hash('sha256', Buffer.concat([outer, first]), 'buffer')
  return mac.subarray(0, macLength).toString('base64url')
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
