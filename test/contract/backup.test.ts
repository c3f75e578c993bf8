import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { auditRecords } from '#kernel/audit.ts'
import type { Manifest } from '#kernel/manifest.ts'
import { freshDatabase, testEngine } from '../engine.ts'
import { answersOf, laxer, publish, settleCompany, strict } from '../company.ts'
import { openWorld, startWorld, type World } from '../world.ts'

const engines =
  testEngine() === 'postgres' ? (['sqlite', 'postgres'] as const) : ['sqlite' as const]

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let names = 0
const fresh = (): string => join(folder, String(++names))

async function company() {
  const world = await startWorld()
  return { world, ...(await settleCompany(world)) }
}

/** Without the uses of keys, which are noted a moment later. */
const audit = async (world: World) =>
  (await world.app.runtime.db.read(() => auditRecords({ limit: 10_000 }))).filter(
    ({ action }) => !/\.use(-key|-token)?$/.test(action),
  )

/** An empty place of the engine: a data folder, and on PostgreSQL a database. */
async function emptyPlace(engine: 'sqlite' | 'postgres') {
  const data = fresh()
  return {
    engine,
    data,
    ...(engine === 'postgres' ? { databaseUrl: await freshDatabase() } : {}),
  }
}

async function restoreInto(place: Awaited<ReturnType<typeof emptyPlace>>, backup: string) {
  const { app } = openWorld(place)
  try {
    return await app.restore(backup)
  } finally {
    await app.runtime.db.close()
  }
}

