import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  alert,
  alertPage,
  firingPage,
  measureKeys,
  measures,
  trial,
  type Alert,
  type Rule,
} from '#features/alerts/schema.ts'
import { answerTo, questions, type Answer } from '#features/analytics/index.ts'
import { draft } from '#features/telemetry/facts/fact.ts'
import { storeFacts } from '#features/telemetry/store.facts.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { enqueue } from '#kernel/work.ts'
import { newMember } from '../clients.ts'
import { openMailbox, openReceiver, type Mailbox, type Receiver } from '../told.ts'
import { keyWith } from '../company.ts'
import { startWorld, type World } from '../world.ts'

let world: World
let mailbox: Mailbox
let receiver: Receiver
let big: string
let small: string
let ada: string
let viewer: string
let webhookId: string

const json = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const answer = await world.admin(method, path, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}
/** Six people of the big group and two of the small one, each with as many tokens. */
async function report(at: number, tokens: number, only?: string): Promise<void> {
  const groupOf = (n: number) => (n < 6 ? big : small)
  const facts = Array.from({ length: 8 }, (_, n) => n)
    .filter((n) => only === undefined || groupOf(n) === only)
    .map((n) =>
      Object.assign(
        draft(
          at,
          at,
          {
            personKind: 'member',
            principalId: n === 0 ? ada : `mem_${n}`,
            clientKind: 'client',
            clientId: `cli_${n}`,
            host: `host-${n}`,
            originator: 'codex_exec',
            version: '0.169.0',
            surface: 'cli',
            groups: groupOf(n),
            policyVersion: '',
          },
          'tokens',
          'codex.sse_event',
        ),
        { model: 'gpt-5', conversation: `c-${n}-${at}`, tokensInput: tokens, tokensOutput: 0 },
      ),
    )
  const { db } = world.app.runtime
  await db.tx(() => storeFacts(db, facts))
}
const budget: Rule = {
  measure: 'tokens',
  of: 'workspace',
  value: '',
  unit: 'week',
  condition: 'reaches',
  amount: 1000,
  exact: true,
}
const make = async (name: string, rule: Partial<Rule>): Promise<Alert> =>
  alert.parse(
    await json('POST', '/api/v1/alerts', {
      name,
      rule: { ...budget, ...rule },
      webhookId,
      mailTo: ['finance@acme.example'],
    }),
  )
const get = async (id: string): Promise<Alert> =>
  alert.parse(await json('GET', `/api/v1/alerts/${id}`))
const firings = async (id: string) =>
  firingPage.parse(await json('GET', `/api/v1/alerts/${id}/firings`)).items
const waits = { timeout: 60_000, interval: 50 }
/** Once it has been judged at this time of the clock. */
async function judged(id: string): Promise<Alert> {
  await world.app.runtime.db.tx(() => enqueue({ name: 'alerts.evaluate', payload: null }))
  await expect.poll(async () => (await get(id)).judgedAt, waits).toBe(world.clock.now)
  return get(id)
}
interface Message {
  readonly type: string
  readonly alert: { readonly name: string; readonly says: string }
  readonly firings: readonly { readonly period: string; readonly value: number }[]
}
const told = (name: string): readonly Message[] =>
  receiver.calls
    .map(({ body }) => JSON.parse(body) as Message)
    .filter((message) => message.alert.name === name)

beforeAll(async () => {
  mailbox = await openMailbox()
  receiver = await openReceiver()
  world = await startWorld({
    env: {
      GATEHOUSE_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
      GATEHOUSE_MAIL_FROM: 'gatehouse@acme.example',
      GATEHOUSE_OUTBOUND_EXCEPTIONS: receiver.host,
    },
  })
  ada = (await newMember(world, 'ada@acme.example')).id
  const group = async (name: string) =>
    ((await json('POST', '/api/v1/groups', { name })) as { id: string }).id
  big = await group('Platform')
  small = await group('Research')
  viewer = await keyWith(world, 'analytics.view', 'alerts.manage')
  const hook = (await json('POST', '/api/v1/webhooks', {
    name: 'Finance',
    kind: 'signed',
    url: receiver.url,
  })) as { endpoint: { id: string } }
  webhookId = hook.endpoint.id
  // 2026-01-07, a Wednesday, 09:00 UTC.
  world.clock.advance(2 * day)
  await report(world.clock.now - hour, 100)
}, 60_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
  await receiver.close()
})

