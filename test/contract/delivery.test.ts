import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { day, hour } from '#kernel/clock.ts'
import { createLog } from '#kernel/log.ts'
import { createApp } from '#src/app.ts'
import { readConfig } from '#src/config.ts'
import { startWorld, type World } from '#test/world.ts'

/** Enough of any answer for these tests; the server itself has checked it against its schema. */
interface Loose {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly hash: string
  readonly next: string
  readonly state: string
  readonly total: number
  readonly revision: number
  readonly version: number
  readonly count: number
  readonly status: number
  readonly path: string
  readonly text: string
  readonly enrolment: Loose
  readonly current: Loose
  readonly snippets: Loose & { readonly baseUrl: string }
  readonly items: readonly Loose[]
  readonly keys: readonly Loose[]
  readonly files: readonly Loose[]
  readonly groups: readonly Loose[]
  readonly checklist: readonly Loose[]
}
interface Bundle {
  readonly requirements_toml: { readonly enterprise_managed: readonly Loose[] }
}

const text = (mode: string) => `allowed_sandbox_modes = ["read-only"]\n# ${mode}\n`

describe('delivery', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.close())

  /** The answer in the form that the schema promises. */
  async function ok<T = Loose>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await world.admin(method, path, body)
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json as T
  }
  const fetchWith = (key: string, headers = {}) =>
    world.call('GET', `/c/${key}/codex/config/bundle`, { headers })
  const enrol = (name: string, groupId: string | null = null) =>
    ok('POST', '/api/v1/enrolments', { name, groupId })
  async function policy(name: string) {
    const { id } = await ok('POST', '/api/v1/policies', { name, text: text(name) })
    const draft = await ok('GET', `/api/v1/policies/${id}/draft`)
    await ok('POST', `/api/v1/policies/${id}/publish`, {
      message: 'first',
      draftRevision: draft.revision,
    })
    return id
  }
  async function setDefault(policyId: string | null) {
    const { revision } = await ok('GET', '/api/v1/rules')
    await ok('PUT', '/api/v1/rules/default', { policyId, expectedRevision: revision })
  }
  async function setRules(rules: readonly { groupId: string; policyId: string }[]) {
    const { revision } = await ok('GET', '/api/v1/rules')
    await ok('PUT', '/api/v1/rules', { rules, expectedRevision: revision })
  }
  const group = async (name: string) => (await ok('POST', '/api/v1/groups', { name })).id
  /** Fetches are written once a second; waits for the sums of an enrolment. */
  const fetchesOf = async (id: string, count: number) => {
    await expect
      .poll(async () => {
        const { items } = await ok('GET', `/api/v1/enrolments/${id}/fetches`)
        return items.reduce((sum, f) => sum + f.count, 0)
      })
      .toBe(count)
    return (await ok('GET', `/api/v1/enrolments/${id}/fetches`)).items
  }

  it('hands out a key once, and the key gets the policy of its group at once', async () => {
    await setDefault(await policy('Baseline'))
    const developers = await group('Developers')
    await setRules([{ groupId: developers, policyId: await policy('Developers') }])

    const made = await enrol('Laptops', developers)
    expect(made.key).toMatch(/^gh_enr_/)
    expect(made.snippets.baseUrl).toBe(`https://gatehouse.acme.example/c/${made.key}`)
    const bundle = await fetchWith(made.key)
    expect(bundle.status).toBe(200)
    expect(bundle.json.requirements_toml.enterprise_managed).toMatchObject([
      { name: 'Developers v1', contents: text('Developers') },
    ])
    expect(
      (await fetchWith(made.key, { 'if-none-match': bundle.headers.get('etag') })).status,
    ).toBe(304)

    const later = [
      await world.admin('GET', `/api/v1/enrolments/${made.enrolment.id}`),
      await world.admin('GET', `/api/v1/enrolments/${made.enrolment.id}/snippets`),
      await world.admin('GET', '/api/v1/enrolments'),
    ]
    for (const answer of later) expect(answer.text).not.toContain(made.key.slice(-20))
    expect(world.logged.join('')).not.toContain(made.key.slice(-20))
  })

  it('follows a publish, a change of rules and a change of the binding', async () => {
    const [baseline, strict] = [await policy('Baseline'), await policy('Strict')]
    await setDefault(baseline)
    const ops = await group('Operations')
    const { key, enrolment } = await enrol('Servers')
    const served = async () => {
      const bundle = (await fetchWith(key)).json as Bundle
      return bundle.requirements_toml.enterprise_managed[0]?.name
    }
    expect(await served()).toBe('Baseline v1')
    await setRules([{ groupId: ops, policyId: strict }])
    await ok('PUT', `/api/v1/enrolments/${enrolment.id}/group`, { groupId: ops, version: 1 })
    await expect.poll(served).toBe('Strict v1')
    await setRules([])
    await expect.poll(served).toBe('Baseline v1')
    const draft = await ok('GET', `/api/v1/policies/${baseline}/draft`)
    const saved = await ok('PUT', `/api/v1/policies/${baseline}/draft`, {
      text: text('two'),
      revision: draft.revision,
    })
    await ok('POST', `/api/v1/policies/${baseline}/publish`, {
      message: 'second',
      draftRevision: saved.revision,
    })
    await expect.poll(served).toBe('Baseline v2')
    await setDefault(null)
    await expect.poll(async () => (await fetchWith(key)).text).toBe('{}')
  })

  it('records fetches by version and tells when the last one was', async () => {
    await setDefault(await policy('Baseline'))
    const { key, enrolment } = await enrol('Laptops')
    const { headers } = await fetchWith(key)
    await fetchWith(key, { 'if-none-match': headers.get('etag') })
    await fetchWith(key)
    const items = await fetchesOf(enrolment.id, 3)
    expect(items).toMatchObject(
      [
        { status: 200, served: 'Baseline v1', count: 2 },
        { status: 304, served: 'Baseline v1', count: 1 },
      ].sort(() => (items[0]?.status === 200 ? 0 : -1)),
    )
    // Addresses are written after the fetches, in a transaction of their own.
    await expect
      .poll(() => ok('GET', `/api/v1/enrolments/${enrolment.id}`))
      .toMatchObject({ lastFetchedAt: world.clock.now, fetchesToday: 3, addresses24h: 1 })
    expect(await ok('GET', `/api/v1/enrolments/${enrolment.id}/revocation`)).toMatchObject({
      fetches24h: 3,
      addresses24h: 1,
    })
    const csv = await world.admin('GET', `/api/v1/enrolments/${enrolment.id}/fetches?format=csv`)
    expect(csv.text.split('\r\n')[0]).toBe('day,key,status,served,count,first,last')
    const checklist = (await ok('GET', '/api/v1/overview')).checklist
    expect(checklist.filter((c) => ['enrolment', 'fetched'].includes(c.key))).toMatchObject([
      { done: true },
      { done: true },
    ])
  })

  it('lets two keys answer during a rotation, and none that has ended', async () => {
    const { key, enrolment } = await enrol('Laptops')
    const path = `/api/v1/enrolments/${enrolment.id}/keys`
    const second = await ok('POST', path, {})
    expect((await world.admin('POST', path, {})).json.code).toBe('wrong_state')
    expect([(await fetchWith(key)).status, (await fetchWith(second.key)).status]).toEqual([
      200, 200,
    ])
    const [old, fresh] = second.enrolment.keys as [Loose, Loose]
    await ok('DELETE', `${path}/${old.id}`)
    expect([(await fetchWith(key)).status, (await fetchWith(second.key)).status]).toEqual([
      403, 200,
    ])
    expect((await world.admin('DELETE', `${path}/${fresh.id}`)).json.code).toBe('wrong_state')

    const third = await ok('POST', path, { endOldAfterDays: 3 })
    world.clock.advance(3 * day - 1)
    expect((await fetchWith(second.key)).status).toBe(200)
    world.clock.advance(1)
    expect((await fetchWith(second.key)).status).toBe(403)
    expect((await fetchWith(third.key)).status).toBe(200)
  })

  it('refuses a revoked enrolment in the form of the client, for good, and frees its name', async () => {
    const { key, enrolment } = await enrol('Laptops')
    expect((await world.admin('POST', '/api/v1/enrolments', { name: 'LAPTOPS' })).json.code).toBe(
      'already_exists',
    )
    expect((await ok('POST', `/api/v1/enrolments/${enrolment.id}/revoke`)).state).toBe('revoked')
    const refused = await fetchWith(key)
    expect(refused.status).toBe(403)
    expect(refused.json.error).toMatchObject({ code: 'enrolment_revoked' })
    const again = await world.admin('POST', `/api/v1/enrolments/${enrolment.id}/keys`, {})
    expect(again.json.code).toBe('wrong_state')
    await enrol('Laptops')
  })

  it('refuses everybody with our text while Codex local is off', async () => {
    const { key } = await enrol('Laptops')
    await ok('PUT', '/api/v1/surfaces/codex_local', { on: false, message: 'Back on Monday.' })
    await expect.poll(async () => (await fetchWith(key)).status).toBe(403)
    expect((await fetchWith(key)).json.error).toEqual({
      code: 'surface_off',
      message: 'Back on Monday.',
    })
    await ok('PUT', '/api/v1/surfaces/codex_local', { on: true })
    await expect.poll(async () => (await fetchWith(key)).status).toBe(200)
  })

  it('tells the second of two admins, and keeps what the first one did', async () => {
    const { enrolment } = await enrol('Laptops')
    const path = `/api/v1/enrolments/${enrolment.id}`
    const answers = await Promise.all(
      ['Left', 'Right'].map((name) => world.admin('PATCH', path, { name, version: 1 })),
    )
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409])
    const loser = answers.find((a) => a.status === 409)?.json as Loose & { code: string }
    expect(loser.code).toBe('edited_meanwhile')
    expect(loser.current.version).toBe(2)
    expect((await ok('GET', path)).name).toBe(loser.current.name)
  })

  it('lets one of two rotations at once through', async () => {
    const { enrolment } = await enrol('Laptops')
    const path = `/api/v1/enrolments/${enrolment.id}`
    const answers = await Promise.all([1, 2, 3].map(() => world.admin('POST', `${path}/keys`, {})))
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409, 409])
    const { keys } = await ok('GET', path)
    expect(keys).toHaveLength(2)
  })

  it('previews a binding as a change set and refuses when the effect is another one by then', async () => {
    const [baseline, strict] = [await policy('Baseline'), await policy('Strict')]
    await setDefault(baseline)
    const ops = await group('Operations')
    await setRules([{ groupId: ops, policyId: strict }])
    const { enrolment } = await enrol('Servers')
    const act = { kind: 'enrolment', enrolmentId: enrolment.id, groupId: ops }
    const preview = await ok('POST', '/api/v1/change-sets/preview', { act })
    expect(preview).toMatchObject({ touches: 1, enrolments: 1, members: 0 })
    await setRules([])
    const bind = { groupId: ops, version: 1, changeSet: preview.hash }
    const refused = await world.admin('PUT', `/api/v1/enrolments/${enrolment.id}/group`, bind)
    expect(refused.json.code).toBe('preview_outdated')
    await setRules([{ groupId: ops, policyId: strict }])
    await ok('PUT', `/api/v1/enrolments/${enrolment.id}/group`, bind)
    const [record] = (await ok('GET', `/api/v1/activity?target=${enrolment.id}`)).items
    expect(record).toMatchObject({ action: 'enrolment.bind', touches: 1 })
  })

  it('answers bad input with its stable code', async () => {
    const cases = [
      ['POST', '/api/v1/enrolments', { name: '' }, 400, 'invalid_input'],
      ['POST', '/api/v1/enrolments', { name: 'a\u0000' }, 400, 'invalid_input'],
      ['POST', '/api/v1/enrolments', { name: 'x', groupId: 'grp_nope' }, 404, 'not_found'],
      ['GET', '/api/v1/enrolments/enr_nope', undefined, 404, 'not_found'],
      ['GET', '/api/v1/enrolments?cursor=zzz', undefined, 400, 'invalid_input'],
      ['POST', '/api/v1/enrolments/enr_nope/revoke', undefined, 404, 'not_found'],
    ] as const
    for (const [method, path, body, status, code] of cases) {
      const answer = await world.admin(method, path, body)
      expect([path, answer.status, answer.json.code]).toEqual([path, status, code])
    }
    const stranger = await fetchWith('gh_enr_nobody')
    expect([stranger.status, stranger.json.error.code]).toEqual([404, 'not_found'])
  })

  it('pages, searches and filters the list', async () => {
    for (const name of ['alpha', 'Beta', 'gamma_1', 'gamma%2', 'Ä']) await enrol(name)
    const names = async (query: string) =>
      (await ok('GET', `/api/v1/enrolments?${query}`)).items.map((e) => e.name)
    const first = await ok('GET', '/api/v1/enrolments?limit=2')
    expect(first.total).toBe(5)
    expect(await names(`limit=9&cursor=${first.next}`)).toHaveLength(3)
    expect(await names('q=GAMMA_')).toEqual(['gamma_1'])
    expect(await names('q=%25')).toEqual(['gamma%2'])
    expect(await names('q=%C3%A4')).toEqual(['Ä'])
    expect(await names('state=revoked')).toEqual([])
    expect((await ok('GET', '/api/v1/find?q=beta')).items).toMatchObject([{ label: 'Beta' }])
  })

  it('gives everything out to be served without Gatehouse', async () => {
    const baseline = await policy('Baseline')
    await setDefault(baseline)
    const ops = await group('Operations')
    await setRules([{ groupId: ops, policyId: baseline }])
    const { key } = await enrol('Laptops')
    const revoked = await enrol('Old')
    await ok('POST', `/api/v1/enrolments/${revoked.enrolment.id}/revoke`)
    const out = await ok('GET', '/api/v1/break-glass')
    const paths = out.files.map((f) => f.path)
    const publicPart = key.split('_', 3).join('_')
    expect(paths).toContain(`c/${publicPart}/codex/config/bundle`)
    expect(paths.filter((p) => p.startsWith('c/'))).toHaveLength(1)
    const file = out.files.find((f) => f.path.startsWith('c/'))
    // Fetches are answered from memory, which hears of a change on PostgreSQL a moment later.
    await expect.poll(async () => (await fetchWith(key)).text).toBe(file?.text)
    expect(out.groups).toMatchObject([
      { group: 'Operations', requirements: text('Baseline') },
      { groupId: null, requirements: text('Baseline') },
    ])
    expect(JSON.stringify(out)).not.toContain(key.slice(-20))
  })
})

