import { setImmediate } from 'node:timers/promises'
import { addEvents, addUses } from '#features/clients/index.ts'
import type { Db } from '#kernel/db.ts'
import { day, hour, second, type Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { Work } from '#kernel/work.ts'
import { addEvent, addUse, createEventTypes, type EventSum, type Use, type UseSum } from './uses.ts'
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
  /** The same for a fetch of a signed-in client. */
  noteUse(use: Use, at: number): void
  /** Counts events that a client reported, by their types. */
  noteEvents(clientId: string, types: readonly string[], at: number): void
  /** Writes the sums in one transaction. What could not be written stays in memory for the next time. */
  flush(): Promise<void>
  start(): void
  /** Writes what is left. */
  stop(): Promise<void>
  /** Fetches that no database knows yet. */
  waiting(): number
}

/** A killed process loses the fetches of at most this time (ms), of clients see `usesAtOnce`; an orderly stop none. */
export const flushEvery = second

/**
 * Rows of clients that one flush writes. Each costs the database 35 µs (PostgreSQL), so a hundred thousand clients that all ask
 * at once must not take its time from the answers: what is beyond waits for the next flush and is added to meanwhile, oldest
 * first. An orderly stop writes all of them.
 */
export const usesAtOnce = 2000

/** Bounds the memory of a long outage: further addresses of the hour are then not told apart. */
const addressesInMemory = 100_000

type Sum<Row> = { -readonly [K in keyof Row]: Row[K] }

/** Somebody's key or token was used, as the sums of about a second say it. */
export interface CredentialUsed {
  /** `access-token`: by the id of its client; `enrolment`: by that of the enrolment. */
  readonly kind: 'access-token' | 'enrolment'
  readonly id: string
  readonly ip: string
  readonly at: number
}

export function createRecorder(parts: {
  readonly db: Db
  readonly log: Log
  readonly clock: Clock
  /** Told of what was written; never waits. */
  readonly used?: ((use: CredentialUsed) => void) | undefined
}): Recorder {
  const fetches = new Map<string, Sum<FetchRow>>()
  const addresses = new Map<string, Sum<AddressRow>>()
  const uses = new Map<string, UseSum>()
  const events = new Map<string, EventSum>()
  const typeOf = createEventTypes()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let failing = false
  let stopping = false
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

  function noteEvents(clientId: string, types: readonly string[], at: number): void {
    const today = startOfDay(at)
    for (const type of types)
      addEvent(events, { clientId, day: today, eventType: typeOf(type, today), count: 1 })
  }

  /** Takes sums out of memory and writes them, part by part, so that no fetch waits long for the database's turn. */
  async function write(): Promise<void> {
    const tx = <Row>(
      add: (rows: readonly Row[]) => Work<void>,
      used?: (row: Row) => CredentialUsed,
    ) => {
      return async (rows: readonly Row[]) => {
        await parts.db.tx(() => add(rows), counts)
        if (used && parts.used) for (const row of rows) parts.used(used(row))
      }
    }
    try {
      await writeSums(fetches, tx(addFetches), addFetch)
      await writeSums(addresses, tx(addAddresses, usedByMachine), addAddress)
      const most = stopping ? Infinity : usesAtOnce
      await writeSums(uses, tx(addUses, usedByClient), (sum) => addUse(uses, sum), most)
      await writeSums(events, tx(addEvents), (sum) => addEvent(events, sum))
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
    noteUse: (use, at) => {
      const { served, ...rest } = use
      addUse(uses, {
        ...rest,
        firstAt: at,
        lastAt: at,
        count: 1,
        served: served && { ...served, at },
      })
    },
    noteEvents,
    flush,
    start() {
      timer ??= setInterval(() => void flush(), flushEvery)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      stopping = true
      await flushing
      await flush()
    },
    waiting: () => {
      let sum = 0
      for (const row of fetches.values()) sum += row.count
      for (const row of uses.values()) sum += row.count
      return sum
    },
  }
}

const usedByMachine = ({
  enrolment_id: id,
  address: ip,
  hour: at,
}: AddressRow): CredentialUsed => ({
  kind: 'enrolment',
  id,
  ip,
  at,
})

const usedByClient = ({ clientId: id, ip, lastAt: at }: UseSum): CredentialUsed => ({
  kind: 'access-token',
  id,
  ip,
  at,
})

/** Rows in one statement and transaction: fetches wait for one part at most (on SQLite the database has this thread). */
const rowsAtOnce = 200

/** Counts may be lost for a second anyway, so their commits do not wait for the disk. */
const counts = { durability: 'relaxed' } as const

/** Takes the rows that are in `sums` now and writes them; puts them back (added to what came in meanwhile) when that fails. */
async function writeSums<Row>(
  sums: Map<string, Row>,
  write: (rows: readonly Row[]) => Promise<void>,
  putBack: (row: Row) => void,
  most = Infinity,
): Promise<void> {
  const keys = [...sums.keys().take(most)]
  for (let from = 0; from < keys.length; from += rowsAtOnce) {
    // In the order of their keys, so that two processes that write the same rows wait instead of deadlocking.
    const part = keys.slice(from, from + rowsAtOnce).sort()
    const rows = part.flatMap((key) => sums.get(key) ?? [])
    for (const key of part) sums.delete(key)
    try {
      await write(rows)
    } catch (error) {
      for (const row of rows) putBack(row)
      throw error
    }
    // Lets fetches through between two parts.
    await setImmediate()
  }
}
