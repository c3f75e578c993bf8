import { hash } from 'node:crypto'
import type { SeenFetch } from '#features/policies/index.ts'
import { Problem } from '#kernel/problem.ts'
import { outcomeAt, type KeyAnswer, type Served } from './answers.ts'
import type { Recorder } from './recorder.ts'
import { ageAt, asResponse, reply, tooOld, type DirectAnswer } from './reply.ts'
import type { Source } from './source.ts'
import { deliver, type TelemetryFragments } from './telemetry.ts'
import { createStrangers } from './strangers.ts'

export interface ServeParts {
  readonly source: () => Source | undefined
  readonly recorder: Recorder
  /** How long bundles are served without a database (ms). */
  readonly maxAge: number
  readonly seen: (fetch: SeenFetch) => void
  readonly telemetry: TelemetryFragments
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
  const strangers = createStrangers()
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
    const age = ageAt(source.staleSince, now)
    if (age !== null && age > parts.maxAge) {
      note(answer, 503, address, now)
      throw tooOld()
    }
    const outcome = outcomeAt(answer, now)
    if (outcome.kind === 'refused') {
      note(answer, 403, address, now)
      throw new Problem(outcome.code, outcome.message)
    }
    if (age !== null) stale++
    return asResponse(good(answer, outcome, ifNoneMatch, address, now), age)
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
    outcome: Served,
    ifNoneMatch: string | null,
    address: string,
    now: number,
  ): DirectAnswer {
    const { enrolmentId } = answer
    const whose = { kind: 'enrolment', id: enrolmentId, principalId: enrolmentId } as const
    const given = reply(deliver(outcome, whose, parts.telemetry), ifNoneMatch)
    note(answer, given.status, address, now)
    return given
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
    // That a key or an enrolment has ended says nothing about the version that it would have been given.
    if (outcome.kind === 'refused' && outcome.code === 'enrolment_revoked') return
    parts.seen({
      kind: 'enrolment',
      id: answer.enrolmentId,
      // Machines of one enrolment are told apart by nothing else.
      client: address,
      status,
      versionId: served?.versionId ?? '',
      at: now,
    })
  }

  function refuseStranger(address: string, now: number): Problem {
    const wait = strangers.mustWait(address, now)
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

const before = '/c/'
const after = '/codex/config/bundle'
/** The key in the path of a request target; undefined for any other target. */
export const keyInPath = (target: string): string | undefined =>
  target.startsWith(before) && target.endsWith(after)
    ? target.slice(before.length, -after.length)
    : undefined
