import type { Pace } from './pace.ts'

/** Time that goes on when a test says so. */
export function testPace(): Pace & {
  readonly advance: (ms: number) => void
  /** What is waited for, in ms from now, soonest first. */
  readonly waits: () => readonly number[]
} {
  let now = 0
  const timers = new Set<{ at: number; then: () => void }>()
  const due = (): { at: number; then: () => void } | undefined =>
    [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    after: (ms, then) => {
      const timer = { at: now + ms, then }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: (ms) => {
      now += ms
      for (let timer = due(); timer !== undefined; timer = due()) {
        timers.delete(timer)
        timer.then()
      }
    },
    waits: () => [...timers].map(({ at }) => at - now).sort((a, b) => a - b),
  }
}
