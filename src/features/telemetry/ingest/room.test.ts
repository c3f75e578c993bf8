import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestCost } from './limits.ts'
import { createRoom } from './room.ts'

const full = { code: 'rate_limited', extra: { retryAfter: 2 } }

describe('the room for what comes in', () => {
  it('counts each byte when it comes, and refuses what is too much with the time to come back', () => {
    const room = createRoom(10 * requestCost)
    const holds = ['a', 'b'].map((sender) => room.enter(sender))
    holds[0]?.add(3 * requestCost)
    holds[1]?.add(4 * requestCost)
    expect(room.bytes()).toBe(9 * requestCost)
    expect(() => room.enter('c').add(1)).toThrow(expect.objectContaining(full) as Error)
    holds[0]?.end()
    expect(() => room.enter('c').add(requestCost)).not.toThrow()
  })

  it('leaves half of it to the others', () => {
    const room = createRoom(10 * requestCost)
    const hold = room.enter('a')
    hold.add(4 * requestCost)
    expect(() => hold.add(1)).toThrow(expect.objectContaining(full) as Error)
    expect(() => room.enter('a')).toThrow(expect.objectContaining(full) as Error)
    room.enter('b').add(4 * requestCost)
  })

  it('is never overfull, and empty again at the end (property)', () => {
    const step = fc.record({ sender: fc.nat(3), bytes: fc.nat(4 * requestCost), end: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const room = createRoom(10 * requestCost)
        const holds: ReturnType<typeof room.enter>[] = []
        for (const { sender, bytes, end } of steps) {
          if (end) holds.shift()?.end()
          try {
            const hold = room.enter(String(sender))
            holds.push(hold)
            hold.add(bytes)
          } catch (error) {
            expect(error).toMatchObject(full)
          }
          expect(room.bytes()).toBeLessThanOrEqual(10 * requestCost)
        }
        for (const hold of holds) hold.end()
        expect(room.bytes()).toBe(0)
      }),
    )
  })
})
