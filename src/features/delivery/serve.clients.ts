import { kindOf, looksLikeBearer, readAccessToken, type Bearer } from '#features/clients/index.ts'
import type { SeenFetch } from '#features/policies/index.ts'
import { Problem } from '#kernel/problem.ts'
import { longestUserAgent } from '#kernel/user-agent.ts'
import type { MemberAnswer, Served } from './answers.ts'
import type { Bundle } from './bundle.ts'
import type { Recorder } from './recorder.ts'
import { ageAt, asResponse, reply, tooOld, type DirectAnswer } from './reply.ts'
import { hashOfKey, type Counts } from './serve.ts'
import type { ClientAnswers, Workspace } from './source.ts'
import { createStrangers } from './strangers.ts'
import { deliver, type TelemetryFragments } from './telemetry.ts'

export interface ClientServeParts {
  readonly source: () => ClientAnswers | undefined
  /** Asks the database for a token that this process does not know. */
  readonly look: (hash: string) => Promise<Bearer | undefined>
  readonly recorder: Recorder
  /** How long bundles are served without a database (ms). */
  readonly maxAge: number
  readonly seen: (fetch: SeenFetch) => void
  readonly telemetry: TelemetryFragments
}

/** What a client sends along with whatever it asks. */
export interface Presented {
  readonly route: Bearer['route']
  readonly authorization: string | undefined
  /** `chatgpt-account-id`. */
  readonly accountId: string | undefined
  readonly userAgent: string | undefined
  readonly address: () => string
  readonly now: number
}

export interface ClientFetch extends Presented {
  readonly ifNoneMatch: string | null
}

/** A client that may ask, and for whom. */
export interface Admitted {
  readonly bearer: Bearer
  readonly workspace: Workspace
  readonly outcome: Served
  /** Since the database last confirmed it (ms); null: it does now. */
  readonly age: number | null
}

export interface ClientServe {
  /** Answers one fetch; from memory, but for a token that nobody here has heard of. Throws a Problem for every refusal. */
  (fetch: ClientFetch): Promise<Response>
  /** The same for a good fetch while the database answers; undefined for any other, which nothing was done about. */
  direct: (fetch: ClientFetch) => DirectAnswer | undefined
  /**
   * Whose access token it is, for one that somebody made (`at-…`), whatever has become of it. The client asks at each start, and
   * starts without any policy after every answer but this one: 401, 403, 404, 429 and 503 alike (0.169, measured). So this says
   * who, and the bundle says whether: there a refusal keeps the client from starting.
   */
  whoami: (presented: Pick<Presented, 'authorization' | 'now'>) => {
    readonly workspace: Workspace
    /** Null: it has ended, or this process does not know it; nothing is said of whose it was. */
    readonly bearer: Bearer | null
    /** The id of the token, which stands in it. */
    readonly tokenId: string
  }
  /** For everything else that a client asks: the same refusals, nothing recorded. */
  admit: (presented: Presented) => Promise<Admitted>
  counts: () => Counts
  /** Fetches that were answered without a database, since the process started. */
  stale: () => number
}

