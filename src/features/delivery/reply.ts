import { Problem } from '#kernel/problem.ts'
import { matchesEtag, type Bundle } from './bundle.ts'

/** A good answer as the parts of a response. */
export interface DirectAnswer {
  readonly status: 200 | 304
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The bundle, or 304 to whoever has it already. */
export function reply(bundle: Bundle, ifNoneMatch: string | null): DirectAnswer {
  const headers = headersOf(bundle)
  return matchesEtag(ifNoneMatch, bundle.etag)
    ? { status: 304, headers: headers.short, body: '' }
    : { status: 200, headers: headers.whole, body: bundle.body }
}

/** `age`: since the database last confirmed it (ms); null: it does now. */
export function asResponse({ status, headers, body }: DirectAnswer, age: number | null): Response {
  const aged =
    age === null ? headers : { ...headers, 'x-gatehouse-stale': String(Math.floor(age / 1000)) }
  return new Response(status === 304 ? null : body, { status, headers: aged })
}

export const ageAt = (staleSince: number | null, now: number): number | null =>
  staleSince === null ? null : Math.max(0, now - staleSince)

export const tooOld = (): Problem =>
  new Problem(
    'database_unavailable',
    'The database has been away for longer than bundles may be served without it.',
    { remedy: 'The operator reads docs/outage.md.', retryAfter: 60 },
  )

/** Made once for each bundle. `no-cache`: a proxy on the way may keep it but asks whether it is still the one. */
function headersOf(bundle: Bundle): HeaderSet {
  const known = headerSets.get(bundle)
  if (known) return known
  const short = { etag: bundle.etag, 'cache-control': 'private, no-cache' }
  const whole = {
    ...short,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(bundle.body)),
  }
  headerSets.set(bundle, { short, whole })
  return { short, whole }
}
interface HeaderSet {
  readonly short: Readonly<Record<string, string>>
  readonly whole: Readonly<Record<string, string>>
}
const headerSets = new WeakMap<Bundle, HeaderSet>()
