import { minute, second } from '#kernel/clock.ts'
import type { PolicyParts } from '../parts.ts'
import { resolve } from '../resolve.ts'
import { memberPrincipal, type Principal, type Snapshot } from '../snapshot.ts'
import { countRefusals, type Counted } from './halt.ts'
import type { RefusalKind } from './migrations.ts'

/** One answer to a client that asked for its policy. */
export interface SeenFetch {
  readonly kind: Principal['kind']
  readonly id: string
  /** What tells the clients of one principal apart: the client's id, or for an enrolment the network address. */
  readonly client: string
  readonly status: number
  /** Of the version that was given; empty: none. */
  readonly versionId: string
  readonly at: number
}

/**
 * A client keeps what it could read for an hour, and one that goes on running asks every fifteen minutes; what it could not
 * read it does not keep, and asks again at its next start (test/conformance/rollout.test.ts). So who comes back sooner than
 * this (ms) has been given something that it could not read. What it reads and then refuses to start with it keeps as well:
 * of that nothing is seen here.
 */
export const comesBackWithin = 10 * minute

/** Bounds the memory: clients beyond it are not watched. */
const mostClients = 100_000
/** Refusals reach the database and the bound within this time (ms). */
const flushEvery = second

export interface FetchWatch {
  /** Costs nothing while nothing is being rolled out. Never waits and never throws. */
  readonly seen: (fetch: SeenFetch) => void
  /** Stores what was counted and halts what has reached its bound. */
  readonly flush: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Stores what was counted. */
export type Store = (counted: readonly Counted[]) => Promise<void>

const storeIn =
  (parts: PolicyParts): Store =>
  (counted) =>
    parts.runtime.db.tx(() => countRefusals(parts, counted, parts.runtime.clock()))

export function createFetchWatch(parts: PolicyParts, store: Store = storeIn(parts)): FetchWatch {
  const { directory, runtime } = parts
  /** Version, principal and client → when it was given the version. */
  const given = new Map<string, number>()
  const counted = new Map<string, { -readonly [K in keyof Counted]: Counted[K] }>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let failing = false

  function count(rolloutId: string, kind: RefusalKind, at: number): void {
    const start = at - (at % minute)
    const key = `${rolloutId} ${start} ${kind}`
    const sum = counted.get(key)
    if (sum) sum.count += 1
    else counted.set(key, { rolloutId, minute: start, kind, count: 1 })
    timer ??= setTimeout(() => void flush(), flushEvery).unref()
  }

  function seen(fetch: SeenFetch): void {
    const snapshot = known()
    if (!snapshot || snapshot.rollouts.size === 0) return
    const rolloutId = rolloutOf(snapshot, fetch)
    if (rolloutId === undefined) return
    if (fetch.status >= 400) count(rolloutId, 'refused', fetch.at)
    else if (cameBack(fetch)) count(rolloutId, 'came_back', fetch.at)
  }

  function known(): Snapshot | undefined {
    try {
      return directory.current()
    } catch {
      // Before the first picture nobody is in a stage.
      return undefined
    }
  }

  /** Times of one version only grow, so the oldest stand first in the map. */
  function cameBack({ kind, id, client, versionId, at }: SeenFetch): boolean {
    for (const [key, time] of given) {
      if (at - time <= comesBackWithin && given.size < mostClients) break
      given.delete(key)
    }
    const key = `${versionId} ${kind} ${id} ${client}`
    const before = given.get(key)
    given.delete(key)
    given.set(key, at)
    return before !== undefined && at - before <= comesBackWithin
  }

  function flush(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const taken = [...counted.values()]
    counted.clear()
    if (taken.length === 0) return
    try {
      await store(taken)
      failing = false
    } catch (error) {
      if (!failing)
        runtime.log.error({ err: error }, 'refused fetches of a rollout cannot be counted')
      failing = true
      // What could not be stored is counted with what comes next.
      for (const one of taken) {
        const key = `${one.rolloutId} ${one.minute} ${one.kind}`
        const sum = counted.get(key)
        if (sum) sum.count += one.count
        else counted.set(key, { ...one })
      }
    }
  }

  return {
    seen,
    flush,
    async stop() {
      await flushing
      await flush()
    },
  }
}

/** The rollout in whose stage somebody is who has just fetched; undefined: none. */
function rolloutOf(snapshot: Snapshot, fetch: SeenFetch): string | undefined {
  if (fetch.status < 400) {
    for (const { id, policy } of snapshot.rollouts.values())
      if (policy.versionId === fetch.versionId) return id
    return undefined
  }
  const principal = principalOf(snapshot, fetch)
  return principal && (resolve(snapshot, principal).rolloutId ?? undefined)
}

/** Nobody who has no right to a policy: their refusals say nothing about a version. */
function principalOf(snapshot: Snapshot, { kind, id }: SeenFetch): Principal | undefined {
  if (kind === 'enrolment') return snapshot.enrolments.get(id)
  if (kind === 'service_account') return snapshot.accounts.get(id)
  const member = snapshot.members.get(id)
  return member?.status === 'active' ? memberPrincipal(snapshot, member) : undefined
}
