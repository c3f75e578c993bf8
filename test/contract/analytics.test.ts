import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Answer } from '#features/analytics/index.ts'
import { releaseNext } from '#features/analytics/released/release.ts'
import type { usagePage } from '#features/analytics/schema.platform.ts'
import { storeFacts } from '#features/telemetry/store.facts.ts'
import type { Fact } from '#features/telemetry/facts/index.ts'
import { day, hour } from '#kernel/clock.ts'
import { factsOfDay, groupOf, memberOf, type Company } from '../reported.ts'
import { keyWith } from '../company.ts'
import { startWorld, type World } from '../world.ts'

const company: Company = {
  people: 12,
  groups: 3,
  from: Date.UTC(2026, 0, 1),
  days: 5,
  events: 1200,
}
const days = Array.from({ length: company.days }, (_, n) => company.from + n * day)
const facts: readonly Fact[] = days.flatMap((start) => [...factsOfDay(company, start)])

let world: World
let viewer: string
let persons: string
let workspaceId: string

const get = (path: string, key: string) => world.call('GET', path, { key })
const ask = (question: string, key = persons) => get(`/api/v1/analytics/questions/${question}`, key)
const answered = async (question: string, key = persons): Promise<Answer> => {
  const { json } = await ask(question, key)
  return json as Answer
}
const usageOf = async (path: string): Promise<z.infer<typeof usagePage>> =>
  (await get(path, persons)).json as z.infer<typeof usagePage>

beforeAll(async () => {
  world = await startWorld()
  // 2026-01-06 09:00 UTC: all the days above have ended.
  world.clock.advance(day)
  for (const start of days) {
    const mine = facts.filter((f) => f.at >= start && f.at < start + day)
    await world.app.runtime.db.tx(() => storeFacts(world.app.runtime.db, mine))
  }
  while (await releaseNext(world.app.runtime));
  viewer = await keyWith(world, 'analytics.view')
  persons = await keyWith(world, 'analytics.view', 'analytics.persons')
  workspaceId = (await world.admin('GET', '/api/v1/workspace')).json.id as string
}, 60_000)
afterAll(() => world.close())

const range = 'from=2026-01-01&to=2026-01-05'
const localDate = (at: number, hours: number): string =>
  new Date(at + hours * hour).toISOString().slice(0, 10)
const among = (hours: number) =>
  facts.filter(
    (f) => localDate(f.at, hours) >= '2026-01-01' && localDate(f.at, hours) <= '2026-01-05',
  )

