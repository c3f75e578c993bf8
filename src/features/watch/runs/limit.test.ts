import { describe, expect, it } from 'vitest'
import { createGate, eachAtOnce } from './limit.ts'

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('at most some at once', () => {
  it('runs every item, never more than the width together', async () => {
    let now = 0
    let most = 0
    const seen: number[] = []
    await eachAtOnce(
      Array.from({ length: 20 }, (_, i) => i),
      3,
      async (item) => {
        most = Math.max(most, ++now)
        await turn()
        seen.push(item)
        now--
      },
    )
    expect(most).toBe(3)
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('begins nothing more after a failure, and says which it was', async () => {
    const begun: number[] = []
    const all = eachAtOnce([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item)
      await turn()
      if (item === 1) throw new Error('first')
    })
    await expect(all).rejects.toThrow('first')
    expect(begun.length).toBeLessThan(6)
  })

  it('lets the next through a gate when one leaves it, also by failing', async () => {
    const gate = createGate(1)
    const order: string[] = []
    await Promise.allSettled([
      gate(async () => {
        order.push('a in')
        await turn()
        order.push('a out')
        throw new Error('a')
      }),
      gate(() => Promise.resolve(order.push('b'))),
      gate(() => Promise.resolve(order.push('c'))),
    ])
    expect(order).toEqual(['a in', 'a out', 'b', 'c'])
  })
})
