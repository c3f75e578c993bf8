import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQueue } from './queue.ts'

/** Stores when it is let, and remembers what was stored together. */
function storing() {
  const commits: number[][] = []
  let go: (() => void) | undefined
  return {
    commits,
    store: async (items: readonly number[]) => {
      await new Promise<void>((resolve) => (go = resolve))
      commits.push([...items])
      return items.map((item) => item * 10)
    },
    proceed: async () => {
      while (!go) await new Promise(setImmediate)
      go()
      go = undefined
      await new Promise(setImmediate)
    },
  }
}

describe('the queue', () => {
  it('stores together what came while something was stored', async () => {
    const { store, commits, proceed } = storing()
    const queue = createQueue(store)
    const results = [1, 2, 3].map((item) => queue.put(item, 10))
    await proceed()
    await proceed()
    expect(await Promise.all(results)).toEqual([10, 20, 30])
    expect(commits).toEqual([[1], [2, 3]])
    expect(queue.load()).toBe(0)
  })

  it('tells all of one commit when it fails, and goes on with the next', async () => {
    let calls = 0
    const queue = createQueue<number, number>((items) => {
      calls += 1
      return calls === 1 ? Promise.reject(new Error('disk')) : Promise.resolve(items)
    })
    const first = queue.put(1, 1)
    const second = queue.put(2, 1)
    await expect(first).rejects.toThrow('disk')
    expect(await second).toBe(2)
  })

  it('ends when everything it took is stored', async () => {
    const { store, commits, proceed } = storing()
    const queue = createQueue(store)
    const taken = queue.put(1, 1)
    const closed = queue.close()
    await expect(queue.put(2, 1)).rejects.toMatchObject({ code: 'draining' })
    await proceed()
    await closed
    await taken
    expect(commits).toEqual([[1]])
  })

  it('answers each with its own result, in order, never more at once than it should (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        async (sizes) => {
          const queue = createQueue<number, number>(async (items) => {
            const size = items.reduce((sum, item) => sum + (sizes[item] ?? 0), 0)
            expect(items.length === 1 || size <= 50).toBe(true)
            await new Promise(setImmediate)
            return items
          }, 50)
          const results = await Promise.all(sizes.map((size, index) => queue.put(index, size)))
          expect(results).toEqual(sizes.map((_, index) => index))
          expect(queue.load()).toBe(0)
        },
      ),
    )
  })
})
