import { describe, expect, it } from 'vitest'
import { createHosts, type Turn } from './hosts.ts'
import { testPace } from './pace.test.clock.ts'

const turn = (more: Partial<Turn> = {}): Turn => ({
  host: 'a.example',
  lane: 'one',
  concurrency: 1,
  delayMs: 0,
  ...more,
})

/** Work that somebody else ends. */
function held(): { work: () => Promise<void>; end: () => void } {
  let end = (): void => undefined
  const ended = new Promise<void>((done) => (end = done))
  return { work: () => ended, end: () => end() }
}
const settle = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('a host', () => {
  it('has no more requests at once than allowed, whoever asks', async () => {
    const hosts = createHosts(testPace())
    let now = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++now)
      await settle()
      now--
    }
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        hosts.take(turn({ lane: String(i % 3), concurrency: 2 }), work),
      ),
    )
    expect(most).toBe(2)
  })

  it('holds no other host up', async () => {
    const hosts = createHosts(testPace())
    const slow = held()
    const first = hosts.take(turn(), slow.work)
    expect(await hosts.take(turn({ host: 'b.example' }), () => Promise.resolve('b'))).toBe('b')
    slow.end()
    await first
  })

  it('lets lanes take turns', async () => {
    const hosts = createHosts(testPace())
    const order: string[] = []
    const first = held()
    const all = [hosts.take(turn({ lane: 'long' }), first.work)]
    for (const name of ['long 1', 'long 2', 'long 3', 'short 1', 'other 1', 'short 2'])
      all.push(
        hosts.take(turn({ lane: name.split(' ')[0]! }), () => {
          order.push(name)
          return Promise.resolve()
        }),
      )
    first.end()
    await Promise.all(all)
    expect(order).toEqual(['long 1', 'short 1', 'other 1', 'long 2', 'short 2', 'long 3'])
  })

  it('waits between the starts of two requests', async () => {
    const pace = testPace()
    const hosts = createHosts(pace)
    const starts: number[] = []
    const all = Array.from({ length: 3 }, () =>
      hosts.take(turn({ delayMs: 200, concurrency: 5 }), () => {
        starts.push(pace.now())
        return Promise.resolve()
      }),
    )
    await settle()
    for (let i = 0; i < 9; i++) {
      pace.advance(50)
      await settle()
    }
    await Promise.all(all)
    expect(starts).toEqual([0, 200, 400])
  })

  it('rests when it is asked to', async () => {
    const pace = testPace()
    const hosts = createHosts(pace)
    hosts.rest('a.example', 1000)
    hosts.rest('a.example', 10)
    let done = false
    const taken = hosts.take(turn(), () => Promise.resolve((done = true)))
    pace.advance(999)
    await settle()
    expect(done).toBe(false)
    pace.advance(1)
    await taken
    expect(done).toBe(true)
  })

  it('goes on after work that failed, and after one that stopped waiting', async () => {
    const hosts = createHosts(testPace())
    const first = held()
    const stop = new AbortController()
    const holding = hosts.take(turn(), first.work)
    const failing = hosts.take(turn(), () => Promise.reject(new Error('broken')))
    const stopped = hosts.take(turn({ signal: stop.signal }), () => Promise.resolve('never'))
    const last = hosts.take(turn(), () => Promise.resolve('last'))
    const seen = [
      expect(failing).rejects.toThrow('broken'),
      expect(stopped).rejects.toThrow('enough'),
    ]
    stop.abort(new Error('enough'))
    first.end()
    await Promise.all([holding, ...seen])
    expect(await last).toBe('last')
    await expect(
      hosts.take(turn({ signal: stop.signal }), () => Promise.resolve()),
    ).rejects.toThrow('enough')
  })

  it('is forgotten in the end', async () => {
    const pace = testPace()
    const hosts = createHosts(pace)
    for (let i = 0; i < 1000; i++) {
      await hosts.take(turn({ host: `${i}.example` }), () => Promise.resolve())
      pace.advance(1000)
    }
    expect(hosts.size()).toBeLessThan(200)
  })
})
