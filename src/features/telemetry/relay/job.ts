import { minute, second } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { createOutbound, schemesFor, type Outbound } from '#kernel/outbound.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { relayHeadersContext } from '../settings/change.ts'
import { sealedRelayHeaders, telemetrySettings } from '../settings/store.ts'
import { rejectedOf, type Rejected } from './answer.ts'
import {
  countDelivered,
  countLost,
  oldest,
  relayJob,
  relayStateRow,
  setState,
  takeLease,
  takeOut,
  type OutboxRow,
  type Signal,
  type StateRow,
} from './store.ts'

export interface RelayPorts {
  /** `host:port` that may be called although they are not public. */
  readonly outboundExceptions: () => Promise<readonly string[]>
}

/** One process sends for so long before it lets the queue go on with something else. */
const turn = 20 * second
/** Longer than one request may take: a process that died holds the others up no longer. */
const lease = minute
const timeoutMs = 15_000
/** Pause after the n-th failure in a row (ms): 2 s, 4 s … at most five minutes. */
export const pauseAfter = (failures: number): number =>
  Math.min(2 * second * 2 ** Math.min(failures - 1, 20), 5 * minute)

/**
 * Passes on what was accepted, the oldest first, each request as it came. What was sent when a process died is sent again: OTLP
 * knows at least once. Waits for a collector that does not take it, whatever it answers, signal by signal; only what it calls
 * malformed or too large (400, 413, 415) is given up, since it would stand in the way of everything behind it for ever, and what
 * it says it rejected of a request that it took (OTLP 1.9, "Failures", "Partial Success").
 */
export function relayJobs(
  runtime: Runtime,
  ports: RelayPorts,
): { readonly jobs: readonly Job[]; readonly schedules: readonly Schedule[] } {
  return {
    jobs: [{ name: relayJob, handle: () => drain(runtime, ports) }],
    // For what came in just when the process that sends had seen the last of it.
    schedules: [{ job: relayJob, cron: '* * * * *' }],
  }
}

async function drain(runtime: Runtime, ports: RelayPorts): Promise<void> {
  const { db, clock } = runtime
  const until = clock() + turn
  if (!(await db.tx(() => takeLease(clock(), clock() + lease)))) return
  const outbound = createOutbound()
  const before = await db.read(relayStateRow)
  const failing = new Map<Signal, Later>()
  try {
    while (clock() < until) {
      const target = await db.read(() => targetOf(runtime))
      // A collector of logs only answers 404 to metrics: then logs go on.
      const row = target && (await db.read(() => oldest([...failing.keys()])))
      if (!row) return
      const went = await send(outbound, target, row, await ports.outboundExceptions())
      if (went.kind === 'later') failing.set(row.signal, went)
      else await db.tx(() => note(clock(), row, went))
      if (went.kind === 'later' && went.unreachable) return
    }
    if (failing.size === 0)
      await db.tx(() => enqueue({ name: relayJob, payload: null, dedupeKey: 'relay' }))
  } finally {
    outbound.close()
    const [later] = failing.values()
    await db.tx(function* () {
      if (later) yield* noteFailing(clock(), before, later)
      yield* setState({ leased_until: 0 })
    })
  }
}

interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

function* targetOf({ secrets }: Runtime): Work<Target | undefined> {
  const { relay } = yield* telemetrySettings()
  if (!relay) return undefined
  const sealed = yield* sealedRelayHeaders()
  const headers =
    sealed === null
      ? {}
      : (JSON.parse(secrets.open(sealed, relayHeadersContext)) as Record<string, string>)
  return { url: relay.url.replace(/\/+$/, ''), headers }
}

interface Later {
  readonly kind: 'later'
  readonly why: string
  readonly wait: number
  /** Nobody answered: no other signal needs to be tried. */
  readonly unreachable: boolean
}
type Went =
  | { readonly kind: 'taken'; readonly rejected: Rejected }
  | { readonly kind: 'refused'; readonly why: string }
  | Later

async function send(
  outbound: Outbound,
  { url, headers }: Target,
  { signal, content_type, body }: OutboxRow,
  exceptions: readonly string[],
): Promise<Went> {
  const result = await outbound.request(`${url}/v1/${signal}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': content_type, 'user-agent': 'Gatehouse' },
    body,
    exceptions,
    schemes: schemesFor(url, exceptions),
    timeoutMs,
    maxBytes: 1_000_000,
  })
  if (!result.ok)
    return { kind: 'later', why: `${result.message} ${result.remedy}`, wait: 0, unreachable: true }
  const { status } = result
  if (status >= 200 && status < 300)
    return { kind: 'taken', rejected: rejectedOf(result.headers['content-type'], result.body) }
  const why = `The collector answered ${status} to ${signal}.`
  if (status === 400 || status === 413 || status === 415) return { kind: 'refused', why }
  const seconds = Number(result.headers['retry-after'])
  const wait = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * second, 5 * minute) : 0
  return { kind: 'later', why, wait, unreachable: false }
}

/** `before`: how it stood at the beginning; what arrived meanwhile was of other signals. */
function* noteFailing(now: number, before: StateRow, { why, wait }: Later): Work<void> {
  const failures = before.failures + 1
  const next = now + Math.max(wait, pauseAfter(failures))
  yield* setState({
    failures,
    failing_since: before.failing_since ?? now,
    last_error: why,
    next_at: next,
  })
  // A key of its own: one that is due already would find that it is too early.
  const dedupeKey = `relay ${next}`
  yield* enqueue({ name: relayJob, payload: null, dedupeKey, runAt: next })
}

function* note(now: number, row: OutboxRow, went: Exclude<Went, Later>): Work<void> {
  // The relay was turned off meanwhile: it has been counted.
  if (!(yield* takeOut(row))) return
  if (went.kind === 'refused') {
    yield* countLost(now, went.why)
    return
  }
  const { records, message } = went.rejected
  if (records > 0)
    yield* countLost(now, `The collector rejected ${records} records of a request: ${message}`)
  else yield* countDelivered(now)
}