describe('a backup', () => {
  it.each(engines)('restored on %s answers as before, byte for byte', async (engine) => {
    const { world, secrets } = await company()
    const before = await answersOf(world, secrets)
    const backup = fresh()
    await world.app.backup(backup)
    const records = await audit(world)
    await world.close()

    const place = await emptyPlace(engine)
    await restoreInto(place, backup)
    const restored = await startWorld(place)
    try {
      expect(await audit(restored)).toEqual(records)
      expect(await answersOf(restored, secrets)).toEqual(before)

      // And back again: the same rows, whichever engine they went through.
      const second = fresh()
      const manifest = await restored.app.backup(second)
      const home = await emptyPlace(testEngine())
      await restoreInto(home, second)
      const returned = await startWorld(home)
      expect(await answersOf(returned, secrets)).toEqual(before)
      expect(manifest.tables.map((t) => t.name)).toContain('policy_versions')
      await returned.close()
    } finally {
      await restored.close()
    }
  })

  it('is of one moment although others write meanwhile, and does not hold them up', async () => {
    const { world, policyId, secrets } = await company()
    const other = openWorld({ ...placeOf(world), engine: testEngine() })
    const backup = fresh()
    const state = { done: false }
    const write = async (): Promise<number> => {
      for (let published = 0; ; published++) {
        // A real turn of the event loop: on SQLite whole requests are over in microtasks.
        await new Promise((go) => setImmediate(go))
        if (state.done && published > 0) return published
        const { status } = await publish(world, policyId, published % 2 ? laxer : strict, 'again')
        expect(status).toBe(201)
      }
    }
    const back = async (): Promise<void> => {
      await new Promise((go) => setTimeout(go, 100))
      await other.app.backup(backup).finally(() => (state.done = true))
    }
    const [published] = await Promise.all([write(), back()])
    expect(published).toBeGreaterThan(0)
    await other.app.runtime.db.close()
    await world.close()

    const place = await emptyPlace(testEngine())
    await restoreInto(place, backup)
    const restored = await startWorld(place)
    const versions = await restored.admin('GET', `/api/v1/policies/${policyId}/versions`)
    const publishes = (await audit(restored)).filter((r) => r.action === 'policy.publish')
    expect(versions.json.total).toBe(publishes.length)
    expect((await answersOf(restored, secrets)).bundles[0]?.status).toBe(200)
    await restored.close()
  })

  it('is refused when a file of it was changed or is missing, and then nothing is restored', async () => {
    const { world, secrets } = await company()
    const backup = fresh()
    const manifest = await world.app.backup(backup)
    await world.close()
    const place = await emptyPlace(testEngine())
    const damages: ((at: string) => void)[] = [
      (at) => appendFileSync(join(at, 'policy_versions.jsonl'), '{"id":"ver_x"}\n'),
      (at) => rmSync(join(at, 'members.jsonl')),
      (at) => writeFileSync(join(at, 'files/secret.key'), 'A'.repeat(44)),
      (at) => edit(at, (m) => ({ ...m, tables: m.tables.filter(({ name }) => name !== 'groups') })),
      (at) => edit(at, (m) => ({ ...m, files: [{ name: '../outside', sha256: '0'.repeat(64) }] })),
      (at) => writeFileSync(join(at, 'manifest.json'), '{"format":1}'),
    ]
    for (const damage of damages) {
      const copy = copyOf(backup)
      damage(copy)
      await expect(restoreInto(place, copy)).rejects.toMatchObject({ code: 'wrong_state' })
      if (existsSync(place.data))
        expect(readdirSync(place.data).filter((f) => !f.startsWith('gatehouse.db'))).toEqual([])
    }
    await expect(restoreInto(place, fresh())).rejects.toMatchObject({ code: 'not_found' })
    expect(manifest.files.map((f) => f.name)).toContain('secret.key')
    // After all those refusals the place is still empty.
    await restoreInto(place, backup)
    const restored = await startWorld(place)
    expect((await answersOf(restored, secrets)).key).toBe(200)
    await restored.close()
  })

  it('is refused by a place that is not empty, and leaves it as it is', async () => {
    const { world, secrets } = await company()
    const before = await answersOf(world, secrets)
    const backup = fresh()
    await world.app.backup(backup)
    await expect(world.app.restore(backup)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await answersOf(world, secrets)).toEqual(before)
    await expect(world.app.backup(backup)).rejects.toMatchObject({ code: 'already_exists' })
    await world.close()

    const place = await emptyPlace(testEngine())
    mkdirSync(place.data)
    writeFileSync(join(place.data, 'secret.key'), 'another')
    await expect(restoreInto(place, backup)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(readFileSync(join(place.data, 'secret.key'), 'utf8')).toBe('another')
  })

  it('that others could read on its way is for its owner only once it is restored', async () => {
    const { world } = await company()
    const backup = fresh()
    await world.app.backup(backup)
    await world.close()
    const copy = join(backup, 'files', 'secret.key')
    chmodSync(copy, 0o644)
    const place = await emptyPlace(testEngine())
    await restoreInto(place, backup)
    expect(statSync(join(place.data, 'secret.key')).mode & 0o777).toBe(0o600)
  })

  it('of a newer version is refused by name', async () => {
    const { world } = await company()
    const backup = fresh()
    await world.app.backup(backup)
    await world.close()
    const place = await emptyPlace(testEngine())
    edit(backup, (m) => ({ ...m, version: '9.9.9', migrations: [...m.migrations, 'clients-001'] }))
    await expect(restoreInto(place, backup)).rejects.toThrow(/newer version \(9\.9\.9\)/)
    edit(backup, (m) => ({ ...m, format: 2 }) as unknown as Manifest)
    await expect(restoreInto(place, backup)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('that breaks off in the middle of the rows leaves nothing', async () => {
    const { world, secrets } = await company()
    const backup = fresh()
    await world.app.backup(backup)
    await world.close()
    // Checksums are right and yet the rows break a constraint: the same version twice.
    const broken = copyOf(backup)
    const path = join(broken, 'policy_versions.jsonl')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text + text)
    edit(broken, (m) => ({
      ...m,
      tables: m.tables.map((t) =>
        t.name === 'policy_versions'
          ? {
              ...t,
              rows: t.rows * 2,
              sha256: createHash('sha256')
                .update(text + text)
                .digest('hex'),
            }
          : t,
      ),
    }))
    const place = await emptyPlace(testEngine())
    await expect(restoreInto(place, broken)).rejects.toMatchObject({ code: 'already_exists' })
    expect(existsSync(join(place.data, 'secret.key'))).toBe(false)
    await restoreInto(place, backup)
    const restored = await startWorld(place)
    expect((await answersOf(restored, secrets)).signIn).toBe(200)
    await restored.close()
  })

  it('that cannot be written is told, and leaves no folder that looks like one', async () => {
    const { world } = await company()
    const parent = fresh()
    writeFileSync(parent, 'a file, not a folder')
    await expect(world.app.backup(join(parent, 'backup'))).rejects.toThrow()
    await world.app.stop()
    const target = fresh()
    await expect(world.app.backup(target)).rejects.toMatchObject({ code: 'database_unavailable' })
    expect(existsSync(target)).toBe(false)
    expect(existsSync(`${target}.unfinished`)).toBe(false)
    rmSync(world.data, { recursive: true, force: true })
  })
})

const placeOf = (world: World) => ({
  data: world.data,
  ...(world.databaseUrl === undefined ? {} : { databaseUrl: world.databaseUrl }),
})

function edit(backup: string, change: (manifest: Manifest) => Manifest): void {
  const path = join(backup, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  writeFileSync(path, JSON.stringify(change(manifest)))
}

function copyOf(backup: string): string {
  const copy = fresh()
  cpSync(backup, copy, { recursive: true })
  return copy
}
