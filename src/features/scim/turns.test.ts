import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

const busy = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
}

it('lets whoever comes alone begin at once', async () => {
  const turn = createTurns()
  let others = 0
  setImmediate(() => others++)
  await turn()
  expect(others).toBe(0)
})

it('keeps the order, and gives others a turn and a rest between two pieces', async () => {
  const turn = createTurns()
  const order: string[] = []
  const began: number[] = []
  const piece = async (name: string): Promise<void> => {
    await turn()
    began.push(performance.now())
    order.push(name)
    setImmediate(() => order.push('other'))
    busy(5)
  }
  await Promise.all(['a', 'b', 'c'].map(piece))
  expect(order.filter((name) => name !== 'other')).toEqual(['a', 'b', 'c'])
  expect(order.slice(0, 4)).toEqual(['a', 'other', 'b', 'other'])
  const [a = 0, b = 0] = began
  expect(b - a).toBeGreaterThanOrEqual(19)
})
