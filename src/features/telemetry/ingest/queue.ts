import { Problem } from '#kernel/problem.ts'
import { commitBytes, retryAfter } from './limits.ts'

export interface Queue<Item, Result> {
  /**
   * Resolves when it is stored: until then nobody has been told that it is safe. Rejects with `draining` after `close`. How much
   * may wait is bounded before (room.ts).
   */
  readonly put: (item: Item, bytes: number) => Promise<Result>
  /** Items that wait or are being stored. */
  readonly load: () => number
  /** Takes nothing more; resolves when everything taken is answered. */
  readonly close: () => Promise<void>
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly bytes: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Everything that comes while something is being stored waits, and is stored together as soon as that is done: a commit costs
 * the same for one request and for many, so the busier it is, the less each costs.
 *
 * @param store gives a result for each item, in order; what it throws is the answer to all of them.
 */
export function createQueue<Item, Result>(
  store: (items: readonly Item[]) => Promise<readonly Result[]>,
  atOnce = commitBytes,
): Queue<Item, Result> {
  let waiting: Waiting<Item, Result>[] = []
  let inHand = 0
  let working: Promise<void> | undefined
  let open = true

  function next(): readonly Waiting<Item, Result>[] {
    let size = 0
    let count = 0
    for (const one of waiting) {
      if (count > 0 && size + one.bytes > atOnce) break
      size += one.bytes
      count += 1
    }
    const taken = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return taken
  }

  async function work(): Promise<void> {
    for (let taken = next(); taken.length > 0; taken = next()) {
      inHand = taken.length
      await settle(taken)
      inHand = 0
    }
    working = undefined
  }

  async function settle(taken: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await store(taken.map(({ item }) => item))
      taken.forEach((one, index) => {
        if (index in results) one.resolve(results[index] as Result)
        else one.reject(new Error('There is no result for this request.'))
      })
    } catch (error) {
      for (const one of taken) one.reject(error)
    }
  }

  return {
    put: (item, size) =>
      new Promise((resolve, reject) => {
        if (!open) reject(new Problem('draining', undefined, { retryAfter }))
        else {
          waiting.push({ item, bytes: size, resolve, reject })
          working ??= work()
        }
      }),
    load: () => waiting.length + inHand,
    async close() {
      open = false
      await working
    },
  }
}
