import { describe, expect, it } from 'vitest'
import { createReading } from './reading.ts'

/** A reading whose ends are decided by the test. */
function controlled() {
  const ends: PromiseWithResolvers<unknown>[] = []
  const reading = createReading(() => {
    const end = Promise.withResolvers<unknown>()
    ends.push(end)
    return end.promise
  })
  return { reading, ends }
}

describe('a reading', () => {
  it('is shared by who asks before another one is over, and that one began after they asked', async () => {
    const { reading, ends } = controlled()
    const first = reading.refresh()
    const late = [reading.refresh(), reading.refresh()]
    expect(ends).toHaveLength(1)
    ends[0]?.resolve(undefined)
    await expect.poll(() => ends.length).toBe(2)
    ends[1]?.resolve(undefined)
    await Promise.all([first, ...late])
    expect(ends).toHaveLength(2)
  })

  it('begins anew for who asks in the very moment in which one ends', async () => {
    for (let steps = 0; steps < 20; steps++) {
      const { reading, ends } = controlled()
      const first = reading.refresh()
      ends[0]?.resolve(undefined)
      for (let step = 0; step < steps; step++) await Promise.resolve()
      const asked = reading.refresh()
      await expect.poll(() => ends.length).toBe(2)
      ends[1]?.resolve(undefined)
      await Promise.all([first, asked])
    }
  })

  it.each([
    ['rejects', (end: PromiseWithResolvers<unknown>) => end.reject(new Error('gone'))],
    ['says false', (end: PromiseWithResolvers<unknown>) => end.resolve(false)],
  ])('that %s is tried again for nobody who waits, but for who asks then', async (_, fail) => {
    const { reading, ends } = controlled()
    const waiting = Promise.allSettled([reading.refresh(), reading.refresh()])
    const [end] = ends
    if (end) fail(end)
    await waiting
    await reading.settled()
    expect(ends).toHaveLength(1)
    const next = reading.refresh()
    ends[1]?.resolve(undefined)
    await next
  })
})
