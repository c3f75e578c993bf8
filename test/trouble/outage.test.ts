import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { answersOf, publish, settleCompany, strict } from '../company.ts'
import { freshDatabase } from '../engine.ts'
import { startCluster, type Cluster } from '../postgres.ts'
import { openWorld, startWorld, type World } from '../world.ts'
import { temporaryFolder } from './server.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster()
  process.env['GATEHOUSE_TEST_POSTGRES'] = cluster.url
})
afterAll(() => cluster.remove())

/** Fetches without a pause from several machines, until it is told to stop. */
function load(world: World, keys: readonly string[], machines = 8) {
  const state = { done: false, fetches: 0, wrong: [] as unknown[] }
  const expected = new Map<string, string>()
  const one = async (): Promise<void> => {
    for (let n = 0; !state.done; n++) {
      await new Promise((go) => setImmediate(go))
      const key = keys[n % keys.length] ?? ''
      const { status, text } = await world.call('GET', `/c/${key}/codex/config/bundle`)
      state.fetches++
      const good = expected.get(key) ?? text
      expected.set(key, good)
      if (status !== 200 || text !== good) state.wrong.push([status, text])
    }
  }
  const running = Promise.all(Array.from({ length: machines }, one))
  return {
    state,
    async stop() {
      state.done = true
      await running
    },
  }
}

describe('a database that is gone for ten minutes under load', () => {
  it('stops nobody: every fetch gets its policy, and is recorded afterwards', async () => {
    const world = await startWorld({ engine: 'postgres' })
    try {
      const { policyId, secrets } = await settleCompany(world)
      const before = await answersOf(world, secrets)
      expect(before.bundles[0]?.text).toContain('workspace-write')
      const already = before.bundles.length
      const fetching = load(world, secrets.enrolments)
      await expect.poll(() => fetching.state.fetches).toBeGreaterThan(100)

      await cluster.stop()
      await expect.poll(() => world.app.state()).toBe('outage')
      const from = fetching.state.fetches
      for (let passed = 0; passed < 10; passed++) {
        world.clock.advance(minute)
        const seen = fetching.state.fetches
        await expect.poll(() => fetching.state.fetches).toBeGreaterThan(seen + 50)
      }
      expect(fetching.state.fetches).toBeGreaterThan(from + 500)
      // Changes are refused as such; nothing is half done.
      await expect(publish(world, policyId, strict, 'in the outage')).rejects.toThrow(
        /^503 .*database_unavailable/,
      )
      expect((await world.call('GET', '/readyz')).status).toBe(200)

      await cluster.start()
      await expect.poll(() => world.app.state()).toBe('serving')
      await fetching.stop()
      expect(fetching.state.wrong).toEqual([])

      const recorded = async (): Promise<number> => {
        const { items } = (await world.admin('GET', '/api/v1/enrolments')).json
        return (items as { fetchesToday: number }[]).reduce((sum, e) => sum + e.fetchesToday, 0)
      }
      await expect.poll(recorded).toBe(fetching.state.fetches + already)
      expect(await answersOf(world, secrets)).toMatchObject({ texts: before.texts })
      expect((await publish(world, policyId, strict, 'afterwards')).status).toBe(201)
    } finally {
      await world.close()
    }
  })

  it('does not stop a process that starts meanwhile: it serves from its file, then goes on', async () => {
    const data = temporaryFolder()
    const place = { engine: 'postgres', data, databaseUrl: await freshDatabase() } as const
    const first = await startWorld(place)
    await settleCompany(first)
    const made = await first.admin('POST', '/api/v1/enrolments', { name: 'Restarted' })
    const path = `/c/${made.json.key as string}/codex/config/bundle`
    const before = await first.call('GET', path)
    expect(before.status).toBe(200)
    await first.app.stop()

    await cluster.stop()
    const second = openWorld(place)
    try {
      await expect(second.app.start()).rejects.toMatchObject({ code: 'database_unavailable' })
      await second.app.startWithoutDatabase()
      expect(second.app.state()).toBe('outage')
      const ask = () => second.app.fetch(new Request(`http://gatehouse.test${path}`))
      const during = await ask()
      expect([during.status, await during.text()]).toEqual([200, before.text])

      await cluster.start()
      await expect
        .poll(() =>
          second.app.start().then(
            () => second.app.state(),
            () => 'not yet',
          ),
        )
        .toBe('serving')
      const after = await ask()
      expect([after.status, await after.text()]).toEqual([200, before.text])
    } finally {
      await second.app.stop()
      rmSync(data, { recursive: true, force: true })
    }
  })
})
