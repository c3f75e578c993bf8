import type { IncomingHttpHeaders } from 'node:http'
import { acceptEncoding } from './outbound-answer.ts'
import { failure, type OutboundFailure } from './outbound-failure.ts'

/** A request on its way through redirects: where it stands, and what it still carries. */
export interface Trip {
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Addresses after the first, in order. */
  readonly redirects: readonly string[]
  /**
   * Where the first address says it has moved to for good: the end of the unbroken run of 301 and
   * 308 at the beginning. Null when the first redirect was a temporary one, or there was none.
   */
  readonly movedTo: string | null
}

export interface TripRules {
  /** `['https:']` when left out. */
  readonly schemes?: readonly ('http:' | 'https:')[] | undefined
  /** 5 when left out. */
  readonly maxRedirects?: number | undefined
  /** Names of headers that only the first origin may see, beside those that always identify us. */
  readonly secretHeaders?: readonly string[] | undefined
}

/** They identify us to one origin and are not taken to another (RFC 9110, section 15.4). */
const credentials = new Set(['authorization', 'cookie', 'proxy-authorization'])

export function startTrip(
  address: string | URL,
  headers: Readonly<Record<string, string>>,
  rules: TripRules,
): Trip | OutboundFailure {
  const url = parseUrl(address, rules)
  if (!(url instanceof URL)) return url
  const carried: Record<string, string> = { 'accept-encoding': acceptEncoding }
  for (const name of Object.keys(headers)) carried[name.toLowerCase()] = headers[name] ?? ''
  return { url, headers: carried, redirects: [], movedTo: null }
}

/** The trip's next stop when the answer is a redirect, `undefined` when this is the end of it. */
export function nextStop(
  trip: Trip,
  answer: { readonly status: number; readonly headers: IncomingHttpHeaders },
  rules: TripRules,
): Trip | OutboundFailure | undefined {
  const { url: here, redirects } = trip
  const { status } = answer
  const { location } = answer.headers
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined
  const most = rules.maxRedirects ?? 5
  if (redirects.length >= most)
    return failure(
      'too_many_redirects',
      here,
      `${here.host} redirects more than ${most} times; the last address is ${here.href}.`,
    )
  const next = parseUrl(location, rules, here)
  if (!(next instanceof URL)) return next
  if (here.protocol === 'https:' && next.protocol === 'http:')
    return failure('bad_redirect', here, `${here.href} redirects from https to http.`)
  const permanent = status === 301 || status === 308
  const unbroken = redirects.length === 0 || trip.movedTo === here.href
  return {
    url: next,
    headers: next.origin === here.origin ? trip.headers : withoutSecrets(trip.headers, rules),
    redirects: [...redirects, next.href],
    movedTo: permanent && unbroken ? next.href : trip.movedTo,
  }
}

function withoutSecrets(
  headers: Readonly<Record<string, string>>,
  rules: TripRules,
): Record<string, string> {
  const secret = new Set(rules.secretHeaders?.map((name) => name.toLowerCase()))
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !credentials.has(name) && !secret.has(name)),
  )
}

function parseUrl(address: string | URL, rules: TripRules, base?: URL): URL | OutboundFailure {
  const schemes: readonly string[] = rules.schemes ?? ['https:']
  const url = typeof address === 'string' ? URL.parse(address, base) : address
  const fail = (message: string): OutboundFailure =>
    base === undefined
      ? failure('invalid_url', { href: String(address) }, message)
      : failure('bad_redirect', base, message)
  if (url === null) return fail(`${String(address)} is not an address.`)
  if (!schemes.includes(url.protocol))
    return fail(`${url.protocol}// addresses may not be called here.`)
  if (url.username !== '' || url.password !== '')
    return fail('The address contains a user name or password.')
  if (url.hash === '') return url
  const whole = new URL(url)
  whole.hash = ''
  return whole
}