it('has a measure for every question, and only columns that answers have', async () => {
  const covered = new Set(measureKeys.map((key) => measures[key].question))
  expect([...covered, 'people'].sort()).toEqual(questions.map(({ key }) => key).sort())
  for (const key of measureKeys) {
    const { question, columns, of, ofMember } = measures[key]
    const split = questions.find((q) => q.key === question)?.dimensions ?? []
    const by = of[0] === 'version' || of[0] === 'policy' ? of[0] : 'none'
    expect(split).toContain(by)
    const answered = async (name: string) =>
      (
        await world.app.runtime.db.read(() =>
          answerTo({ key: name, query: { unit: 'day', by }, persons: true }, world.clock.now),
        )
      ).columns.map((column) => column.key)
    expect(await answered(question)).toEqual(expect.arrayContaining([...columns]))
    if (ofMember !== undefined) expect(await answered('people')).toContain(ofMember)
  }
})

describe('a budget', () => {
  let id: string

  it('is judged as soon as it is made, and not told before it is reached', async () => {
    const made = await make('Week', {})
    id = made.id
    expect(made).toMatchObject({
      state: 'waiting',
      budget: true,
      says: 'Tokens in a week: 1,000 or more',
    })
    const shown = await judged(id)
    expect(shown).toMatchObject({
      state: 'ok',
      last: { period: '2026-01-05', value: 800, partial: false },
    })
    expect(told('Week')).toEqual([])
  })

  it('fires once when it is reached, by webhook and by mail, with a record', async () => {
    await report(world.clock.now, 50)
    world.clock.advance(5 * minute)
    expect(await judged(id)).toMatchObject({ state: 'firing', firingSince: world.clock.now })
    await report(world.clock.now, 50)
    world.clock.advance(5 * minute)
    expect(await judged(id)).toMatchObject({ state: 'firing', last: { value: 1600 } })
    await expect
      .poll(() => told('Week'), waits)
      .toMatchObject([
        {
          type: 'alert.fired',
          alert: { says: 'Tokens in a week: 1,000 or more' },
          firings: [{ period: '2026-01-05', value: 1200 }],
        },
      ])
    await expect
      .poll(() => mailbox.mails.map(({ to }) => to).filter((to) => to.startsWith('finance')), waits)
      .toEqual(['finance@acme.example'])
    expect(mailbox.mails.at(-1)?.headers.get('subject')).toBe('Alert: Week')
    const { items } = (await json('GET', `/api/v1/activity?target=${id}`)) as {
      items: { action: string; actor: { kind: string }; after?: unknown }[]
    }
    expect(items.map(({ action, actor }) => [action, actor.kind])).toEqual([
      ['alert.fire', 'system'],
      ['alert.create', 'key'],
    ])
    // What is exact stays with those who may see persons.
    expect(items[0]?.after).toEqual({ unit: 'week', period: '2026-01-05' })
    expect(await firings(id)).toMatchObject([{ period: '2026-01-05', value: 1200, endedAt: null }])
  })

  it('ends with its week, and tells once what it missed while nobody judged', async () => {
    // Two weeks in which the server was away; in the first of them it was reached again.
    await report(Date.UTC(2026, 0, 13, 12), 500)
    world.clock.now = Date.UTC(2026, 0, 21, 9)
    expect(await judged(id)).toMatchObject({
      state: 'ok',
      last: { period: '2026-01-19', value: 0 },
    })
    expect((await firings(id)).map((f) => [f.period, f.endedBecause]).sort()).toEqual([
      ['2026-01-05', 'period'],
      ['2026-01-12', 'period'],
    ])
    await expect
      .poll(() => told('Week').map(({ firings: [f] }) => f?.period), waits)
      .toEqual(['2026-01-05', '2026-01-12'])
  })

  it('is judged by nothing while the clock is behind', async () => {
    const before = await get(id)
    const { now } = world.clock
    world.clock.now = Date.UTC(2026, 0, 10)
    await world.app.runtime.db.tx(() => enqueue({ name: 'alerts.evaluate', payload: null }))
    world.clock.now = now + minute
    await judged(id)
    expect((await get(id)).last).toEqual(before.last)
    expect(await firings(id)).toHaveLength(2)
  })

  it('tells nothing while it is quiet, and then what still fires', async () => {
    const until = world.clock.now + hour
    await json('PUT', `/api/v1/alerts/${id}/quiet`, { until })
    await report(world.clock.now, 200)
    world.clock.advance(5 * minute)
    expect(await judged(id)).toMatchObject({ state: 'firing', quietUntil: until })
    expect((await firings(id))[0]?.toldAt).toBeNull()
    expect(told('Week')).toHaveLength(2)
    world.clock.now = until + minute
    await judged(id)
    await expect.poll(() => told('Week').length, waits).toBe(3)
    expect((await firings(id))[0]?.toldAt).toBe(world.clock.now)
  })

  it('begins anew with another rule, and goes on with another name', async () => {
    const { revision } = await get(id)
    const change = (body: object) =>
      world.admin('PUT', `/api/v1/alerts/${id}`, {
        revision,
        name: 'Week',
        rule: budget,
        webhookId: null,
        mailTo: [],
        ...body,
      })
    expect((await change({ name: 'Tokens of a week' })).json.state).toBe('firing')
    const late = await change({})
    expect([late.status, late.json.code]).toEqual([409, 'edited_meanwhile'])
    const anew = await change({ revision: revision + 1, rule: { ...budget, amount: 1e9 } })
    expect(anew.json).toMatchObject({ state: 'waiting', webhookId: null })
    expect((await firings(id))[0]).toMatchObject({ endedBecause: 'changed' })
  })

  it('can be brought back after it was deleted', async () => {
    expect((await world.admin('DELETE', `/api/v1/alerts/${id}`)).json.state).toBe('deleted')
    expect(alertPage.parse(await json('GET', '/api/v1/alerts')).items).toEqual([])
    expect(await json('GET', '/api/v1/alerts?state=deleted')).toMatchObject({ total: 1 })
    await json('POST', `/api/v1/alerts/${id}/restore`)
    expect(await judged(id)).toMatchObject({ state: 'ok', deletedAt: null })
  })
})

