import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enqueue } from '#kernel/work.ts'
import { openEngine } from '../engine.ts'

let engine: Awaited<ReturnType<typeof openEngine>>
beforeEach(async () => {
  engine = await openEngine([])
})
afterEach(async () => {
  await engine.jobs.stop(1000)
  await engine.close()
})

describe('a job queue', () => {
  it('runs a job that was put in with a committed transaction, with its payload', async () => {
    const seen: unknown[] = []
    await engine.jobs.start(
      [{ name: 'greet', handle: (p) => Promise.resolve(void seen.push(p)) }],
      [],
    )
    await engine.db.tx(() => enqueue({ name: 'greet', payload: { who: 'Ada' } }))
    await expect.poll(() => seen).toEqual([{ who: 'Ada' }])
  })

  it('never runs a job of a transaction that was rolled back', async () => {
    const seen: unknown[] = []
    await engine.jobs.start(
      [{ name: 'greet', handle: (p) => Promise.resolve(void seen.push(p)) }],
      [],
    )
    await engine.db
      .tx(function* () {
        yield* enqueue({ name: 'greet', payload: 'undone' })
        throw new Error('no')
      })
      .catch(() => undefined)
    await engine.db.tx(() => enqueue({ name: 'greet', payload: 'done' }))
    await expect.poll(() => seen).toEqual(['done'])
  })

  it('adds a job once while one with the same key waits', async () => {
    const seen: unknown[] = []
    await engine.jobs.start(
      [{ name: 'digest', handle: (p) => Promise.resolve(void seen.push(p)) }],
      [],
    )
    await engine.db.tx(function* () {
      const runAt = Date.now() + 300
      yield* enqueue({ name: 'digest', payload: 1, dedupeKey: 'k', runAt })
      yield* enqueue({ name: 'digest', payload: 2, dedupeKey: 'k', runAt })
      yield* enqueue({ name: 'digest', payload: 3, dedupeKey: 'other', runAt })
    })
    await expect.poll(() => seen.length).toBe(2)
    expect(seen).toEqual(expect.arrayContaining([1, 3]))
  })

  it('runs every job without a key, however many of them wait at once', async () => {
    const seen: unknown[] = []
    await engine.jobs.start(
      [{ name: 'mail', handle: (p) => Promise.resolve(void seen.push(p)) }],
      [],
    )
    await engine.db.tx(function* () {
      for (const n of [1, 2, 3]) yield* enqueue({ name: 'mail', payload: n })
    })
    await expect.poll(() => seen.toSorted()).toEqual([1, 2, 3])
  })

  it('tries a failing job again, and keeps it as failed after the last try', async () => {
    let tries = 0
    await engine.jobs.start(
      [
        {
          name: 'flaky',
          attempts: 2,
          handle: () => {
            tries++
            return Promise.reject(new Error('not yet'))
          },
        },
      ],
      [],
    )
    await engine.db.tx(() => enqueue({ name: 'flaky', payload: null }))
    await expect.poll(() => tries).toBe(2)
    await expect.poll(async () => (await engine.jobs.counts()).failed).toBe(1)
  })
})
