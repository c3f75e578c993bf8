/**
 * What directories ask is worked off piece by piece, one in a turn of the event loop, with a rest after each that is three
 * times as long as the piece took: a provider sends 50,000 users as fast as they are taken, and policy fetches must not wait
 * behind them. Who sends one request waits for nothing.
 */
export type Turns = () => Promise<void>

export function createTurns(): Turns {
  let free: Promise<void> = Promise.resolve()
  return () => {
    const mine = free
    free = mine.then(rest)
    return mine
  }
}

/** Directories take a quarter of the thread that answers everybody. */
const restFor = 3

/** Called when a piece begins. It ends before the next turn of the event loop. */
function rest(): Promise<void> {
  const from = performance.now()
  return new Promise((done) => {
    setImmediate(() => setTimeout(done, restFor * (performance.now() - from)))
  })
}
