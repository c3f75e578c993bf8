import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

const busy = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
}

it('lets whoever comes alone begin at once', async () => {
  const turn = createTurns()
  let others = 0
  setImmediate(() => others++)
  expect(await turn(() => Promise.resolve(others))).toBe(0)
})

it('keeps the order, and gives others a turn and a rest between two pieces', async () => {
  const turn = createTurns()
  const order: string[] = []
  const began: number[] = []
  const piece = (name: string): Promise<void> =>
    turn(async () => {
      began.push(performance.now())
      order.push(name)
      busy(2)
      await new Promise(setImmediate)
      order.push(`${name} again`)
      setImmediate(() => order.push('other'))
      busy(3)
    })
  await Promise.all(['a', 'b', 'c'].map(piece))
  expect(order.slice(0, 6)).toEqual(['a', 'a again', 'other', 'b', 'b again', 'other'])
  const [a = 0, b = 0] = began
  expect(b - a).toBeGreaterThanOrEqual(19)
})

it('goes on after a piece that failed', async () => {
  const turn = createTurns()
  const failed = turn(() => Promise.reject(new Error('refused')))
  const next = turn(() => Promise.resolve('done'))
  await expect(failed).rejects.toThrow('refused')
  expect(await next).toBe('done')
})
