/** Milliseconds of database work after which others have a turn: fetches of policies wait for no import. */
const longTurn = 1

/** Adds up what is done in one turn of the event loop. */
export interface Turn {
  /** Waits until this turn is not long; what follows counts. */
  readonly begin: () => Promise<void>
  /** What follows does not count. */
  readonly end: () => void
  /** The next piece of work belongs in a later turn. */
  readonly isLong: () => boolean
  /** Waits for it: promises alone let nobody else have a turn. */
  readonly next: () => Promise<void>
}

export function createTurn(): Turn {
  let spent = 0
  let over: NodeJS.Immediate | undefined
  /** Since when work counts that is not in `spent` yet; undefined: nothing is being done. */
  let since: number | undefined

  function count(): void {
    const now = performance.now()
    if (since === undefined) return
    spent += now - since
    since = now
    over ??= setImmediate(() => {
      spent = 0
      over = undefined
    })
  }

  const isLong = (): boolean => {
    count()
    return spent > longTurn
  }
  async function next(): Promise<void> {
    const counts = since !== undefined
    count()
    since = undefined
    // Immediates of one turn run together, so whoever waited looks again.
    do await new Promise(setImmediate)
    while (isLong())
    if (counts) since = performance.now()
  }

  return {
    async begin() {
      if (isLong()) await next()
      since = performance.now()
    },
    end() {
      count()
      since = undefined
    },
    isLong,
    next,
  }
}

/** One piece of work after the other, in the order in which they were brought. */
export function createLine(): <T>(act: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const mine = last.then(act)
    last = mine.catch(() => undefined)
    return mine
  }
}
