import type { Db } from '#kernel/db.ts'
import { hour, second, type Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import {
  addFetches,
  forgetAddresses,
  startOfDay,
  startOfHour,
  type AddressRow,
  type FetchRow,
} from './store.fetches.ts'

/** One fetch that was answered. */
export interface Fetched {
  readonly enrolmentId: string
  readonly keyId: string
  readonly status: number
  readonly versionId: string
  readonly policyId: string
  readonly served: string
}

export interface Recorder {
  /** Adds one fetch to the sums in memory. Never waits and never throws. */
  note(fetched: Fetched, address: string, at: number): void
  /** Writes the sums in one transaction. What could not be written stays in memory for the next time. */
  flush(): Promise<void>
  start(): void
  /** Writes what is left. */
  stop(): Promise<void>
  /** Fetches that no database knows yet. */
  waiting(): number
}

/** A killed process loses the fetches of at most this time (ms), an orderly stop none. */
export const flushEvery = second

/** Bounds the memory of a long outage: further addresses of the hour are then not told apart. */
const addressesInMemory = 100_000

type Sum<Row> = { -readonly [K in keyof Row]: Row[K] }

export function createRecorder(parts: {
  readonly db: Db
  readonly ids: Ids
  readonly log: Log
  readonly clock: Clock
}): Recorder {
  let fetches = new Map<string, Sum<FetchRow>>()
  let addresses = new Map<string, Sum<AddressRow>>()
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let failing = false
  let forgotten = 0

  function note(fetched: Fetched, address: string, at: number): void {
    waiting++
    const today = startOfDay(at)
    const key = `${fetched.keyId} ${today} ${fetched.status} ${fetched.versionId}`
    const sum = fetches.get(key)
    if (sum) {
      sum.count++
      if (at > sum.last_at) sum.last_at = at
    } else
      fetches.set(key, {
        id: parts.ids('fet'),
        enrolment_id: fetched.enrolmentId,
        key_id: fetched.keyId,
        day: today,
        status: fetched.status,
        version_id: fetched.versionId,
        policy_id: fetched.policyId,
        served: fetched.served,
        count: 1,
        first_at: at,
        last_at: at,
      })
    if (fetched.status === 200 || fetched.status === 304)
      noteAddress(fetched.enrolmentId, address, startOfHour(at))
  }

  function noteAddress(enrolmentId: string, address: string, at: number): void {
    const known = addresses.size < addressesInMemory ? address : 'others'
    const key = `${enrolmentId} ${at} ${known}`
    const sum = addresses.get(key)
    if (sum) sum.count++
    else addresses.set(key, { enrolment_id: enrolmentId, address: known, hour: at, count: 1 })
  }

  async function write(): Promise<void> {
    const now = parts.clock()
    const forget = now - forgotten > hour
    if (fetches.size === 0 && !forget) return
    const taken = { fetches, addresses, waiting }
    fetches = new Map()
    addresses = new Map()
    waiting = 0
    try {
      // In the order of their keys, so that two processes that write the same rows wait instead of deadlocking.
      const rows = inOrder(taken.fetches)
      const places = inOrder(taken.addresses)
      await parts.db.tx(function* () {
        yield* addFetches(rows, places)
        if (forget) yield* forgetAddresses(now)
      })
      if (forget) forgotten = now
      if (failing) parts.log.info('fetches are recorded again')
      failing = false
    } catch (error) {
      putBack(taken)
      if (!failing)
        parts.log.error({ err: error }, 'fetches cannot be recorded; they wait in memory')
      failing = true
    }
  }

  /** Older sums first, then what came in meanwhile. */
  function putBack(taken: {
    fetches: Map<string, Sum<FetchRow>>
    addresses: Map<string, Sum<AddressRow>>
    waiting: number
  }): void {
    for (const [key, sum] of fetches) {
      const older = taken.fetches.get(key)
      if (!older) taken.fetches.set(key, sum)
      else {
        older.count += sum.count
        older.last_at = Math.max(older.last_at, sum.last_at)
      }
    }
    for (const [key, sum] of addresses) {
      const older = taken.addresses.get(key)
      if (older) older.count += sum.count
      else taken.addresses.set(key, sum)
    }
    fetches = taken.fetches
    addresses = taken.addresses
    waiting += taken.waiting
  }

  function flush(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  return {
    note,
    flush,
    start() {
      timer ??= setInterval(() => void flush(), flushEvery)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await flushing
      await flush()
    },
    waiting: () => waiting,
  }
}

const inOrder = <T>(sums: ReadonlyMap<string, T>): readonly T[] =>
  [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
