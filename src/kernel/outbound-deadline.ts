/** When a call out ends at the latest, and what ends it. */
export interface Deadline {
  /** Why it is over; undefined while it is not. */
  readonly over: () => 'late' | 'stopped' | undefined
  /** What is to be done when it is over; one thing at a time, the last one set. At once if it is. */
  readonly onOver: (act: () => void) => void
  /** Takes the timer and the listener back. */
  readonly clear: () => void
}

/**
 * One timer and at most one listener for a whole call. AbortSignal.timeout, AbortSignal.any and
 * `signal` of node:http say the same and cost as much as a third of a small request.
 */
export function startDeadline(ms: number, signal: AbortSignal | undefined): Deadline {
  let over: 'late' | 'stopped' | undefined
  let act: (() => void) | undefined
  const end = (why: 'late' | 'stopped'): void => {
    over ??= why
    act?.()
  }
  const stop = (): void => end('stopped')
  const timer = setTimeout(() => end('late'), ms)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  return {
    over: () => over,
    onOver: (next) => {
      act = next
      if (over !== undefined) next()
    },
    clear: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    },
  }
}
