import { afterEach, describe, expect, it } from 'vitest'
import type * as tasks from './pool.test.tasks.ts'
import { createPool, type Pool, type PoolOptions } from './pool.ts'
import { Problem } from './problem.ts'

const url = new URL('./pool.test.tasks.ts', import.meta.url)
const pools: Pool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

function pool(options: PoolOptions): Pool {
  const made = createPool(options)
  pools.push(made)
  return made
}

describe('createPool', () => {
  it('runs a function of a module in another thread', async () => {
    const one = pool({ size: 1 })
    expect(await one.run<typeof tasks.double>(url, 'double', [1, 2])).toEqual({
      ok: true,
      value: [2, 4],
    })
    const result = await one.run<typeof tasks.thread>(url, 'thread', 0)
    expect(result.ok && result.value).toBeGreaterThan(0)
  })

  it('uses as many threads as it may, and uses them again', async () => {
    const two = pool({ size: 2 })
    const run = () => two.run<typeof tasks.thread>(url, 'thread', 100)
    const results = await Promise.all([run(), run(), run(), run(), run()])
    const threads = results.map((result) => (result.ok ? result.value : -1))
    expect(new Set(threads).size).toBe(2)
    expect(threads).not.toContain(-1)
    expect(two.load()).toEqual({ running: 0, waiting: 0 })
  })

  it('carries problems and coded errors over, and goes on', async () => {
    const one = pool({ size: 1 })
    const refused = await one.run<typeof tasks.throwProblem>(url, 'throwProblem', 'No.')
    if (refused.ok) throw new Error('it was taken')
    expect(refused).toMatchObject({ ok: false, kind: 'failed' })
    expect(refused.error).toBeInstanceOf(Problem)
    expect(refused.error).toMatchObject({
      code: 'policy_refused',
      message: 'No.',
      extra: { remedy: 'Do this.', errors: [{ message: 'here', line: 3 }] },
    })
    const coded = await one.run<typeof tasks.throwCoded>(url, 'throwCoded', 'EFAR')
    expect(coded).toMatchObject({
      kind: 'failed',
      error: { name: 'RangeError', message: 'too far', code: 'EFAR' },
    })
    expect((await one.run<typeof tasks.double>(url, 'double', [1])).ok).toBe(true)
  })

  it('says what cannot cross threads or does not exist', async () => {
    const one = pool({ size: 1 })
    const input = (() => 1) as unknown as number[]
    expect(await one.run<typeof tasks.double>(url, 'double', input)).toMatchObject({
      kind: 'failed',
      error: { name: 'DataCloneError' },
    })
    expect(await one.run(url, 'giveFunction', undefined as never)).toMatchObject({
      kind: 'failed',
      error: { name: 'DataCloneError' },
    })
    expect(await one.run(url, 'missing', undefined as never)).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('exports no function missing') as string },
    })
    expect((await one.run<typeof tasks.double>(url, 'double', [1])).ok).toBe(true)
  })

  it('stops a task that never ends and starts a new thread', async () => {
    const one = pool({ size: 1 })
    const spinning = one.run(url, 'spin', undefined as never, { timeoutMs: 300 })
    const next = one.run<typeof tasks.double>(url, 'double', [4])
    expect(one.load()).toEqual({ running: 1, waiting: 1 })
    expect(await spinning).toMatchObject({ ok: false, kind: 'timeout' })
    expect(await next).toEqual({ ok: true, value: [8] })
  })

  it('survives threads that exit or throw later', async () => {
    const one = pool({ size: 1 })
    expect(await one.run<typeof tasks.exit>(url, 'exit', 3)).toMatchObject({
      kind: 'crashed',
      error: { message: 'The thread of exit ended with code 3.' },
    })
    expect(await one.run(url, 'throwLater', undefined as never)).toMatchObject({
      kind: 'crashed',
      error: { message: 'later' },
    })
    expect((await one.run<typeof tasks.double>(url, 'double', [1])).ok).toBe(true)
  })

  it('refuses more than may wait', async () => {
    const one = pool({ size: 1, maxWaiting: 1 })
    const run = () => one.run<typeof tasks.thread>(url, 'thread', 50)
    const [first, second, third] = await Promise.all([run(), run(), run()])
    expect([first.ok, second.ok]).toEqual([true, true])
    expect(third).toMatchObject({ ok: false, kind: 'full', error: { code: 'busy' } })
  })

  it('drains: what was taken is done, nothing new is taken', async () => {
    const one = pool({ size: 1 })
    const run = () => one.run<typeof tasks.thread>(url, 'thread', 50)
    const taken = [run(), run()]
    const done = one.drain()
    expect(await run()).toMatchObject({ kind: 'closed', error: { code: 'draining' } })
    await done
    expect(one.load()).toEqual({ running: 0, waiting: 0 })
    expect((await Promise.all(taken)).every((result) => result.ok)).toBe(true)
  })

  it('closes: what runs and waits is given up', async () => {
    const one = pool({ size: 1 })
    const taken = [
      one.run(url, 'spin', undefined as never),
      one.run<typeof tasks.double>(url, 'double', [1]),
    ]
    await one.close()
    for (const result of await Promise.all(taken))
      expect(result).toMatchObject({ ok: false, kind: 'closed' })
  })
})
