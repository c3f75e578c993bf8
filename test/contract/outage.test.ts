import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { freshDatabase, testEngine } from '#test/engine.ts'
import { adminKey, openWorld, startWorld, type World } from '#test/world.ts'

interface Loose {
  readonly id: string
  readonly key: string
  readonly revision: number
  readonly status: string
}

/** A company with one policy for all and one enrolment, on SQLite unless said otherwise. */
async function company(engine?: 'sqlite' | 'postgres') {
  const world = await startWorld(engine === undefined ? {} : { engine })
  const call = async (method: string, path: string, body?: unknown): Promise<Loose> => {
    const answer = await world.admin(method, path, body)
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json as Loose
  }
  const { id } = await call('POST', '/api/v1/policies', {
    name: 'Baseline',
    text: 'allowed_approval_policies = ["on-request"]\n',
  })
  const { revision } = await call('GET', `/api/v1/policies/${id}/draft`)
  await call('POST', `/api/v1/policies/${id}/publish`, {
    message: 'first',
    draftRevision: revision,
  })
  const rules = await call('GET', '/api/v1/rules')
  await call('PUT', '/api/v1/rules/default', { policyId: id, expectedRevision: rules.revision })
  const { key } = await call('POST', '/api/v1/enrolments', { name: 'Fleet' })
  return { world, key }
}

const ask = (app: App, path: string, init: RequestInit = {}) =>
  app.fetch(new Request(`http://gatehouse.test${path}`, init))
const bundle = (app: App, key: string) => ask(app, `/c/${key}/codex/config/bundle`)
const readyz = async (app: App) => {
  const answer = await ask(app, '/readyz')
  return [answer.status, ((await answer.json()) as Loose).status]
}
/** Turns the default off, which every client sees. */
async function noPolicy(app: App): Promise<Response> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
  const rules = await ask(app, '/api/v1/rules', { headers })
  const { revision } = (await rules.json()) as Loose
  return ask(app, '/api/v1/rules/default', {
    method: 'PUT',
    headers,
    body: JSON.stringify({ policyId: null, expectedRevision: revision }),
  })
}

const metricsKey = 'a-metrics-key-of-more-than-32-characters'

/** What can happen to the file while nobody looks; its neighbours go with it. */
const misfortunes: Readonly<Record<string, (file: string) => void>> = {
  missing: () => undefined,
  empty: (file) => writeFileSync(file, ''),
  'no database': (file) => writeFileSync(file, 'rubbish '.repeat(4096)),
  'a folder': (file) => mkdirSync(file),
}

describe('the SQLite file at a start', () => {
  it.each(Object.entries(misfortunes))(
    '%s: the bundles last known, no empty workspace, and on by itself when it is back',
    async (_, befall) => {
      const { world, key } = await company('sqlite')
      const before = await (await bundle(world.app, key)).text()
      const file = join(world.data, 'gatehouse.db')
      await world.app.stop()
      const { app, clock } = openWorld({
        data: world.data,
        env: { GATEHOUSE_METRICS_KEY: metricsKey },
      })
      try {
        renameSync(file, `${file}.kept`)
        befall(file)
        await expect(app.start()).rejects.toMatchObject({ code: 'database_unavailable' })
        await app.startWithoutDatabase()
        expect(await readyz(app)).toEqual([200, 'outage'])
        const answer = await bundle(app, key)
        expect([answer.status, await answer.text()]).toEqual([200, before])
        expect((await noPolicy(app)).status).toBe(503)
        expect(app.features.flatMap((f) => f.alarms?.() ?? []).map((a) => a.key)).toContain(
          'delivery.database',
        )
        const metrics = await ask(app, '/metrics', {
          headers: { authorization: `Bearer ${metricsKey}` },
        })
        expect(await metrics.text()).toMatch(/^gatehouse_delivery_stale_total 1$/m)
        clock.advance(73 * 3_600_000)
        expect((await bundle(app, key)).status).toBe(503)

        rmSync(file, { recursive: true, force: true })
        for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
        renameSync(`${file}.kept`, file)
        // A write now would be done and not served until the start is through.
        expect((await noPolicy(app)).status).toBe(503)
        await app.start()
        expect(await readyz(app)).toEqual([200, 'serving'])
        expect((await noPolicy(app)).status).toBe(200)
        // Not polled: whoever was told that it is done finds it done.
        expect(await (await bundle(app, key)).text()).toBe('{}')
      } finally {
        await app.stop()
        rmSync(world.data, { recursive: true, force: true })
      }
    },
  )
})

describe('the SQLite file while Gatehouse runs', () => {
  let world: World
  let key: string
  let file: string
  beforeEach(async () => {
    ;({ world, key } = await company('sqlite'))
    file = join(world.data, 'gatehouse.db')
  })
  afterEach(() => world.close())

  it('moved away and put back: nothing is written elsewhere, and it goes on by itself', async () => {
    renameSync(file, `${file}.kept`)
    await expect.poll(() => readyz(world.app)).toEqual([200, 'outage'])
    expect((await bundle(world.app, key)).status).toBe(200)
    expect((await world.admin('GET', '/api/v1/members')).status).toBe(503)
    expect(existsSync(file)).toBe(false)
    renameSync(`${file}.kept`, file)
    await expect.poll(() => readyz(world.app)).toEqual([200, 'serving'])
    expect((await world.admin('GET', '/api/v1/members')).status).toBe(200)
  })

  it('overwritten in place and replaced by a copy: from memory, then from the copy', async () => {
    await noPolicy(world.app)
    // Everything of the write-ahead log into the file, as a stop does.
    const { db } = world.app.runtime
    if (db.engine === 'sqlite')
      (db as unknown as { raw: { exec: (sql: string) => void } }).raw.exec(
        'PRAGMA wal_checkpoint(TRUNCATE)',
      )
    copyFileSync(file, `${file}.copy`)
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(file + suffix, 'rubbish '.repeat(4096))
    await expect.poll(() => readyz(world.app)).toEqual([200, 'outage'])
    expect(await (await bundle(world.app, key)).text()).toBe('{}')
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
    renameSync(`${file}.copy`, file)
    await expect.poll(() => readyz(world.app)).toEqual([200, 'serving'])
    expect((await world.admin('GET', '/api/v1/members')).status).toBe(200)
  })
})

describe('an empty database under a data folder that has served', () => {
  it('is a lost one: no empty workspace is made of it', async () => {
    const { world, key } = await company()
    const postgres = testEngine() === 'postgres'
    await world.app.stop()
    if (!postgres) rmSync(join(world.data, 'gatehouse.db'))
    const { app } = openWorld({
      data: world.data,
      ...(postgres ? { databaseUrl: await freshDatabase() } : {}),
    })
    try {
      await expect(app.start()).rejects.toMatchObject({
        code: 'database_unavailable',
        extra: { remedy: expect.stringContaining('move the data folder away') as string },
      })
      await app.startWithoutDatabase()
      expect((await bundle(app, key)).status).toBe(200)
    } finally {
      await app.stop()
      rmSync(world.data, { recursive: true, force: true })
    }
  })
})