describe('a question', () => {
  it('counts people once, in any time zone, as a count over all records does', async () => {
    // Kathmandu is 5:45 ahead the whole year.
    for (const [zone, hours] of [
      ['UTC', 0],
      ['Asia/Kathmandu', 5.75],
    ] as const) {
      const json = await answered(`active-members?${range}&zone=${zone}`)
      const naive = Map.groupBy(among(hours), (f) => localDate(f.at, hours))
      expect(json.rows).toEqual(
        [...naive].sort().map(([period, mine]) => ({
          period,
          people: new Set(mine.map((f) => f.origin.principalId)).size,
        })),
      )
    }
  })

  it('sums tokens by group as a sum over all records does, in hours and in half hours', async () => {
    for (const [zone, hours] of [
      ['UTC', 0],
      ['Asia/Kolkata', 5.5],
    ] as const) {
      const json = await answered(`tokens?${range}&by=group&unit=month&zone=${zone}`)
      const mine = among(hours).filter((f) => f.origin.groups.includes(groupOf(1)))
      const row = json.rows.find((r) => r['id'] === groupOf(1))
      expect(row?.['input']).toBe(mine.reduce((sum, f) => sum + (f.tokensInput ?? 0), 0))
      expect(row?.['cost']).toBeNull()
    }
  })

  it('sums each day of a zone as a sum over all records of that day does', async () => {
    for (const [zone, hours] of [
      ['America/New_York', -5],
      ['Pacific/Kiritimati', 14],
      ['Asia/Kathmandu', 5.75],
    ] as const) {
      const json = await answered(`tokens?${range}&by=none&zone=${zone}`)
      const naive = Map.groupBy(among(hours), (f) => localDate(f.at, hours))
      expect(json.rows.map(({ period, input }) => ({ period, input }))).toEqual(
        [...naive].sort().map(([period, mine]) => ({
          period,
          input: mine.reduce((sum, f) => sum + (f.tokensInput ?? 0), 0),
        })),
      )
    }
  })

  it('reckons costs by the price of the day', async () => {
    for (const [from, input] of [
      ['2026-01-01', 1],
      ['2026-01-03', 2],
    ] as const)
      await world.admin('POST', '/api/v1/analytics/prices', {
        model: 'gpt*',
        from,
        input,
        cachedInput: 0,
        output: 0,
      })
    const turn = Date.UTC(2026, 0, 3)
    for (const [zone, hours] of [
      ['UTC', 0],
      ['America/New_York', -5],
      ['Asia/Kathmandu', 5.75],
    ] as const) {
      const json = await answered(`tokens?${range}&by=none&unit=month&zone=${zone}`)
      const cost = among(hours).reduce((sum, f) => {
        const uncached = (f.tokensInput ?? 0) - (f.tokensCached ?? 0)
        return sum + (uncached / 1e6) * (f.at < turn ? 1 : 2)
      }, 0)
      expect(json.rows[0]!.cost).toBeCloseTo(cost, 3)
    }
    const again = await world.admin('POST', '/api/v1/analytics/prices', {
      model: 'gpt*',
      from: '2026-01-03',
      input: 9,
      cachedInput: 0,
      output: 0,
    })
    expect(again.status).toBe(409)
  })

  it('tells what became of commands, by which rule, and behind how many people', async () => {
    const calls = among(0).filter((f) => f.kind === 'tool_result')
    const json = await answered(`commands?${range}&unit=month`)
    expect(json.rows[0]).toMatchObject({
      tool_calls: calls.length,
      denied_calls: calls.filter((f) => f.outcome === 'denied').length,
    })
    const rules = (await answered(`denied-rules?${range}`)).rows
    const removed = calls.filter((f) => f.program === 'rm')
    expect(rules.find((r) => r['rule'] === 'rm')).toEqual({
      rule: 'rm',
      decision: 'forbidden',
      denied: removed.length,
      ran: 0,
      people: new Set(removed.map((f) => f.origin.principalId)).size,
    })
  })

  it('bounds percentiles from above, at most 9.1 % above the true ones', async () => {
    const json = await answered(`first-token?${range}&unit=month`)
    const times = among(0)
      .flatMap((f) => (f.kind === 'first_token' ? [f.durationMs ?? 0] : []))
      .sort((a, b) => a - b)
    const median = times[Math.ceil(times.length / 2) - 1]!
    expect(json.rows[0]!.turns).toBe(times.length)
    expect(json.rows[0]!.p50).toBeGreaterThanOrEqual(median - 1)
    expect(json.rows[0]!.p50).toBeLessThanOrEqual(median * 1.091 + 1)
  })

  it('says who, how long in a row, and under which policy', async () => {
    const people = (await answered(`people?${range}`)).rows
    expect(people.map((r) => r['id']).sort()).toEqual(
      [...new Set(among(0).map((f) => f.origin.principalId))].sort(),
    )
    const coverage = (await answered(`coverage?${range}&unit=month`)).rows
    expect(coverage.map((r) => r['value'])).toContain('No policy')
    expect((await answered(`versions?${range}&unit=month`)).rows.length).toBeGreaterThan(0)
    expect((await answered(`failures?${range}&unit=month`)).rows[0]).toMatchObject({
      kind: 'Request to the model',
      what: '429',
    })
    expect((await answered(`activity?${range}&unit=week`)).rows.map((r) => r['period'])).toEqual([
      '2025-12-29',
      '2026-01-05',
    ])
  })

  it('is asked within bounds', async () => {
    for (const bad of [
      'from=2026-01-05&to=2026-01-01',
      'from=2020-01-01',
      'from=2026-02-30',
      'by=version',
      'zone=Nowhere',
    ])
      expect([bad, (await ask(`tokens?${bad}`)).status]).toEqual([bad, 400])
    expect((await ask('no-such')).status).toBe(404)
  })

  it('is answered as CSV and as lines of JSON', async () => {
    const csv = await ask(`active-members?${range}&format=csv`)
    expect(csv.text.split('\r\n')[0]).toBe('period,people')
    const lines = await ask(`active-members?${range}&format=ndjson`)
    expect(lines.text.trim().split('\n')).toHaveLength(csv.text.trim().split('\r\n').length - 1)
  })
})

