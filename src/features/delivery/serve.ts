import { hash } from 'node:crypto'
import type { Actor } from '#kernel/route.ts'
import { Problem } from '#kernel/problem.ts'
import { outcomeAt, type Answers, type KeyAnswer, type Served } from './answers.ts'
import { matchesEtag, type Bundle } from './bundle.ts'
import type { Recorder } from './recorder.ts'
import { createStrangers } from './strangers.ts'

/** From where bundles are answered at this moment, and how old that is. */
export interface Source {
  readonly answers: Answers
  /** Null while the database answers; else its last confirmation (ms). */
  readonly staleSince: number | null
}

export interface ServeParts {
  readonly source: () => Source | undefined
  readonly recorder: Recorder
  /** How long bundles are served without a database (ms). */
  readonly maxAge: number
}

export interface Fetch {
  readonly key: string
  readonly ifNoneMatch: string | null
  readonly address: string
  readonly now: number
}

export interface DirectFetch extends Omit<Fetch, 'address'> {
  readonly address: () => string
}

export interface DirectAnswer {
  readonly status: 200 | 304
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Bundles answered by status, since the process started. */
export type Counts = ReadonlyMap<number, number>

export interface Serve {
  /** Answers one fetch from memory: no database, nothing awaited. Throws a Problem for every refusal. */
  (fetch: Fetch): Response
  /**
   * The same for a fetch that is good and known while the database answers, as the parts of a response; undefined for any
   * other, which nothing was done about. For the listener, before a framework costs more than the answer (bench/bundle.ts).
   */
  direct: (fetch: DirectFetch) => DirectAnswer | undefined
  counts: () => Counts
  /** Fetches that were answered without a database, since the process started. */
  stale: () => number
}

/** Hex SHA-256 of a presented key: what the answers are filed under, so a wrong key finds nothing to compare with. */
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex')

export function createServe(parts: ServeParts): Serve {
  const strangerMustWait = createStrangers()
  const counts = new Map<number, number>()
  let stale = 0
  const count = (status: number) => counts.set(status, (counts.get(status) ?? 0) + 1)

  function serve({ key, ifNoneMatch, address, now }: Fetch): Response {
    const source = parts.source()
    if (!source) {
      count(503)
      throw new Problem('not_ready', undefined, { retryAfter: 1 })
    }
    const answer = source.answers.byHash.get(hashOfKey(key))
    if (!answer) throw refuseStranger(address, now)
    const age = source.staleSince === null ? null : Math.max(0, now - source.staleSince)
    if (age !== null && age > parts.maxAge) {
      note(answer, 503, address, now)
      throw new Problem(
        'database_unavailable',
        'The database has been away for longer than bundles may be served without it.',
        { remedy: 'The operator reads docs/outage.md.', retryAfter: 60 },
      )
    }
    const outcome = outcomeAt(answer, now)
    if (outcome.kind === 'refused') {
      note(answer, 403, address, now)
      throw new Problem(outcome.code, outcome.message)
    }
    const { status, headers, body } = good(answer, outcome, ifNoneMatch, address, now)
    if (age === null) return new Response(status === 304 ? null : body, { status, headers })
    stale++
    const aged = { ...headers, 'x-gatehouse-stale': String(Math.floor(age / 1000)) }
    return new Response(status === 304 ? null : body, { status, headers: aged })
  }

  function direct({ key, ifNoneMatch, address, now }: DirectFetch): DirectAnswer | undefined {
    const source = parts.source()
    if (source?.staleSince !== null) return undefined
    const answer = source.answers.byHash.get(hashOfKey(key))
    if (!answer) return undefined
    const outcome = outcomeAt(answer, now)
    if (outcome.kind !== 'served') return undefined
    return good(answer, outcome, ifNoneMatch, address(), now)
  }

  function good(
    answer: KeyAnswer,
    { bundle }: Served,
    ifNoneMatch: string | null,
    address: string,
    now: number,
  ): DirectAnswer {
    const unchanged = matchesEtag(ifNoneMatch, bundle.etag)
    const status = unchanged ? 304 : 200
    note(answer, status, address, now)
    const headers = headersOf(bundle)
    return {
      status,
      headers: unchanged ? headers.short : headers.whole,
      body: unchanged ? '' : bundle.body,
    }
  }

  function note(answer: KeyAnswer, status: number, address: string, now: number): void {
    count(status)
    const outcome = outcomeAt(answer, now)
    const served = outcome.kind === 'served' && status < 400 ? outcome : undefined
    parts.recorder.note(
      {
        enrolmentId: answer.enrolmentId,
        keyId: answer.keyId,
        status,
        versionId: served?.versionId ?? '',
        policyId: served?.policyId ?? '',
        served: served?.served ?? '',
      },
      address,
      now,
    )
  }

  function refuseStranger(address: string, now: number): Problem {
    const wait = strangerMustWait(address, now)
    count(wait > 0 ? 429 : 404)
    return wait > 0
      ? new Problem('rate_limited', 'Too many fetches with unknown keys from this address.', {
          retryAfter: wait,
        })
      : new Problem('not_found', 'No enrolment has this key.', {
          remedy: 'Check the base_url on the machine, or make a new key.',
        })
  }

  return Object.assign(serve, { direct, counts: () => counts as Counts, stale: () => stale })
}

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

const before = '/c/'
const after = '/codex/config/bundle'
/** The key in the path of a request target; undefined for any other target. */
export const keyInPath = (target: string): string | undefined =>
  target.startsWith(before) && target.endsWith(after)
    ? target.slice(before.length, -after.length)
    : undefined

/**
 * Who fetches is told by the key in the path, and what an unknown one is answered (404, as the client's back-off expects)
 * is for `serve` to say, which knows the address. So the authenticator of enrolments lets everyone through without any
 * permission.
 */
export const enrolmentActor: Actor = {
  kind: 'enrolment',
  id: '',
  label: 'enrolment',
  permissions: new Set(),
}
