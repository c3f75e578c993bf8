import { isIP } from 'node:net'
import { checkHost, type Lookup } from './outbound-address.ts'
import { readAnswer, tooLarge, type Answer } from './outbound-answer.ts'
import {
  openConnections,
  sendOnce,
  type ConnectionLimits,
  type Connections,
} from './outbound-connections.ts'
import { startDeadline, type Deadline } from './outbound-deadline.ts'
import { callFailure, failure, stopFailure, type OutboundFailure } from './outbound-failure.ts'
import { nextStop, startTrip, type Trip, type TripRules } from './outbound-trip.ts'

export {
  checkHost,
  isPublicAddress,
  rememberNames,
  type HostCheck,
  type Lookup,
} from './outbound-address.ts'
export type { Answer } from './outbound-answer.ts'
export type { ConnectionLimits } from './outbound-connections.ts'
export { isTlsError, type OutboundFailure, type OutboundFailureKind } from './outbound-failure.ts'
export { nextStop, startTrip, type Trip } from './outbound-trip.ts'

export interface OutboundAnswer extends Answer {
  /** After the first, in order; the last is `url`. */
  readonly redirects: readonly string[]
  /** Where the address says it has moved to for good, see {@link Trip}. */
  readonly movedTo: string | null
}

export type OutboundResult = OutboundAnswer | OutboundFailure

export interface OutboundOptions extends TripRules {
  /** GET when left out. Only GET and HEAD follow redirects. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** `host:port` entries that may be called although they are not public. */
  readonly exceptions?: readonly string[]
  /** Of the answer's body, as sent and unpacked; 5 MB when left out. */
  readonly maxBytes?: number
  /** For everything together, redirects and body included; 10 s when left out. */
  readonly timeoutMs?: number
  /** PEM certificates to trust instead of the well-known authorities. */
  readonly ca?: string
  readonly signal?: AbortSignal
  /** How names are resolved; the system's resolver when left out. */
  readonly lookup?: Lookup
}

/** A way out that keeps its connections. */
export interface Outbound {
  readonly request: (url: string, options?: OutboundOptions) => Promise<OutboundResult>
  /**
   * One request of a trip, for callers that walk it with `startTrip` and `nextStop` themselves; a
   * redirect is then the answer. The trip says where to and with which headers.
   */
  readonly step: (trip: Trip, options?: OutboundOptions) => Promise<Answer | OutboundFailure>
  readonly close: () => void
}

const defaults = { maxBytes: 5_000_000, timeoutMs: 10_000 }

/** {@link outboundRequest} with GET. */
export function outboundGet(
  url: string,
  options: Omit<OutboundOptions, 'method' | 'body'> = {},
): Promise<OutboundResult> {
  return outboundRequest(url, { ...options, method: 'GET' })
}

/**
 * The one way out over HTTP. Every hop's host is resolved once, its addresses are checked, and the
 * connection goes to those and nowhere else. Bounded in time, size and redirects. Never throws;
 * proxy variables of the environment are not read. Each call makes its own connection.
 */
export function outboundRequest(
  url: string,
  options: OutboundOptions = {},
): Promise<OutboundResult> {
  return travel(url, options, undefined)
}

/**
 * {@link outboundRequest} over connections that stay open for the next request to the same host.
 * Every request is checked as if it were the first.
 */
export function createOutbound(limits: ConnectionLimits = {}): Outbound {
  const connections = openConnections(limits)
  return {
    request: (url, options = {}) => travel(url, options, connections),
    step: (trip, options = {}) => step(trip, options, connections),
    close: connections.close,
  }
}

/** In the clear only to hosts that somebody has named: what changed inside a company is nobody else's to read. */
export function schemesFor(
  url: string,
  exceptions: readonly string[],
): readonly ('http:' | 'https:')[] {
  const { hostname, port } = new URL(url)
  const named = exceptions.includes(`${hostname}:${port === '' ? '80' : port}`)
  return named ? ['http:', 'https:'] : ['https:']
}

async function travel(
  url: string,
  options: OutboundOptions,
  connections: Connections | undefined,
): Promise<OutboundResult> {
  const timeoutMs = options.timeoutMs ?? defaults.timeoutMs
  const deadline = startDeadline(timeoutMs, options.signal)
  const { method = 'GET' } = options
  const follows = method === 'GET' || method === 'HEAD'
  try {
    let trip = startTrip(url, options.headers ?? {}, options)
    for (;;) {
      if ('ok' in trip) return trip
      const answer = await hop(trip, options, connections, deadline)
      if (!answer.ok) return whyNot(answer, trip.url, deadline, timeoutMs)
      const next = follows ? nextStop(trip, answer, options) : undefined
      if (next === undefined) return { ...answer, redirects: trip.redirects, movedTo: trip.movedTo }
      trip = next
    }
  } finally {
    deadline.clear()
  }
}

async function step(
  trip: Trip,
  options: OutboundOptions,
  connections: Connections | undefined,
): Promise<Answer | OutboundFailure> {
  const timeoutMs = options.timeoutMs ?? defaults.timeoutMs
  const deadline = startDeadline(timeoutMs, options.signal)
  const answer = await hop(trip, options, connections, deadline)
  deadline.clear()
  return answer.ok ? answer : whyNot(answer, trip.url, deadline, timeoutMs)
}

/** What ends with the deadline fails in many ways; the deadline is what there is to tell. */
function whyNot(
  answer: OutboundFailure,
  url: URL,
  deadline: Deadline,
  timeoutMs: number,
): OutboundFailure {
  const over = deadline.over()
  return over === undefined || answer.kind === 'too_large'
    ? answer
    : stopFailure(url, over === 'late', timeoutMs)
}

/** One request to one host, without redirects. */
async function hop(
  trip: Trip,
  options: OutboundOptions,
  connections: Connections | undefined,
  deadline: Deadline,
): Promise<Answer | OutboundFailure> {
  const { url } = trip
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const checking = checkHost(url.hostname, port, options.exceptions ?? [], options.lookup)
  // The resolver cannot be interrupted, but nobody has to wait for it.
  const check = isIP(url.hostname) === 0 ? await orOver(checking, deadline) : await checking
  if (check === undefined || deadline.over() !== undefined)
    return failure('aborted', url, 'The call was stopped.')
  if (!check.ok) return { ...check, url: url.href }
  const { method = 'GET', maxBytes = defaults.maxBytes } = options
  const target = { origin: url.origin, addresses: check.addresses, ca: options.ca }
  const asking = {
    method,
    path: url.pathname + url.search,
    headers: trip.headers,
    body: options.body,
    maxBytes,
  }
  const first = await (connections?.send ?? sendOnce)(target, asking, deadline)
  // The other side closed an idle connection in the moment we chose it (RFC 9112, section 9.3.1): a
  // request that changes nothing there is sent once more, over a new one.
  const stale = first !== undefined && 'why' in first && first.why === 'stale'
  const again = stale && (method === 'GET' || method === 'HEAD')
  const heard = again ? await sendOnce(target, asking, deadline) : first
  deadline.onOver(() => undefined)
  if (heard === undefined) return failure('aborted', url, 'The call was stopped.')
  if ('status' in heard) return readAnswer(url, heard, maxBytes)
  return heard.why === 'large' ? tooLarge(url, maxBytes) : callFailure(url, heard.error)
}

function orOver<T>(work: Promise<T>, deadline: Deadline): Promise<T | undefined> {
  return new Promise((done, fail) => {
    deadline.onOver(() => done(undefined))
    work.then(done, fail)
  })
}
