import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSigningKeys } from '#features/clients/keys/index.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { acts, issuer } from '../oauth.ts'
import { startWorld, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const published = async () =>
  (await world.call('GET', '/.well-known/jwks.json')).json as JSONWebKeySet
const kidsOf = (set: { keys: readonly { kid?: unknown }[] }) => set.keys.map((key) => key.kid)
const kidIn = (jwt: string) => decodeProtectedHeader(jwt).kid

/** The daily job, as the queue would run it. */
async function rotate(): Promise<void> {
  const jobs = world.app.features.flatMap((feature) => feature.jobs ?? [])
  await jobs.find((job) => job.name === 'clients.rotate-signing-key')?.handle(null)
}

describe('the keys that sign for clients', () => {
  it('are published without their secret part, named by their thumbprint', async () => {
    const { keys } = await published()
    expect(keys).toHaveLength(1)
    expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
      'y',
    ])
    expect(keys[0]).toMatchObject({ alg: 'ES256', use: 'sig', kty: 'EC', crv: 'P-256' })
    expect(keys[0]?.kid).toMatch(/^[\w-]{43}$/)
  })

  it('begin with one, whoever needs it at the same time', async () => {
    const { runtime } = world.app
    const processes = [...Array(5).keys()].map(() => createSigningKeys(runtime))
    const jwts = await Promise.all(
      processes.map((keys) => keys.sign({ iss: issuer }, 'JWT', world.clock.now)),
    )
    expect(new Set(jwts.map(kidIn)).size).toBe(1)
    expect((await acts(world, 'signing-key.rotate')).length).toBe(1)
    expect(kidsOf(await published())).toEqual([kidIn(jwts[0] ?? '')])
  })

  it('are made in one turn, however many strangers ask for the first at once', async () => {
    const fresh = await startWorld()
    const db = fresh.app.runtime.db as { -readonly [K in 'exclusively']: Db['exclusively'] }
    const { exclusively } = db
    let turns = 0
    // Each turn holds a connection, and needs a second one: of a pool of ten, ten would leave none.
    db.exclusively = (key, act) => {
      turns++
      return exclusively(key, act)
    }
    try {
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => fresh.call('GET', '/.well-known/jwks.json')),
      )
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
      expect([answers[0]?.status, turns]).toEqual([200, 1])
    } finally {
      await fresh.close()
    }
  })

  it('take turns: published a day before, and two days after', async () => {
    const keys = createSigningKeys(world.app.runtime)
    const sign = (typ: 'JWT' | 'at+jwt' = 'at+jwt') =>
      keys.sign(
        { iss: issuer, exp: Math.floor(world.clock.now / 1000) + 28_800 },
        typ,
        world.clock.now,
      )
    const [first] = kidsOf(await published())
    await rotate()
    expect(kidsOf(await published())).toEqual([first])

    world.clock.advance(29 * day)
    await rotate()
    await rotate()
    const set = await published()
    expect(set.keys).toHaveLength(2)
    const second = kidsOf(set).find((kid) => kid !== first)
    // Another process has it within a minute, and signs with it when its time has come.
    world.clock.advance(minute)
    expect(kidIn(await sign())).toBe(first)
    world.clock.advance(day - 2 * minute)
    const last = await sign()
    expect(kidIn(last)).toBe(first)
    world.clock.advance(minute)
    expect(kidIn(await sign())).toBe(second)

    world.clock.advance(7 * hour)
    await rotate()
    const verified = await jwtVerify(last, createLocalJWKSet(await published()), {
      issuer,
      algorithms: ['ES256'],
      currentDate: new Date(world.clock.now),
    })
    expect(verified.protectedHeader.kid).toBe(first)

    world.clock.advance(2 * day)
    await rotate()
    expect(kidsOf(await published())).toEqual([second])
    const records = await acts(world, 'signing-key.rotate')
    expect(records.map((record) => record.target.id)).toEqual([first, second])
    expect(records[1]).toMatchObject({ actor: { kind: 'system' }, before: { signing: first } })
  })
})