describe('whoever may not see persons', () => {
  const as = (method: string, path: string, body?: unknown) =>
    world.call(method, path, { key: viewer, ...(body === undefined ? {} : { body }) })

  it('neither makes nor sees what is exact', async () => {
    const exact = await make('Of Ada', { of: 'member', value: ada, unit: 'month' })
    expect(exact.says).toBe('Tokens (ada@acme.example) in a month: 1,000 or more')
    expect((await as('GET', `/api/v1/alerts/${exact.id}`)).status).toBe(404)
    expect((await as('DELETE', `/api/v1/alerts/${exact.id}`)).status).toBe(404)
    expect((await as('GET', '/api/v1/alerts')).json.items).toEqual([])
    const refused = await as('POST', '/api/v1/alerts', {
      name: 'Of Ada',
      rule: { ...budget, of: 'member', value: ada },
      webhookId: null,
      mailTo: [],
    })
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden'])
    expect((await judged(exact.id)).last?.value).toBe(900)
  })

  it('is told nothing about few people', async () => {
    await world.app.runtime.db.tx(() => enqueue({ name: 'analytics.release', payload: null }))
    const released = async () => {
      const { json } = await as('GET', '/api/v1/analytics/questions/tokens?by=none')
      return json as Answer
    }
    await expect.poll(async () => (await released()).rows.length, waits).toBe(2)
    const of = (value: string) => make(value, { of: 'group', value, unit: 'month', exact: false })
    const many = await make('Everybody', { unit: 'month', exact: false })
    const few = await of(small)
    // Days that have ended: 7 and 13 January, eight people each.
    expect(await judged(many.id)).toMatchObject({
      state: 'firing',
      last: { period: '2026-01-01', value: 5600 },
    })
    expect(await judged(few.id)).toMatchObject({
      state: 'unknown',
      why: 'Days of it are not shown: they are about too few people, or not decided on yet.',
      last: { value: 0, partial: true },
    })
    expect((await as('GET', '/api/v1/alerts')).json.items).toHaveLength(2)
    const shown = await as(
      'GET',
      `/api/v1/alerts/try?measure=tokens&of=group&value=${small}&unit=day&condition=absent`,
    )
    // Told only of a day on which nothing came from anybody.
    expect(trial.parse(shown.json).points.slice(0, 2)).toMatchObject([
      { period: '2026-01-07', partial: true, fires: false },
      { period: '2026-01-08', partial: false, fires: true },
    ])
  })
})

