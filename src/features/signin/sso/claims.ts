/** What a provider says of somebody, as it came: the claims of an ID token or of the userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>

/** What of it counts. */
export interface Told {
  readonly subject: string
  readonly name: string
  /** As it was told; null where there is none that could be somebody's. */
  readonly email: string | null
  /** The provider has checked that the address is hers. */
  readonly emailVerified: boolean
  /** Null: the provider says nothing about groups that could be relied on. */
  readonly groups: readonly string[] | null
  /** When she last gave the provider her password or whatever it asks for (ms). */
  readonly authenticatedAt: number | null
  /** The provider says that more than one factor was asked for. */
  readonly severalFactors: boolean
}

const text = (value: unknown, most: number): string =>
  typeof value === 'string' && value.length <= most ? value.trim() : ''

/** The most values of a groups claim that are looked at. */
const mostGroups = 2000

/**
 * Reads the two sources together. The ID token goes first; an address and whether it was verified are taken from the same
 * source, since one may have been checked and the other not.
 */
export function readClaims(
  idToken: Claims,
  userinfo: Claims | undefined,
  groupsClaim: string | null,
): Told {
  const sources = [idToken, userinfo ?? {}]
  const all = { ...userinfo, ...idToken }
  const address =
    sources.find((s) => emailOf(s) !== '' && saysVerified(s)) ??
    sources.find((s) => emailOf(s) !== '') ??
    {}
  const email = emailOf(address)
  return {
    subject: typeof idToken['sub'] === 'string' ? idToken['sub'] : '',
    name: text(all['name'], 200) || fullName(all),
    email: email === '' ? null : email,
    emailVerified: email !== '' && isVerified(address),
    groups: groupsClaim === null ? null : groupsOf(sources, groupsClaim),
    authenticatedAt:
      typeof idToken['auth_time'] === 'number' ? Math.round(idToken['auth_time'] * 1000) : null,
    // RFC 8176, section 2: `mfa` is said where several factors were used, whichever they were.
    severalFactors: Array.isArray(idToken['amr']) && idToken['amr'].includes('mfa'),
  }
}

/** Whether anything that is needed is missing from the ID token and may stand in the answer of the userinfo endpoint. */
export const wantsUserinfo = (idToken: Claims, groupsClaim: string | null): boolean =>
  emailOf(idToken) === '' ||
  !saysVerified(idToken) ||
  (groupsClaim !== null && idToken[groupsClaim] === undefined)

const emailOf = (claims: Claims): string => text(claims['email'], 254)

/** OpenID Connect Core, section 5.1; Microsoft Entra says the same with `xms_edov`, which is an optional claim there. */
const saysVerified = (claims: Claims): boolean =>
  claims['email_verified'] !== undefined || claims['xms_edov'] !== undefined

/** Only `true` is true. Entra has been seen to write 1 and "1" for it; where both claims come, one `false` is enough. */
function isVerified(claims: Claims): boolean {
  const own = claims['email_verified']
  const entra = claims['xms_edov']
  if (own !== undefined) return own === true && (entra === undefined || yes(entra))
  return yes(entra)
}

const yes = (value: unknown): boolean =>
  value === true || value === 1 || value === '1' || value === 'true'

const fullName = (claims: Claims): string =>
  [text(claims['given_name'], 100), text(claims['family_name'], 100)].join(' ').trim()

/**
 * A provider that leaves the claim out says that there are none, unless it says that they are elsewhere: Entra does so for people
 * with more than 200 groups (`_claim_names`; OpenID Connect Core, section 5.6.2).
 */
function groupsOf(sources: readonly Claims[], claim: string): readonly string[] | null {
  const value = sources.map((s) => s[claim]).find((v) => v !== undefined)
  if (value === undefined) return sources.some((s) => isElsewhere(s, claim)) ? null : []
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (!Array.isArray(value)) return null
  return value.filter((v): v is string => typeof v === 'string' && v !== '').slice(0, mostGroups)
}

function isElsewhere(claims: Claims, claim: string): boolean {
  const names = claims['_claim_names']
  return typeof names === 'object' && names !== null && Object.hasOwn(names, claim)
}

/**
 * The domain of an address that may stand for a person by itself: printable ASCII, one @, no quotes. Addresses are found whatever
 * the case of their letters, and beyond ASCII letters fall together that are not the same (the Kelvin sign is a k).
 */
export function domainOf(email: string): string | undefined {
  const match = /^[\x21\x23-\x3f\x41-\x5b\x5d-\x7e]+@([a-z0-9.-]+)$/i.exec(email)
  return match?.[1]?.toLowerCase()
}
