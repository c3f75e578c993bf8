import { minute } from '#kernel/clock.ts'
import { createReading } from '#kernel/reading.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Route } from './schema.ts'
import { clientsChannel, currentSeq } from './sequence.ts'
import { bearerByHash, bearersAfter, type BearerRow, type Place } from './store.bearers.ts'

/** What an access token of a client stands for. */
export interface Bearer {
  readonly clientId: string
  /** The member, or the service account, whose policy it opens. */
  readonly principalId: string
  /** Somebody made it, and no client signed in: the surface of access tokens decides as well. */
  readonly made: boolean
  readonly route: Route
  /** Refused from then on (ms): it has expired, or its client was ended at that time. */
  readonly endsAt: number
}

/** Every access token that is valid now, in memory by the SHA-256 of the token. */
export interface Bearers {
  /** From memory. Undefined: this process does not know it (yet). */
  readonly known: (hash: string) => Bearer | undefined
  /** Asks the database for one that memory does not know: another process may have issued it a moment ago. */
  readonly look: (hash: string) => Promise<Bearer | undefined>
  /** Those of clients that were ended are among them until they would have expired: they are refused without a question. */
  readonly all: () => ReadonlyMap<string, Bearer>
  /** Reads what has changed since the last time; rejects without a database. */
  readonly refresh: () => Promise<void>
  /** Told after each change; `ended`: a client was ended, which nobody should forget. */
  readonly onChange: (heard: (ended: boolean) => void) => void
  /** Null while the database answers; else when it last said that memory is the present state (ms). */
  readonly staleSince: () => number | null
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A client that was ended elsewhere is refused here at most this (ms) plus the time to read it later. */
const pollEvery = 250
/**
 * Rows in one question. On SQLite nothing else has the thread meanwhile (5,000 take about 20 ms); PostgreSQL joins all clients
 * for each question, so it is asked few, and its answer comes in pieces.
 */
const rowsAtOnce = { sqlite: 5000, postgres: 50_000 } as const
/** How often those that have expired are taken out of memory. They are refused by their time in any case. */
const sweepEvery = 10 * minute

interface Held extends Bearer {
  /** From then on nobody has to know it any more (ms). */
  readonly expiresAt: number
}

/**
 * Read by `client_sequence`: whatever changes a token, or the client of one, gives its row the next number in the same
 * transaction, and numbers become visible in their order. Notifications make it quick; nothing depends on them.
 */
export function createBearers(runtime: Pick<Runtime, 'db' | 'clock' | 'log'>): Bearers {
  const { db, clock, log } = runtime
  const limit = rowsAtOnce[db.engine]
  const held = new Map<string, Held>()
  const principalIds = new Map<string, string>()
  const heard: ((ended: boolean) => void)[] = []
  let place: Place = nowhere
  let confirmed = 0
  let failing = false
  let swept = clock()
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => void) | undefined

  /** A member's id is kept once, however many clients she has: every row brings a string of its own. */
  function take(row: BearerRow): Held {
    const principalId = principalIds.get(row.principal_id) ?? row.principal_id
    principalIds.set(principalId, principalId)
    return {
      clientId: row.client_id,
      principalId,
      made: row.flow === 'access_token',
      route: row.route === 'workspace' ? 'workspace' : 'config_server',
      endsAt: row.ended_at === null ? row.expires_at : Math.min(row.ended_at, row.expires_at),
      expiresAt: row.expires_at,
    }
  }

  /** Part by part, each of one consistent picture: rows that change meanwhile come again with a higher number. */
  async function readNew(): Promise<void> {
    let more = true
    while (more) {
      const asked = clock()
      const { current, anew, rows } = await db.read(() => changesSince(place, asked, limit))
      // Another database has taken the place of the former (a backup was put back), which says nothing about this one.
      if (anew) held.clear()
      for (const row of rows) held.set(row.hash, take(row))
      const last = rows.length === limit ? rows.at(-1) : undefined
      place = last ? { seq: last.seq, id: last.id } : { seq: current, id: null }
      more = last !== undefined
      if (!more) confirmed = asked
      if (anew || rows.length > 0) tell(anew || rows.some((row) => row.ended_at !== null))
    }
  }

  function tell(ended: boolean): void {
    for (const listener of heard) {
      try {
        listener(ended)
      } catch (error) {
        log.error({ err: error }, 'a listener of the access tokens failed')
      }
    }
  }

  function sweep(): void {
    const now = clock()
    if (now - swept < sweepEvery) return
    swept = now
    principalIds.clear()
    for (const [hash, { principalId, expiresAt }] of held)
      if (expiresAt <= now) held.delete(hash)
      else principalIds.set(principalId, principalId)
  }

  const { refresh, settled } = createReading(async () => {
    try {
      await readNew()
      failing = false
    } catch (error) {
      failing = true
      throw error
    }
  })

  async function poll(): Promise<void> {
    const before = failing
    try {
      await refresh()
      if (before) log.info('the access tokens of clients are present again')
    } catch (error) {
      if (!before)
        log.error({ err: error }, 'the access tokens of clients cannot be read; going on with them')
    }
    sweep()
  }

  return {
    known: (hash) => held.get(hash),
    async look(hash) {
      const row = await db.read(() => bearerByHash(hash))
      // What memory has read up to is newer than what it does not know by then: ended meanwhile, or swept.
      if (!row || row.seq < place.seq) return held.get(hash)
      const known = take(row)
      held.set(hash, known)
      return known
    },
    all: () => held,
    refresh,
    onChange: (listener) => void heard.push(listener),
    staleSince: () => (failing ? confirmed : null),
    async start() {
      await refresh()
      unlisten = db.listen(clientsChannel, () => void poll())
      timer = setInterval(() => void poll(), pollEvery)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      unlisten?.()
      await settled()
    },
  }
}

const nowhere: Place = { seq: 0, id: null }

function* changesSince(
  place: Place,
  now: number,
  limit: number,
): Work<{ readonly current: number; readonly anew: boolean; readonly rows: readonly BearerRow[] }> {
  const current = yield* currentSeq()
  const anew = current < place.seq
  const from = anew ? nowhere : place
  const done = current === from.seq && from.id === null
  return { current, anew, rows: done ? [] : yield* bearersAfter(from, now, limit) }
}