describe('delivery without a database', () => {
  it('goes on from memory, says so, and records the fetches when the database is back', async () => {
    const world = await startWorld()
    try {
      const made = (await world.admin('POST', '/api/v1/enrolments', { name: 'Laptops' }))
        .json as Loose
      const fetch = () => world.call('GET', `/c/${made.key}/codex/config/bundle`)
      const mend = breakDatabase(world)
      await expect.poll(async () => (await fetch()).headers.get('x-gatehouse-stale')).toBe('0')
      world.clock.advance(71 * hour)
      const answer = await fetch()
      expect([answer.status, answer.headers.get('x-gatehouse-stale')]).toEqual([
        200,
        String((71 * hour) / 1000),
      ])
      world.clock.advance(2 * hour)
      expect((await fetch()).status).toBe(503)
      mend()
      await expect.poll(async () => (await fetch()).status).toBe(200)
      expect((await fetch()).headers.get('x-gatehouse-stale')).toBeNull()
      await expect
        .poll(async () => {
          const path = `/api/v1/enrolments/${made.enrolment.id}/fetches`
          const { items } = (await world.admin('GET', path)).json as Loose
          return items.map((f) => f.status)
        })
        .toContain(503)
    } finally {
      await world.close()
    }
  })

  it('starts from the file, answers byte for byte the same, and refuses what was refused', async () => {
    const first = await startWorld()
    const { data } = first
    const good = (await first.admin('POST', '/api/v1/enrolments', { name: 'Laptops' }))
      .json as Loose
    const bad = (await first.admin('POST', '/api/v1/enrolments', { name: 'Old' })).json as Loose
    await first.admin('POST', `/api/v1/enrolments/${bad.enrolment.id}/revoke`)
    const path = (key: string) => `/c/${key}/codex/config/bundle`
    const before = await first.call('GET', path(good.key))
    await first.app.stop()
    try {
      const second = createApp({
        config: readConfig({ GATEHOUSE_DATA: data }),
        clock: () => first.clock.now + 5000,
        log: createLog('silent'),
      })
      await second.startWithoutDatabase()
      expect(second.state()).toBe('outage')
      const ask = async (key: string) =>
        second.fetch(new Request(`http://gatehouse.test${path(key)}`))
      const after = await ask(good.key)
      expect([after.status, await after.text()]).toEqual([200, before.text])
      expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
      expect(after.headers.get('x-gatehouse-stale')).toBe('5')
      expect((await ask(bad.key)).status).toBe(403)
      expect((await ask('gh_enr_x')).status).toBe(404)
      await second.stop()
    } finally {
      rmSync(data, { recursive: true, force: true })
    }
  })
})

/** Cuts the connection: every read and transaction is refused as the engines refuse it. Returns the way to mend it. */
function breakDatabase(world: World): () => void {
  const db = world.app.runtime.db as { -readonly [K in 'read' | 'tx']: unknown }
  const whole = { read: db.read, tx: db.tx }
  db.read = db.tx = () => Promise.reject(new Error('connection refused'))
  return () => Object.assign(db, whole)
}