export function createClientServe(parts: ClientServeParts): ClientServe {
  const strangers = createStrangers()
  const counts = new Map<number, number>()
  let stale = 0
  const count = (status: number) => counts.set(status, (counts.get(status) ?? 0) + 1)

  /** The token in memory; else, when it could be one, in the database. Garbage and strangers cost no question. */
  async function find(asked: Presented, clients: ClientAnswers): Promise<Bearer> {
    const token = tokenIn(asked.authorization)
    if (token === undefined)
      throw new Problem('unauthenticated', 'Send the access token of a signed-in client.')
    const hash = hashOfKey(token)
    const known = clients.bearer(hash)
    if (known) return known
    const address = asked.address()
    const wait = strangers.mustWait(address, asked.now)
    if (wait > 0)
      throw new Problem('rate_limited', 'Too many unknown access tokens from this address.', {
        retryAfter: wait,
      })
    if (!looksLikeBearer(token)) throw unknown()
    // Issued a moment ago, or never: nobody can say without the database, so it is not called wrong.
    if (clients.staleSince !== null) {
      strangers.takeBack(address)
      throw new Problem('database_unavailable', undefined, { retryAfter: 5 })
    }
    const found = await parts.look(hash)
    if (!found) throw unknown()
    strangers.takeBack(address)
    return found
  }

  async function judge(asked: Presented): Promise<Judged> {
    const clients = parts.source()
    if (!clients?.workspace) throw new Problem('not_ready', undefined, { retryAfter: 1 })
    const bearer = await find(asked, clients)
    if (bearer.route !== asked.route) throw otherRoute(asked.route)
    if (bearer.endsAt <= asked.now) throw ended()
    const { workspace } = clients
    if (asked.accountId !== undefined && asked.accountId !== workspace.id) throw otherWorkspace()
    const age = ageAt(clients.staleSince, asked.now)
    return { bearer, workspace, age, outcome: clients.outcome(bearer) }
  }

  /** `note` is told the status of what is refused after it is known who asks. */
  async function admit(
    asked: Presented,
    note?: (bearer: Bearer, status: number) => void,
  ): Promise<Admitted> {
    const { outcome, ...judged } = await judge(asked)
    const refuse = (problem: Problem): Problem => {
      note?.(judged.bearer, problem.status)
      return problem
    }
    if (judged.age !== null && judged.age > parts.maxAge) throw refuse(tooOld())
    if (!outcome) throw refuse(ended())
    if (outcome.kind === 'refused') throw refuse(new Problem(outcome.code, outcome.message))
    return { ...judged, outcome }
  }

  async function serve(fetch: ClientFetch): Promise<Response> {
    try {
      const { bearer, outcome, age } = await admit(fetch, (bearer, status) =>
        record(fetch, bearer, status, undefined),
      )
      const given = reply(bundleFor(bearer, outcome), fetch.ifNoneMatch)
      record(fetch, bearer, given.status, outcome)
      count(given.status)
      if (age !== null) stale++
      return asResponse(given, age)
    } catch (error) {
      if (error instanceof Problem) count(error.status)
      throw error
    }
  }

  function direct(fetch: ClientFetch): DirectAnswer | undefined {
    const clients = parts.source()
    if (clients?.staleSince !== null) return undefined
    const token = tokenIn(fetch.authorization)
    if (token === undefined) return undefined
    const bearer = clients.bearer(hashOfKey(token))
    if (bearer?.route !== fetch.route || bearer.endsAt <= fetch.now) return undefined
    const { workspace } = clients
    if (!workspace || (fetch.accountId !== undefined && fetch.accountId !== workspace.id))
      return undefined
    const outcome = clients.outcome(bearer)
    if (outcome?.kind !== 'served') return undefined
    const given = reply(bundleFor(bearer, outcome), fetch.ifNoneMatch)
    record(fetch, bearer, given.status, outcome)
    count(given.status)
    return given
  }

  function bundleFor({ clientId, principalId }: Bearer, outcome: Served): Bundle {
    return deliver(outcome, { kind: 'client', id: clientId, principalId }, parts.telemetry)
  }

  function record(
    { address, userAgent = '', now }: Presented,
    { clientId, principalId }: Bearer,
    lastStatus: number,
    served: Served | undefined,
  ): void {
    parts.recorder.noteUse(
      {
        clientId,
        lastStatus,
        served:
          served && served.policyId !== ''
            ? { policyId: served.policyId, versionId: served.versionId, name: served.served }
            : null,
        ip: address(),
        userAgent: userAgent.slice(0, longestUserAgent),
      },
      now,
    )
    parts.seen({
      kind: kindOf(principalId),
      id: principalId,
      client: clientId,
      status: lastStatus,
      versionId: served?.versionId ?? '',
      at: now,
    })
  }

  function whoami({ authorization, now }: Pick<Presented, 'authorization' | 'now'>) {
    const token = tokenIn(authorization)
    const tokenId = token === undefined ? undefined : readAccessToken(token)
    if (token === undefined || tokenId === undefined) throw unknown()
    const clients = parts.source()
    const workspace = clients?.workspace
    if (!workspace) throw new Problem('not_ready', undefined, { retryAfter: 1 })
    const bearer = clients.bearer(hashOfKey(token))
    return { workspace, tokenId, bearer: bearer && bearer.endsAt > now ? bearer : null }
  }

  return Object.assign(serve, {
    direct,
    whoami,
    admit: (presented: Presented) => admit(presented),
    counts: () => counts as Counts,
    stale: () => stale,
  })
}

interface Judged extends Omit<Admitted, 'outcome'> {
  readonly outcome: MemberAnswer | undefined
}

/** RFC 6750, section 2.1: the one way in which a client sends its token. */
function tokenIn(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined
  if (authorization.startsWith('Bearer ')) return authorization.slice(7)
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1]
}

const unknown = (): Problem =>
  new Problem('unauthenticated', 'No client has this access token. Sign in again.')
const ended = (): Problem =>
  new Problem('sign_in_ended', 'This sign-in has ended. Refresh it, or sign in again.')
const otherRoute = (wanted: Bearer['route']): Problem =>
  new Problem(
    'unauthenticated',
    wanted === 'workspace'
      ? 'This access token is for the configuration server, not for the workspace.'
      : 'This access token is for the workspace, not for the configuration server.',
  )
const otherWorkspace = (): Problem =>
  new Problem(
    'unauthenticated',
    'The header chatgpt-account-id names another workspace than this one. Sign in again.',
  )
