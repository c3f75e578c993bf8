import type { Db } from '#kernel/db.ts'
import { day, hour, second, type Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import {
  addAddresses,
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
  readonly log: Log
  readonly clock: Clock
}): Recorder {
  const fetches = new Map<string, Sum<FetchRow>>()
  const addresses = new Map<string, Sum<AddressRow>>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let failing = false
  let forgotten = 0

  function note(fetched: Fetched, address: string, at: number): void {
    const today = startOfDay(at)
    addFetch({
      id: `${fetched.keyId}.${today / day}.${fetched.status}.${fetched.versionId}`,
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
      addAddress({
        enrolment_id: fetched.enrolmentId,
        address: addresses.size < addressesInMemory ? address : 'others',
        hour: startOfHour(at),
        count: 1,
      })
  }

  function addFetch(row: Sum<FetchRow>): void {
    const sum = fetches.get(row.id)
    if (!sum) {
      fetches.set(row.id, row)
      return
    }
    sum.count += row.count
    if (row.first_at < sum.first_at) sum.first_at = row.first_at
    if (row.last_at > sum.last_at) sum.last_at = row.last_at
  }

  function addAddress(row: Sum<AddressRow>): void {
    const key = `${row.enrolment_id} ${row.hour} ${row.address}`
    const sum = addresses.get(key)
    if (sum) sum.count += row.count
    else addresses.set(key, row)
  }

  /** Takes sums out of memory and writes them, part by part, so that no fetch waits long for the database's turn. */
  async function write(): Promise<void> {
    try {
      while (fetches.size > 0) {
        await writePart(fetches, (rows) => parts.db.tx(() => addFetches(rows), counts), addFetch)
        await turn()
      }
      while (addresses.size > 0) {
        await writePart(
          addresses,
          (rows) => parts.db.tx(() => addAddresses(rows), counts),
          addAddress,
        )
        await turn()
      }
      await forget()
      if (failing) parts.log.info('fetches are recorded again')
      failing = false
    } catch (error) {
      if (!failing)
        parts.log.error({ err: error }, 'fetches cannot be recorded; they wait in memory')
      failing = true
    }
  }

  async function forget(): Promise<void> {
    const now = parts.clock()
    if (now - forgotten < hour) return
    await parts.db.tx(() => forgetAddresses(now), counts)
    forgotten = now
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
    waiting: () => {
      let sum = 0
      for (const row of fetches.values()) sum += row.count
      return sum
    },
  }
}

/** Rows in one statement and transaction: fetches wait for one part at most (on SQLite the database has this thread). */
const rowsAtOnce = 200

/** Counts may be lost for a second anyway, so their commits do not wait for the disk. */
const counts = { durability: 'relaxed' } as const

/** Takes the first rows of `sums` and writes them; puts them back (added to what came in meanwhile) when that fails. */
async function writePart<Row>(
  sums: Map<string, Row>,
  write: (rows: readonly Row[]) => Promise<void>,
  putBack: (row: Row) => void,
): Promise<void> {
  // In the order of their keys, so that two processes that write the same rows wait instead of deadlocking.
  const keys = [...sums.keys()].sort().slice(0, rowsAtOnce)
  const rows = keys.flatMap((key) => sums.get(key) ?? [])
  for (const key of keys) sums.delete(key)
  try {
    await write(rows)
  } catch (error) {
    for (const row of rows) putBack(row)
    throw error
  }
}

/** Lets fetches through between two parts. */
const turn = (): Promise<void> =>
  new Promise((done) => {
    setImmediate(done)
  })
