import { performance } from 'node:perf_hooks'

/** Time as waiting needs it: monotonic, unlike a clock that people set. Tests bring their own. */
export interface Pace {
  /** Milliseconds since some moment. */
  readonly now: () => number
  /** Calls once, in so many ms; the answer takes it back. */
  readonly after: (ms: number, then: () => void) => () => void
}

export const realPace: Pace = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves in so many ms; rejects with the signal's reason when that comes first. */
export function sleep(pace: Pace, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const stop = (): void => {
      takeBack()
      fail(reasonOf(signal))
    }
    const takeBack = pace.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      done()
    })
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted === true) stop()
  })
}

/** A signal's reason as an error, whatever the one who stopped gave. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('The fetch was stopped.')
}
