import { performance } from 'node:perf_hooks'

/**
 * What directories ask is worked off piece by piece, with a rest after each that is three times as long as it kept the thread
 * busy: a provider sends 50,000 users as fast as they are taken, and policy fetches must not wait behind them. Who sends one
 * request waits for nothing.
 */
export type Turns = <T>(act: () => Promise<T>) => Promise<T>

/** Directories take a quarter of the thread that answers everybody. */
const share = 1 / 4

export function createTurns(): Turns {
  let free: Promise<unknown> = Promise.resolve()
  return async (act) => {
    const mine = free
    const rested = Promise.withResolvers<undefined>()
    free = rested.promise
    await mine
    const began = performance.now()
    const idle = performance.eventLoopUtilization()
    try {
      return await act()
    } finally {
      // Waiting for the disk is a rest as well.
      const { active } = performance.eventLoopUtilization(idle)
      const left = began + active / share - performance.now()
      setTimeout(() => rested.resolve(undefined), Math.max(0, left))
    }
  }
}
