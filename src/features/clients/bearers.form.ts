import { readToken } from '#kernel/tokens.ts'

/** Longer than any token we issue; Node takes headers of 16 KiB in all. */
const longest = 8192

/** What the client knows an access token by that a person made, whatever comes behind it (0.169). */
export const accessTokenPrefix = 'at-'

/** An access token that somebody made: its id, by its form and checksum alone. */
export const readAccessToken = (presented: string): string | undefined =>
  presented.startsWith(accessTokenPrefix)
    ? readToken(presented.slice(accessTokenPrefix.length), 'pat')?.id
    : undefined

const jwt = /^([\w-]+)\.[\w-]+\.[\w-]+$/

/**
 * Whether it has the form of an access token of ours: an opaque one whose checksum is right, with `at-` in front where a person
 * made it, or a JWT that says of itself that it is an access token (RFC 9068, section 2.1). So that garbage, and an id token,
 * costs no question to the database. It says nothing about validity: that is for who finds its hash.
 */
export function looksLikeBearer(token: string): boolean {
  if (token.length > longest) return false
  if (token.startsWith('gh_')) return readToken(token, 'cat') !== undefined
  if (token.startsWith(accessTokenPrefix)) return readAccessToken(token) !== undefined
  const header = jwt.exec(token)?.[1]
  return header !== undefined && typeOf(header) === 'at+jwt'
}

function typeOf(header: string): unknown {
  try {
    const read = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as unknown
    return typeof read === 'object' && read !== null && 'typ' in read ? read.typ : undefined
  } catch {
    return undefined
  }
}