describe('a run over the past', () => {
  const tried = async (rule: string) => trial.parse(await json('GET', `/api/v1/alerts/try?${rule}`))

  it('says on which days it would have told', async () => {
    const shown = await tried(
      'measure=tokens&of=workspace&unit=month&condition=reaches&amount=3000&exact=yes',
    )
    expect(shown).toMatchObject({ says: 'Tokens in a month: 3,000 or more', firings: 1 })
    // 1,600 on the 7th, 4,000 on the 13th.
    expect(shown.points).toMatchObject([{ period: '2026-01-01', fires: true, told: '2026-01-13' }])
  })

  it('tells of absence and of changes when the time is over, and of nothing before the first figure', async () => {
    const absent = await tried('measure=tokens&of=workspace&unit=week&condition=absent&exact=yes')
    expect(absent.points.map((p) => [p.period, p.fires, p.told])).toEqual([
      ['2026-01-05', false, null],
      ['2026-01-12', false, null],
    ])
    const rise = await tried(
      'measure=tokens&of=workspace&unit=week&condition=rise&amount=50&exact=yes',
    )
    expect(rise.points.at(-1)).toMatchObject({
      period: '2026-01-12',
      fires: true,
      told: '2026-01-19',
    })
  })

  it('refuses what cannot be watched, with the field', async () => {
    const refused = await world.admin(
      'GET',
      `/api/v1/alerts/try?measure=coverage&of=group&value=grp_none&unit=day&condition=below&amount=0`,
    )
    expect(refused.json.errors).toMatchObject([{ field: 'of' }, { field: 'amount' }])
    const gone = await world.admin(
      'GET',
      '/api/v1/alerts/try?measure=tokens&of=group&value=grp_none&unit=day&condition=absent',
    )
    expect(gone.json.errors).toMatchObject([{ field: 'value', message: 'There is no such group.' }])
    // Analytics does not answer this without the permission, so it cannot be watched either.
    const crossed = await world.admin('POST', '/api/v1/alerts', {
      name: 'Failures of a model',
      rule: { ...budget, measure: 'failures', of: 'model', value: 'gpt-5', exact: false },
      webhookId: null,
      mailTo: [],
    })
    expect([crossed.status, crossed.json.code]).toEqual([403, 'forbidden'])
  })
})

describe('alerts', () => {
  it('count on the overview when they fire, without those that show persons', async () => {
    const { figures } = (await json('GET', '/api/v1/overview')) as {
      figures: { key: string; value: number }[]
    }
    expect(figures).toContainEqual(expect.objectContaining({ key: 'alerts', value: 1 }))
  })

  const remove = async (path: string) => {
    const { version } = (await json('GET', path)) as { version: number }
    await json('DELETE', `${path}?version=${version}`)
  }

  it('say that what they watch is gone, and go with the person', async () => {
    const { items } = alertPage.parse(await json('GET', '/api/v1/alerts'))
    const mine = items.find((a) => a.rule.of === 'member')
    const few = items.find((a) => a.rule.value === small)
    await remove(`/api/v1/groups/${small}`)
    world.clock.advance(2 * hour)
    await world.app.runtime.db.tx(() => enqueue({ name: 'alerts.evaluate', payload: null }))
    await expect.poll(async () => (await get(few?.id ?? '')).why, waits).toBe('The group is gone.')
    await remove(`/api/v1/members/${ada}`)
    expect((await world.admin('GET', `/api/v1/alerts/${mine?.id ?? ''}`)).status).toBe(404)
  })

  it('are downloaded with the same filters', async () => {
    const csv = await world.admin('GET', '/api/v1/alerts?format=csv&q=week')
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.text.trim().split('\r\n')).toHaveLength(2)
    const first = await world.admin('GET', '/api/v1/alerts?limit=1')
    const next = await world.admin(
      'GET',
      `/api/v1/alerts?limit=1&cursor=${first.json.next as string}`,
    )
    expect(next.json.items[0].id).not.toBe(first.json.items[0].id)
  })
})