describe('whoever may not see single persons', () => {
  it('is shown ended days of UTC, and nothing about fewer than k people', async () => {
    const full = await answered(`active-members?${range}&by=group`)
    const held = await answered(`active-members?${range}&by=group&zone=Asia/Tokyo`, viewer)
    expect(held.zone).toBe('UTC')
    expect(full.rows.some((r) => Number(r['people']) < 5)).toBe(true)
    expect(held.rows.every((r) => Number(r['people']) >= 5)).toBe(true)
    expect(held.held?.cells).toBe(full.rows.length - held.rows.length)
  })

  it('is shown the same numbers where they are shown', async () => {
    const full = (await answered(`tokens?${range}&by=none`)).rows
    const held = (await answered(`tokens?${range}&by=none`, viewer)).rows
    expect(held.length).toBeGreaterThan(0)
    // The cost is by the mean price of the models that are shown, and of so few people hardly one is.
    expect(held.some((row) => row['cost'] === null)).toBe(true)
    for (const { cost: _, ...tokens } of held)
      expect(full).toContainEqual(expect.objectContaining(tokens))
  })

  it('is not shown today', async () => {
    expect((await answered('activity?from=2026-01-05&to=2026-01-09', viewer)).until).toBe(
      Date.UTC(2026, 0, 6),
    )
  })

  it('may not cross two dimensions, nor ask about people, nor export events', async () => {
    expect((await ask(`tokens?${range}&by=group&surface=cli`, viewer)).status).toBe(403)
    expect((await ask('people', viewer)).status).toBe(403)
    expect(
      (await get('/api/v1/analytics/events?from=2026-01-01&to=2026-01-05', viewer)).status,
    ).toBe(403)
  })
})

describe('the vendor’s analytics API', () => {
  const base = () => `/v1/analytics/codex/workspaces/${workspaceId}`
  const times = `start_time=${Date.UTC(2026, 0, 1) / 1000}&end_time=${Date.UTC(2026, 0, 6) / 1000}`

  it('gives a row for each user and day, page by page', async () => {
    const rows: { start_time: number; user_id: string | null; totals: { turns: number } }[] = []
    let page = ''
    do {
      const json = await usageOf(`${base()}/usage?${times}&limit=7${page}`)
      rows.push(...json.data)
      page = json.has_more ? `&page=${json.next_page}` : ''
    } while (page !== '')
    const naive = new Set(
      facts.map((f) => `${Math.floor(f.at / day) * 86_400} ${f.origin.principalId}`),
    )
    expect(new Set(rows.map((r) => `${r.start_time} ${r.user_id}`))).toEqual(naive)
    expect(rows).toHaveLength(naive.size)
    expect(rows.reduce((sum, r) => sum + r.totals.turns, 0)).toBe(
      facts.filter((f) => f.kind === 'prompt').length,
    )
  })

  it('gives the workspace by week', async () => {
    const json = await usageOf(`${base()}/usage?${times}&group=workspace&group_by=week`)
    expect(json).toMatchObject({ object: 'page', has_more: false, next_page: null })
    expect(json.data.map((r) => r.start_time)).toEqual([
      Date.UTC(2025, 11, 29) / 1000,
      Date.UTC(2026, 0, 5) / 1000,
    ])
    const first = json.data[0]!
    const sum = (list: { turns: number }[]) => list.reduce((n, { turns }) => n + turns, 0)
    expect(sum(first.clients)).toBe(first.totals.turns)
    expect(first.user_id).toBeNull()
  })

  it('refuses users without the permission for persons, and other workspaces, in its own shape', async () => {
    expect((await get(`${base()}/usage?${times}`, viewer)).json).toMatchObject({
      error: { type: 'invalid_request_error', code: 'forbidden', param: null },
    })
    expect((await get(`${base()}/usage?${times}&group=workspace`, viewer)).status).toBe(200)
    expect(
      (await get(`/v1/analytics/codex/workspaces/other/usage?${times}`, persons)).json.error.code,
    ).toBe('not_found')
    expect((await get(`${base()}/usage`, persons)).json.error.param).toBe('start_time')
  })

  it('has no reviews', async () => {
    for (const name of ['code_reviews', 'code_review_responses'])
      expect((await get(`${base()}/${name}?${times}`, viewer)).json).toEqual({
        object: 'page',
        data: [],
        has_more: false,
        next_page: null,
      })
  })
})

it('exports every event of some days', async () => {
  const { text } = await get('/api/v1/analytics/events?from=2026-01-01&to=2026-01-02', persons)
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { at: string; who: string })
  expect(lines).toHaveLength(facts.filter((f) => f.at < Date.UTC(2026, 0, 3)).length)
  expect(lines[0]?.who).toMatch(new RegExp(memberOf(0).slice(0, 4)))
})

it('keeps settings, and offers what was seen to filter by', async () => {
  const settings = { zone: 'Europe/Berlin', currency: 'EUR', k: 3 }
  expect((await world.admin('PUT', '/api/v1/analytics/settings', settings)).json).toEqual(settings)
  expect((await get('/api/v1/analytics/choices', viewer)).json).toMatchObject({
    settings,
    persons: false,
  })
  expect((await get('/api/v1/analytics/choices', persons)).json.surfaces).toContain('cli')
})
