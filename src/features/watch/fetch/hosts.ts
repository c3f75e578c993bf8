import { reasonOf, type Pace } from './pace.ts'

export interface Turn {
  readonly host: string
  /** Those who wait in different lanes for one host take turns; within a lane, first come. */
  readonly lane: string
  /** Requests to the host at once, whoever asks. */
  readonly concurrency: number
  /** From the start of one request to the start of the next (ms). */
  readonly delayMs: number
  readonly signal?: AbortSignal | undefined
}

export interface Hosts {
  /** Does the work when it is its turn; rejects when the signal comes before that. */
  readonly take: <T>(turn: Turn, work: () => Promise<T>) => Promise<T>
  /** Nobody starts at this host for so long (ms). */
  readonly rest: (host: string, ms: number) => void
  /** Hosts that are remembered, for tests and metrics. */
  readonly size: () => number
}

interface Waiting {
  readonly turn: Turn
  readonly start: () => void
}

interface Host {
  active: number
  startedAt: number
  restUntil: number
  /** Lanes in the order of their turns; none is empty. */
  readonly lanes: Map<string, Set<Waiting>>
  wake: (() => void) | undefined
}

/**
 * One line per host for the whole process: however many collections watch a site, it sees one
 * visitor. The limits that hold are those of the request whose turn it is.
 */
export function createHosts(pace: Pace): Hosts {
  const hosts = new Map<string, Host>()

  const hostOf = (name: string): Host => {
    let host = hosts.get(name)
    if (host === undefined) {
      if (hosts.size % sweepEvery === sweepEvery - 1) sweep()
      host = {
        active: 0,
        startedAt: -Infinity,
        restUntil: -Infinity,
        lanes: new Map(),
        wake: undefined,
      }
      hosts.set(name, host)
    }
    return host
  }

  /** When the request may start as far as time goes; now or earlier: at once. */
  const earliest = (host: Host, turn: Turn): number =>
    Math.max(host.startedAt + turn.delayMs, host.restUntil)

  const begin = (host: Host): void => {
    host.active++
    host.startedAt = pace.now()
  }

  const serve = (name: string, host: Host): void => {
    host.wake?.()
    host.wake = undefined
    for (;;) {
      const [first] = host.lanes
      if (first === undefined) return
      const [lane, waiting] = first
      const [next] = waiting
      if (next === undefined || host.active >= next.turn.concurrency) return
      const wait = earliest(host, next.turn) - pace.now()
      if (wait > 0) {
        host.wake = pace.after(wait, () => serve(name, host))
        return
      }
      waiting.delete(next)
      // To the end of the round, so that a lane of ten thousand pages does not hold up one of ten.
      host.lanes.delete(lane)
      if (waiting.size > 0) host.lanes.set(lane, waiting)
      begin(host)
      next.start()
    }
  }

  /** Hosts whose delay and rest are over say nothing any more. */
  const sweep = (): void => {
    const now = pace.now()
    for (const [name, { active, lanes, startedAt, restUntil }] of hosts)
      if (active === 0 && lanes.size === 0 && startedAt + longestDelay < now && restUntil < now)
        hosts.delete(name)
  }

  const finish = (name: string, host: Host): void => {
    host.active--
    serve(name, host)
  }

  const line = (host: Host, turn: Turn): Promise<void> =>
    new Promise((done, fail) => {
      const { lane, signal } = turn
      const stop = (): void => {
        const waiting = host.lanes.get(lane)
        waiting?.delete(entry)
        if (waiting?.size === 0) host.lanes.delete(lane)
        fail(reasonOf(signal))
        serve(turn.host, host)
      }
      const entry: Waiting = {
        turn,
        start: () => {
          signal?.removeEventListener('abort', stop)
          done()
        },
      }
      signal?.addEventListener('abort', stop, { once: true })
      const waiting = host.lanes.get(lane)
      if (waiting === undefined) host.lanes.set(lane, new Set([entry]))
      else waiting.add(entry)
      serve(turn.host, host)
    })

  return {
    take: async (turn, work) => {
      if (turn.signal?.aborted === true) throw reasonOf(turn.signal)
      const host = hostOf(turn.host)
      if (
        host.lanes.size === 0 &&
        host.active < turn.concurrency &&
        earliest(host, turn) <= pace.now()
      )
        begin(host)
      else await line(host, turn)
      try {
        return await work()
      } finally {
        finish(turn.host, host)
      }
    },
    rest: (name, ms) => {
      const host = hostOf(name)
      host.restUntil = Math.max(host.restUntil, pace.now() + ms)
      serve(name, host)
    },
    size: () => hosts.size,
  }
}

/** The longest delay between two requests that settings or robots.txt can ask for (ms). */
const longestDelay = 60_000
const sweepEvery = 100
