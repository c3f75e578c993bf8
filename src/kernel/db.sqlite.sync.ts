import { open } from 'node:fs/promises'

/**
 * Syncs a file to the disk beside the event loop, once for all who wait: `PRAGMA synchronous = FULL` does the same within the
 * commit, and whoever else has something to do waits for the disk with it. Only for the write-ahead log: closing a descriptor of
 * the database file or of its index would let go of SQLite's locks on them (sqlite.org/howtocorrupt.html, section 2.2).
 */
export function createSync(path: string): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function sync(): Promise<void> {
    const file = await open(path, 'r')
    try {
      await file.datasync()
    } finally {
      await file.close()
    }
  }

  function start(): Promise<void> {
    next = undefined
    running = sync().finally(() => (running = undefined))
    return running
  }

  // What was written after a sync began is not in it: it waits for the one after.
  return () => {
    if (!running) return start()
    next ??= running.catch(() => undefined).then(start)
    return next
  }
}
