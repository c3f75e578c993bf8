import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Every token we issue is `gh_<kind>_<id>_<secret><checksum>`: looked up by its id, compared by the SHA-256 of the whole,
 * shown once. 256 random bits need no slow hash; Argon2id is for passwords only. The checksum lets a scanner (and us)
 * tell a mistyped or truncated token from a wrong one without a look-up.
 */
export const tokenKinds = [
  'ses',
  'key',
  'enr',
  'otl',
  'ing',
  'fed',
  'uns',
  // Of clients: access token, refresh token, authorization code, the secret half of a device code.
  'cat',
  // An access token that a person made for a client; `at-` stands in front of it.
  'pat',
  'crt',
  'cod',
  'dev',
  // Of a directory that provisions people.
  'scm',
] as const
export type TokenKind = (typeof tokenKinds)[number]

export interface IssuedToken {
  /** The whole token: show it once, never store it. */
  readonly token: string
  /** Hex SHA-256 of the token: this is what the database holds. */
  readonly hash: string
  /** The part that may be shown again, to recognise the token by. */
  readonly prefix: string
}

export interface ReadToken {
  readonly kind: TokenKind
  readonly id: string
  readonly hash: string
}

const shape = /^gh_([a-z]{3})_([a-z]{3}[0-9a-f]{32})_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `id` is an id of `kernel/ids`; its underscore is left out inside the token, so that the parts stay separable. */
export function issueToken(
  kind: TokenKind,
  id: string,
  random: (size: number) => Uint8Array = randomBytes,
): IssuedToken {
  const secret = Buffer.from(random(32)).toString('base64url')
  const body = `gh_${kind}_${id.replace('_', '')}_${secret}`
  const token = body + sha256(body).slice(0, 8)
  return {
    token,
    hash: sha256(token),
    prefix: `${body.slice(0, body.lastIndexOf(secret))}${secret.slice(0, 4)}…`,
  }
}

/** Reads a presented token; undefined when it is none of ours (form or checksum). Says nothing about validity. */
export function readToken(presented: string, kind: TokenKind): ReadToken | undefined {
  const match = shape.exec(presented)
  if (!match || match[1] !== kind) return undefined
  const id = match[2] ?? ''
  const checksum = match[4] ?? ''
  if (sha256(presented.slice(0, -8)).slice(0, 8) !== checksum) return undefined
  return { kind, id: `${id.slice(0, 3)}_${id.slice(3)}`, hash: sha256(presented) }
}

/** SHA-256 of a secret chosen by the operator (the initial admin key), in the form the tables hold. */
export const hashSecret = sha256

/** Compares two hex hashes in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex')
  const right = Buffer.from(b, 'hex')
  return left.length === right.length && timingSafeEqual(left, right)
}
