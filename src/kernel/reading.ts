/** For who keeps in memory what a database says: one reading at a time, however many ask for it. */
export interface Reading {
  /** Resolves when something was read that stood there at the time of the call; rejects as the reading does. */
  readonly refresh: () => Promise<void>
  /** Waits for the one that is under way, however it ends. */
  readonly settled: () => Promise<void>
}

/**
 * Whoever asks during a reading is answered by another one, which begins after it. Where `read` rejects or says false there is
 * nothing to read now, and nobody's question is tried again.
 */
export function createReading(read: () => Promise<unknown>): Reading {
  let reading: Promise<void> | undefined
  let again = false
  const wanted = (): boolean => again

  async function readAll(): Promise<void> {
    try {
      let good = true
      do {
        again = false
        good = (await read()) !== false
      } while (good && wanted())
    } finally {
      // In the step of the last look at `again`: whoever asks in a later one would get a reading that is over.
      reading = undefined
    }
  }

  return {
    refresh() {
      if (reading) again = true
      reading ??= readAll()
      return reading
    },
    settled: () => Promise.resolve(reading).catch(() => undefined),
  }
}
