import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answersOf, type CompanySecrets } from '../company.ts'
import { freshDatabase, testEngine } from '../engine.ts'
import { openWorld, startWorld } from '../world.ts'

/*
 * Companies that older versions left behind, each made by that version with `node test/make-upgrade.ts`. To add the
 * next one: run it on the commit that is to be released, and commit the folder it wrote. A folder is never made again, since
 * what it holds is what people have on their disks.
 */
const fixtures = join(import.meta.dirname, '../fixtures')
const versions = readdirSync(fixtures).filter((name) => name.startsWith('upgrade-'))

interface Recorded {
  readonly secrets: CompanySecrets
  readonly answers: Record<string, unknown>
}

/** The permissions that roles hold grow with the product; what they held then they still hold. */
function asThen(now: unknown, then: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(then)) {
    const held: readonly unknown[] = then
    const permissions = held.includes('workspace.read')
    const kept = permissions ? now.filter((word) => held.includes(word)) : now
    return kept.map((item, i) => asThen(item, held[i]))
  }
  if (typeof now !== 'object' || now === null || typeof then !== 'object' || then === null)
    return now
  const old = then as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(now).map(([key, value]) => [key, asThen(value, old[key])]),
  )
}

describe('an upgrade', () => {
  it('is tried from every version there was', () => {
    expect(versions).toContain('upgrade-0.1.0')
  })

  it.each(versions)('from %s answers as that version did', async (name) => {
    const data = mkdtempSync(join(tmpdir(), 'gatehouse-upgrade-'))
    const place =
      testEngine() === 'postgres' ? { data, databaseUrl: await freshDatabase() } : { data }
    const folder = join(fixtures, name)
    const { secrets, answers } = JSON.parse(
      readFileSync(join(folder, 'answers.json'), 'utf8'),
    ) as Recorded
    const old = openWorld(place)
    await old.app.restore(join(folder, 'backup'))
    await old.app.runtime.db.close()
    const world = await startWorld(place)
    try {
      // A later version may say more, and must not say anything else.
      expect(asThen(await answersOf(world, secrets), answers)).toMatchObject(answers)
      expect((await world.admin('GET', '/api/v1/overview')).status).toBe(200)
    } finally {
      await world.close()
      rmSync(data, { recursive: true, force: true })
    }
  })
})
