import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { addEvents, addUses, type UseSum } from '#features/clients/index.ts'
import { client, clientPage, type Client } from '#features/clients/schema.ts'
import { pageOfClients } from '#features/clients/fleet/store.ts'
import { q } from '#features/clients/tables.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { insertRows } from '#kernel/rows.ts'
import { all, raw, type Work } from '#kernel/work.ts'
import {
  askForCode,
  behindProxy,
  decide,
  deviceSignIn,
  exchange,
  newMember,
  password,
  poll,
  theOwner,
  type Person,
} from '../clients.ts'
import { refreshByJson, workspaceApp } from '../oauth.ts'
import { cookieOf, openInbox, signIn, tokenOf } from '../signin.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let owner: Person
let ada: Person
beforeAll(async () => {
  world = await startWorld({ env: behindProxy })
  owner = await theOwner(world)
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(() => world.close())
/** People prove their passwords only at their sign-in. */
beforeEach(async () => {
  owner = await theOwner(world)
})

const codeOf = ({ json }: Answer) => json.code as string | undefined
const own = (who: Person, path = '', method = 'GET') =>
  world.call(method, `/api/v1/me/clients${path}`, { cookie: who.cookie })
const list = async (query = '') => {
  const answer = await world.admin('GET', `/api/v1/clients${query}`)
  expect(answer.status, answer.text).toBe(200)
  return clientPage.parse(answer.json)
}
const newest = async (who: Person): Promise<Client> => {
  const { items } = await list(`?member=${who.id}&limit=1`)
  return items[0] as Client
}
const refresh = ({ json }: Answer) =>
  refreshByJson(world, workspaceApp, json.refresh_token as string)
const fetchPolicy = async (tokens: Answer) => {
  const key = tokens.json.access_token as string
  return (await world.call('GET', '/backend-api/wham/config/bundle', { key })).status
}
const use = (clientId: string, more: Partial<UseSum> = {}): UseSum => ({
  clientId,
  firstAt: world.clock.now,
  lastAt: world.clock.now,
  count: 1,
  lastStatus: 200,
  served: null,
  ip: '192.0.2.1',
  userAgent: 'codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64) xterm',
  ...more,
})
const tx = <T>(work: () => Work<T>) => world.app.runtime.db.tx(work)

describe('the own clients', () => {
  it('are those of the member, with what is known about their use', async () => {
    await deviceSignIn(world, ada)
    await deviceSignIn(world, owner)
    const { json } = await own(ada)
    expect(clientPage.parse(json)).toMatchObject({ total: 1, next: null })
    const mine = client.parse(json.items[0])
    expect(mine).toMatchObject({
      member: { id: ada.id, name: 'ada', email: ada.email },
      state: 'active',
      program: 'Codex',
      fetches: 0,
      firstUsedAt: null,
      served: null,
      willKnowBy: world.clock.now + hour,
      endsAt: world.clock.now + 90 * day,
    })
    const served = {
      policyId: 'pol_1',
      versionId: 'ver_1',
      name: 'Baseline v3',
      at: world.clock.now,
    }
    await tx(() => addUses([use(mine.id, { served })]))
    expect((await own(ada)).json.items[0]).toMatchObject({
      program: 'Codex CLI 0.169.0 on Debian 12.0.0',
      lastUsedAt: world.clock.now,
      lastUsedFrom: '192.0.2.1',
      fetches: 1,
      served,
    })
  })

  it('are ended by her at once, and those of others are not there', async () => {
    const tokens = await deviceSignIn(world, ada)
    const mine = await newest(ada)
    expect((await own(owner, `/${mine.id}`, 'DELETE')).status).toBe(404)
    expect((await own(ada, `/${mine.id}`, 'DELETE')).status).toBe(204)
    expect(codeOf(await own(ada, `/${mine.id}`, 'DELETE'))).toBe('wrong_state')
    expect((await refresh(tokens)).status).toBe(401)
    expect(await newest(ada)).toMatchObject({
      state: 'ended',
      endedAt: world.clock.now,
      endedBy: ada.email,
      endReason: 'signed_out',
      endsAt: null,
    })
    const { json } = await world.admin('GET', '/api/v1/activity?action=client.sign-out')
    expect(json.items[0]).toMatchObject({
      actor: { id: ada.id },
      target: { kind: 'client', id: mine.id, label: `Codex of ${ada.email}` },
    })
  })

  it('are for a session: a service key has none', async () => {
    expect((await world.admin('GET', '/api/v1/me/clients')).status).toBe(401)
  })
})

describe('all clients', () => {
  it('are seen with the permission, one by one and as a list', async () => {
    await deviceSignIn(world, ada)
    const mine = await newest(ada)
    expect((await world.admin('GET', `/api/v1/clients/${mine.id}`)).json).toEqual(mine)
    expect((await world.admin('GET', '/api/v1/clients/nothing')).status).toBe(404)
    expect((await world.call('GET', '/api/v1/clients', { cookie: ada.cookie })).status).toBe(403)
  })

  it('are found by member, program and address, and filtered', async () => {
    const zoe = await newMember(world, 'zoe@acme.example')
    const before = world.clock.now
    await deviceSignIn(world, zoe)
    const first = await newest(zoe)
    await tx(() =>
      addUses([use(first.id, { userAgent: 'Some_Agent/9 (Plan 9)', ip: '203.0.113.77' })]),
    )
    world.clock.advance(minute)
    await deviceSignIn(world, zoe)
    const second = await newest(zoe)
    const ids = async (query: string) => (await list(query)).items.map(({ id }) => id)
    expect(await ids('?q=ZOE@acme')).toEqual([second.id, first.id])
    expect(await ids('?q=some_agent')).toEqual([first.id])
    expect(await ids('?q=someXagent')).toEqual([])
    expect(await ids('?q=203.0.113.77')).toEqual([first.id])
    expect(await ids(`?member=${zoe.id}`)).toEqual([second.id, first.id])
    expect(await ids(`?member=${zoe.id}&route=config_server`)).toEqual([])
    expect(await ids(`?member=${zoe.id}&signedInBefore=${before + 1}`)).toEqual([first.id])
    expect(await ids(`?member=${zoe.id}&unusedSince=${before}`)).toEqual([])
    expect(await ids(`?member=${zoe.id}&unusedSince=${before + 1}`)).toEqual([first.id])
    expect((await list(`?member=${zoe.id}&state=active`)).total).toBe(2)
    expect((await list(`?member=${zoe.id}&state=ended`)).total).toBe(0)

    const suspended = await setStatus(zoe, 'suspend')
    expect(suspended.status).toBe(200)
    expect((await list(`?member=${zoe.id}&state=active`)).total).toBe(0)
    const asleep = await list(`?member=${zoe.id}&state=suspended`)
    expect(asleep.items.map(({ state }) => state)).toEqual(['suspended', 'suspended'])
    await setStatus(zoe, 'activate')
    expect((await list(`?member=${zoe.id}&state=active`)).total).toBe(2)
  })

  it('page to the end and over a change, and download whole', async () => {
    const many = await newMember(world, 'many@acme.example')
    for (let i = 0; i < 7; i++) await deviceSignIn(world, many)
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list(`?member=${many.id}&limit=3${cursor}`)
      expect(page.total).toBe(cursor === '' ? 7 : 8)
      seen.push(...page.items.map(({ id }) => id))
      if (cursor === '') await deviceSignIn(world, many)
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(seen).toHaveLength(7)
    expect(new Set(seen).size).toBe(7)

    const csv = await world.admin('GET', `/api/v1/clients?member=${many.id}&format=csv&limit=1`)
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/)
    expect(csv.text.trim().split('\r\n')).toHaveLength(9)
    expect(csv.text).toContain('many@acme.example,workspace,device,active,Codex')
    const json = await world.admin('GET', `/api/v1/clients?member=${many.id}&format=json`)
    expect(json.json).toHaveLength(8)
  })

  it('are ended one by one by an admin, who is named', async () => {
    const tokens = await deviceSignIn(world, ada)
    const { id } = await newest(ada)
    const end = () => world.call('DELETE', `/api/v1/clients/${id}`, { cookie: owner.cookie })
    expect((await end()).status).toBe(204)
    expect(codeOf(await end())).toBe('wrong_state')
    expect(await newest(ada)).toMatchObject({ endReason: 'revoked', endedBy: owner.email })
    expect((await refresh(tokens)).status).toBe(401)
    const { json } = await world.admin('GET', `/api/v1/activity?target=${id}`)
    expect(json.items[0]).toMatchObject({ action: 'client.revoke', actor: { id: owner.id } })
  })

  it('are found in the palette and counted in the overview', async () => {
    const { json } = await world.admin('GET', '/api/v1/find?q=ada@acme')
    const hits = (json.items as { kind: string; link: string }[]).filter((h) => h.kind === 'client')
    for (const hit of hits) expect(hit.link).toMatch(/^\/clients\/cli_/)
    await deviceSignIn(world, ada)
    const after = await world.admin('GET', '/api/v1/find?q=ada@acme')
    expect((after.json.items as { kind: string }[]).some((h) => h.kind === 'client')).toBe(true)
    const overview = await world.admin('GET', '/api/v1/overview')
    const figures = overview.json.figures as { key: string; value: number }[]
    const live = (await list('?state=active')).total + (await list('?state=suspended')).total
    expect(figures.find(({ key }) => key === 'clients')?.value).toBe(live)
  })
})

async function setStatus(who: Person, act: string): Promise<Answer> {
  const { json } = await world.admin('GET', `/api/v1/members/${who.id}`)
  return world.admin('POST', `/api/v1/members/${who.id}/${act}`, {
    version: json.version as number,
  })
}

describe('ending many', () => {
  const endMany = (body: object) => world.admin('POST', '/api/v1/clients/end', body)

  it('ends what was looked at, or nothing', async () => {
    const kim = await newMember(world, 'kim@acme.example')
    const tokens = [await deviceSignIn(world, kim), await deviceSignIn(world, kim)]
    const outdated = await endMany({ member: kim.id, expected: 1 })
    expect([outdated.status, codeOf(outdated), outdated.json.matching]).toEqual([
      409,
      'preview_outdated',
      2,
    ])
    for (const one of tokens) expect((await refresh(one)).status).toBe(200)
    const ended = await endMany({ member: kim.id, expected: 2 })
    expect(ended.json).toEqual({ ended: 2 })
    for (const one of tokens) expect((await refresh(one)).status).toBe(401)
    const { json } = await world.admin('GET', '/api/v1/activity?action=client.revoke-many')
    expect(json.items[0]).toMatchObject({
      touches: 2,
      target: { kind: 'member', id: kim.id, label: kim.email },
      after: { ended: 2 },
    })
    expect((await endMany({ member: kim.id, expected: 0 })).json).toEqual({ ended: 0 })
  })

  it('takes those of suspended members along, and only those older than asked for', async () => {
    const lee = await newMember(world, 'lee@acme.example')
    await deviceSignIn(world, lee)
    world.clock.advance(day)
    const since = world.clock.now
    await deviceSignIn(world, await again(lee))
    await setStatus(lee, 'suspend')
    const filter = { member: lee.id, signedInBefore: since }
    expect((await endMany({ ...filter, expected: 1 })).json).toEqual({ ended: 1 })
    const states = (await list(`?member=${lee.id}`)).items.map(({ state }) => state)
    expect(states).toEqual(['suspended', 'ended'])
  })

  it('does it once of two at the same time', async () => {
    const pat = await newMember(world, 'pat@acme.example')
    for (let i = 0; i < 3; i++) await deviceSignIn(world, pat)
    const answers = await Promise.all([1, 2].map(() => endMany({ member: pat.id, expected: 3 })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })
})

/** A new sign-in of somebody whose password proof is old. */
async function again(who: Person): Promise<Person> {
  return { ...who, cookie: cookieOf(await signIn(world, who.email, password)) }
}

describe('a member who leaves', () => {
  it('archived: her clients end; brought back, she signs in anew', async () => {
    const max = await newMember(world, 'max@acme.example')
    const tokens = await deviceSignIn(world, max)
    const before = await world.admin('GET', `/api/v1/members/${max.id}/offboarding`)
    const held = (before.json.archive as { kind: string }[]).find((h) => h.kind === 'client')
    expect(held).toMatchObject({ count: 1, items: [{ label: 'Codex' }] })
    expect(await fetchPolicy(tokens)).toBe(200)
    expect((await setStatus(max, 'archive')).status).toBe(200)
    await expect.poll(() => fetchPolicy(tokens)).toBe(401)
    expect((await list(`?member=${max.id}`)).items[0]).toMatchObject({
      state: 'ended',
      endReason: 'member_removed',
    })
    await setStatus(max, 'activate')
    expect((await refresh(tokens)).status).toBe(401)
  })

  it('suspended: her clients are refused, and work again with her', async () => {
    const sam = await newMember(world, 'sam@acme.example')
    const tokens = await deviceSignIn(world, sam)
    await setStatus(sam, 'suspend')
    await expect.poll(() => fetchPolicy(tokens)).toBe(403)
    expect((await refresh(tokens)).status).toBeGreaterThanOrEqual(400)
    await setStatus(sam, 'activate')
    expect((await refresh(tokens)).status).toBe(200)
  })

  it('deleted: nothing is kept', async () => {
    const ivy = await newMember(world, 'ivy@acme.example')
    const tokens = await deviceSignIn(world, ivy)
    const { id } = await newest(ivy)
    await tx(() => addUses([use(id)]))
    await tx(() => addEvents([{ clientId: id, day: 0, eventType: 'turn', count: 2 }]))
    const { json } = await world.admin('GET', `/api/v1/members/${ivy.id}`)
    const gone = await world.admin(
      'DELETE',
      `/api/v1/members/${ivy.id}?version=${json.version as number}`,
    )
    expect(gone.status, gone.text).toBe(204)
    expect((await world.admin('GET', `/api/v1/clients/${id}`)).status).toBe(404)
    await expect.poll(() => fetchPolicy(tokens)).toBe(401)
    expect((await refresh(tokens)).status).toBeGreaterThanOrEqual(400)
    // What another process still had in memory about her is left out.
    await tx(() => addUses([use(id)]))
    await tx(() => addEvents([{ clientId: id, day: 0, eventType: 'turn', count: 2 }]))
    const left = await world.app.runtime.db.read(function* () {
      return [
        ...(yield* all(q.selectFrom('client_uses').selectAll().where('client_id', '=', id))),
        ...(yield* all(q.selectFrom('client_events').selectAll().where('client_id', '=', id))),
        ...(yield* all(q.selectFrom('client_devices').selectAll().where('member_id', '=', ivy.id))),
        ...(yield* all(q.selectFrom('client_codes').selectAll().where('member_id', '=', ivy.id))),
      ]
    })
    expect(left).toEqual([])
  })
})

describe('uses', () => {
  it('add up in any order, from several processes at once', async () => {
    const una = await newMember(world, 'una@acme.example')
    await deviceSignIn(world, una)
    const { id } = await newest(una)
    const at = world.clock.now
    const served = (versionId: string, when: number) => ({
      policyId: 'pol_1',
      versionId,
      name: `Baseline ${versionId}`,
      at: when,
    })
    const sums: UseSum[] = [
      use(id, { firstAt: at + 5, lastAt: at + 9, count: 3, served: served('v2', at + 8), ip: 'c' }),
      use(id, { firstAt: at, lastAt: at + 2, count: 2, served: served('v1', at + 1), ip: 'a' }),
      use(id, { firstAt: at + 10, lastAt: at + 12, count: 1, lastStatus: 403, ip: 'd' }),
      use(id, { firstAt: at + 3, lastAt: at + 4, count: 4, lastStatus: 304, ip: 'b' }),
    ]
    const orders = [sums, sums.toReversed(), [...sums.slice(2), ...sums.slice(0, 2)]]
    for (const [i, order] of orders.entries()) {
      // Some in one statement's worth, some each in a transaction of its own, at the same time.
      if (i === 0) await tx(() => addUses(order))
      else await Promise.all(order.map((sum) => tx(() => addUses([sum]))))
      expect(await newest(una)).toMatchObject({
        firstUsedAt: at,
        lastUsedAt: at + 12,
        lastUsedFrom: 'd',
        fetches: 10 * (i + 1),
        served: { versionId: 'v2', at: at + 8 },
      })
    }
    const clients = world.app.features.find(({ name }) => name === 'clients') as unknown as {
      lastServed: (memberId: string) => Work<unknown>
    }
    expect(await world.app.runtime.db.read(() => clients.lastServed(una.id))).toEqual({
      at: at + 8,
      served: 'Baseline v2',
    })
    expect(await world.app.runtime.db.read(() => clients.lastServed('nobody'))).toBeNull()
  })

  it('count events by day and type', async () => {
    const eva = await newMember(world, 'eva@acme.example')
    await deviceSignIn(world, eva)
    const { id: clientId } = await newest(eva)
    const sum = { clientId, day: 0, eventType: 'turn', count: 2 }
    await tx(() => addEvents([sum, { ...sum, eventType: 'tool' }, sum, { ...sum, day }]))
    await tx(() => addEvents([sum]))
    const rows = await world.app.runtime.db.read(() =>
      all(
        q
          .selectFrom('client_events')
          .select(['day', 'event_type', 'count'])
          .where('client_id', '=', clientId)
          .orderBy('day')
          .orderBy('event_type'),
      ),
    )
    expect(rows).toEqual([
      { day: 0, event_type: 'tool', count: 2 },
      { day: 0, event_type: 'turn', count: 6 },
      { day, event_type: 'turn', count: 2 },
    ])
  })
})

describe('a new password', () => {
  const next = 'nine brown storks glide'
  const recorded = async (action: string, who: Person) => {
    const { json } = await world.admin('GET', `/api/v1/activity?action=${action}`)
    const items = json.items as { target: { id: string }; after: object }[]
    return items.find(({ target }) => target.id === who.id)?.after
  }
  const waitingCode = async (who: Person) => {
    const asked = await askForCode(world)
    expect((await decide(world, who.cookie, asked.userCode)).status).toBe(204)
    return asked
  }

  it('ends no clients unless that is wanted; then all of them, and what waits to become one', async () => {
    const ann = await newMember(world, 'ann@acme.example')
    const change = (current: string, to: string, more: object) =>
      world.call('PUT', '/api/v1/password', {
        cookie: ann.cookie,
        body: { current, next: to, ...more },
      })
    const tokens = [await deviceSignIn(world, ann), await deviceSignIn(world, ann)]
    const others = await deviceSignIn(world, owner)
    const waiting = await waitingCode(ann)
    expect((await change(password, next, {})).json).toEqual({ ended: 1, endedClients: 0 })
    expect(await recorded('password.change', ann)).toEqual({ endedSessions: 1 })
    for (const one of tokens) expect(await fetchPolicy(one)).toBe(200)

    const made = await change(next, password, { endClients: true })
    expect(made.json).toEqual({ ended: 0, endedClients: 2 })
    expect(await recorded('password.change', ann)).toEqual({ endedSessions: 0, endedClients: 2 })
    for (const one of tokens) {
      await expect.poll(() => fetchPolicy(one)).toBe(401)
      expect((await refresh(one)).status).toBe(401)
    }
    expect(await newest(ann)).toMatchObject({
      state: 'ended',
      endReason: 'password_changed',
      endedBy: ann.email,
    })
    const late = await exchange(world, await poll(world, waiting))
    expect([late.status, late.json.error]).toEqual([403, 'access_denied'])
    expect(await fetchPolicy(others)).toBe(200)
    expect((await deviceSignIn(world, ann)).status).toBe(200)
  })

  it('that is refused ends nothing', async () => {
    const amy = await newMember(world, 'amy@acme.example')
    const tokens = await deviceSignIn(world, amy)
    for (const body of [
      { current: 'not hers', next, endClients: true },
      { current: password, next: 'short', endClients: true },
      { current: password, next, endClients: 'yes' },
    ])
      expect(
        (await world.call('PUT', '/api/v1/password', { cookie: amy.cookie, body })).status,
      ).toBeGreaterThanOrEqual(400)
    expect((await refresh(tokens)).status).toBe(200)
  })

  it('set with a link ends them, unless that is not wanted', async () => {
    const ute = await newMember(world, 'ute@acme.example')
    const reset = async (more: object) => {
      const made = await world.call('POST', '/api/v1/password-reset/links', {
        cookie: owner.cookie,
        body: { memberId: ute.id },
      })
      expect(made.status, made.text).toBe(201)
      return world.call('POST', '/api/v1/password-reset/complete', {
        body: { token: tokenOf(made.json.url as string), password: next, ...more },
      })
    }
    const tokens = await deviceSignIn(world, ute)
    expect((await reset({ endClients: false })).status).toBe(200)
    expect(await recorded('password.reset', ute)).not.toHaveProperty('endedClients')
    expect(await fetchPolicy(tokens)).toBe(200)
    expect((await reset({})).status).toBe(200)
    expect(await recorded('password.reset', ute)).toMatchObject({ endedClients: 1 })
    await expect.poll(() => fetchPolicy(tokens)).toBe(401)
    expect(await newest(ute)).toMatchObject({ endReason: 'password_changed' })
  })
})

describe('theft', () => {
  it('is told to the member by mail', async () => {
    const inbox = await openInbox()
    const mailing = await startWorld({ env: { ...inbox.env, ...behindProxy } })
    try {
      const who = await theOwner(mailing)
      await deviceSignIn(mailing, who)
      await inbox.next()
      const { json } = await mailing.admin('GET', '/api/v1/clients')
      const job = mailing.app.features
        .find(({ name }) => name === 'clients')
        ?.jobs?.find(({ name }) => name === 'clients.mail-theft')
      await job?.handle({ clientId: json.items[0].id as string })
      const { to, text } = await inbox.next()
      expect(to).toBe(who.email)
      expect(text).toContain('sent again')
      expect(text).toContain('/account/devices')
      await expect(job?.handle({ clientId: 'gone' })).resolves.toBeUndefined()
    } finally {
      await mailing.close()
      await inbox.close()
    }
  })
})

describe('many clients', () => {
  const count = 3000
  const start = 1_700_000_000_000
  beforeAll(async () => {
    const { db } = world.app.runtime
    const id = (i: number) => `cli_${i.toString(16).padStart(32, '0')}`
    const rows = Array.from({ length: count }, (_, i) => ({
      id: id(i),
      member_id: i % 2 === 0 ? ada.id : owner.id,
      route: 'config_server',
      flow: 'code',
      oauth_client: 'gatehouse-codex',
      scope: 'openid',
      resource: null,
      created_at: start + i,
      created_ip: '192.0.2.1',
      created_agent: 'codex-cli',
      ended_at: i % 10 === 0 ? start + i : null,
      ended_by: '',
      end_reason: i % 10 === 0 ? 'expired' : null,
    }))
    await db.tx(() => insertRows('clients', rows))
    await db.tx(() => raw(sql`analyze`))
  })

  /** How the engine would go about the query, in its own words. */
  async function planOf(page: ReturnType<typeof pageOfClients>): Promise<string> {
    const { db } = world.app.runtime
    const { sql: text, parameters } = page.compile()
    const values = [...parameters]
    const whole = text.replaceAll('?', () => {
      const value = values.shift()
      return typeof value === 'number' ? String(value) : `'${String(value)}'`
    })
    const explain = db.engine === 'sqlite' ? 'explain query plan' : 'explain'
    return JSON.stringify(await db.read(() => raw(sql.raw(`${explain} ${whole}`))))
  }

  it.each([
    ['all', {}],
    ['the active ones', { state: 'active' }],
    ['those before a time', { signedInBefore: start + 2000 }],
  ] as const)('page from an index, without sorting: %s', async (_, filter) => {
    for (const after of [undefined, [start + 1000, 'cli_x']]) {
      const plan = await planOf(pageOfClients(filter, after, 50))
      expect(plan).toMatch(/clients_by_(time|end)/)
      expect(plan).not.toMatch(/TEMP B-TREE|Sort/)
    }
  })

  it('are all ended in one act', async () => {
    const filter = { signedInBefore: start + count }
    const expected = count - count / 10
    const answer = await world.admin('POST', '/api/v1/clients/end', { ...filter, expected })
    expect(answer.json).toEqual({ ended: expected })
    const before = `?signedInBefore=${filter.signedInBefore}`
    expect((await list(`${before}&state=active`)).total).toBe(0)
    const { items } = await list(`${before}&limit=500`)
    expect(new Set(items.map(({ endReason }) => endReason))).toEqual(
      new Set(['expired', 'revoked']),
    )
  })
})
