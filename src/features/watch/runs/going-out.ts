import { minute } from '#kernel/clock.ts'
import { createPool, type Pool } from '#kernel/pool.ts'
import { exceptionsNow } from '../collections/settings.ts'
import { createFetcher, type Fetcher } from '../fetch/index.ts'
import type { WatchParts } from '../parts.ts'

/** The way out of watching: one fetcher for the process, so that politeness counts over all collections. */
export interface GoingOut {
  readonly fetcher: Fetcher
  /** A thread for git, whose packs keep one busy for minutes: nothing else waits for it. */
  readonly gitPool: Pool
  /** `host:port` entries that may be called although they are not public, as of the last `refresh`. */
  readonly exceptions: () => readonly string[]
  /** Reads the exceptions again; to be called before each act that goes out. */
  readonly refresh: () => Promise<void>
  readonly close: () => Promise<void>
}

export function createGoingOut(parts: WatchParts): GoingOut {
  const { runtime } = parts
  const gitPool = createPool({ size: 1, timeoutMs: 10 * minute })
  let exceptions: readonly string[] = parts.fixedExceptions
  const fetcher = createFetcher({
    clock: runtime.clock,
    log: runtime.log,
    version: parts.version,
    publicUrl: runtime.publicUrl,
    exceptions: () => exceptions,
    ...(parts.chromium === undefined ? {} : { chromium: parts.chromium }),
  })
  return {
    fetcher,
    gitPool,
    exceptions: () => exceptions,
    refresh: async () => {
      exceptions = await runtime.db.read(() => exceptionsNow(parts))
    },
    close: async () => {
      await Promise.all([fetcher.close(), gitPool.close()])
    },
  }
}
