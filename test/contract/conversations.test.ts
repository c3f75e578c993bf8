import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type {
  conversationList,
  conversationPage,
  eventList,
  tailAnswer,
  trace,
} from '#features/analytics/conversations/schema.ts'
import { draft, type Draft } from '#features/telemetry/facts/fact.ts'
import type { Fact, Origin } from '#features/telemetry/facts/index.ts'
import { storeFacts } from '#features/telemetry/store.facts.ts'
import { removeExpired } from '#features/telemetry/store.keep.ts'
import { day, hour, minute, second } from '#kernel/clock.ts'
import { keyWith } from '../company.ts'
import { startWorld, type World } from '../world.ts'

let world: World
let persons: string
let viewer: string
let ann: { readonly id: string; readonly email: string }
let group: string

const start = Date.UTC(2026, 0, 5, 9)
const traceId = 'a'.repeat(32)

const originOf = (principalId: string, host: string): Origin => ({
  personKind: 'member',
  principalId,
  clientKind: 'client',
  clientId: `cli_${host}`,
  host,
  originator: 'codex_exec',
  version: '0.169.0',
  surface: 'cli',
  groups: group,
  policyVersion: '',
})

const made = (
  origin: Origin,
  conversation: string,
  at: number,
  kind: Fact['kind'],
  rest: Partial<Draft>,
): Fact =>
  Object.assign(draft(at, at, origin, kind, `codex.${kind}`), {
    conversation,
    model: 'gpt-5.1-codex',
    ...rest,
  })

/** A turn: a prompt, a call that a rule denied, one that ran, and the tokens of the answer. */
const turn = (origin: Origin, conversation: string, at: number): readonly Fact[] => [
  made(origin, conversation, at, 'conversation', {
    reported: { approvalPolicy: 'never', sandboxPolicy: 'read-only', mcpServers: '', rest: '{}' },
  }),
  made(origin, conversation, at + second, 'prompt', { length: 42, traceId }),
  made(origin, conversation, at + 2 * second, 'tool_result', {
    tool: 'exec_command',
    callId: 'call_1',
    program: 'rm',
    rule: 'rm',
    ruleDecision: 'forbidden',
    outcome: 'denied',
    success: 0,
    content: '{"command":"rm -rf kept"}',
    traceId,
  }),
  made(origin, conversation, at + 3 * second, 'tool_result', {
    tool: 'exec_command',
    callId: 'call_2',
    program: 'ls',
    outcome: 'ran',
    success: 1,
    traceId,
  }),
  made(origin, conversation, at + 4 * second, 'tokens', {
    tokensInput: 900,
    tokensCached: 100,
    tokensOutput: 50,
    tokensReasoning: 10,
  }),
  made(origin, conversation, at + 5 * second, 'other', { extra: '{"what":"nobody knows"}' }),
]
const span = (origin: Origin, id: string, parent: string, at: number): Fact =>
  made(origin, '', at, 'span', {
    traceId,
    spanId: id,
    success: 1,
    extra: JSON.stringify({ parent, microseconds: 1500, 'tool.name': 'exec_command' }),
  })

const store = (facts: readonly Fact[]) =>
  world.app.runtime.db.tx(() => storeFacts(world.app.runtime.db, facts))
const get = (path: string, key = persons) =>
  world.call('GET', `/api/v1/conversations${path}`, { key })
async function list(query = ''): Promise<z.infer<typeof conversationList>> {
  return (await get(query)).json as z.infer<typeof conversationList>
}

beforeAll(async () => {
  world = await startWorld()
  world.clock.advance(start + hour - world.app.runtime.clock())
  const member = await world.admin('POST', '/api/v1/members', {
    name: 'Ann Example',
    email: 'ann@acme.example',
  })
  ann = { id: member.json.id as string, email: 'ann@acme.example' }
  group = (await world.admin('POST', '/api/v1/groups', { name: 'Platform' })).json.id as string
  persons = await keyWith(world, 'analytics.view', 'analytics.persons')
  viewer = await keyWith(world, 'analytics.view')
  const [hers, other] = [originOf(ann.id, 'anns-laptop'), originOf('mem_gone', 'lost-laptop')]
  await store([
    ...turn(hers, 'thread-1', start),
    ...turn(hers, 'thread-2', start + 10 * minute),
    made(other, 'thread-3', start + 20 * minute, 'prompt', { length: 7, model: 'gpt-5-mini' }),
    span(hers, '1'.repeat(16), '', start + second),
    span(hers, '2'.repeat(16), '1'.repeat(16), start + 2 * second),
    span(other, '3'.repeat(16), '', start + 2 * second),
  ])
}, 60_000)
afterAll(() => world.close())

describe('the list of conversations', () => {
  it('needs the permission for persons', async () => {
    for (const path of ['', '/1', '/1/events', `/1/traces/${traceId}`, '/live?cursor=x'])
      expect([path, (await get(path, viewer)).status]).toEqual([path, 403])
  })

  it('says who, where from, and what it came to, last active first', async () => {
    const { items, total } = await list()
    expect(items.map((c) => c.name)).toEqual(['thread-3', 'thread-2', 'thread-1'])
    expect(total).toBe(3)
    expect(items[1]).toMatchObject({
      who: { kind: 'member', id: ann.id, label: ann.email },
      client: { id: 'cli_anns-laptop', host: 'anns-laptop', program: 'codex_exec' },
      model: 'gpt-5.1-codex',
      turns: 1,
      toolCalls: 2,
      deniedCalls: 1,
      tokens: { input: 900, cached: 100, output: 50, reasoning: 10 },
    })
  })

  it('is narrowed by each of its filters', async () => {
    const named = async (query: string) => (await list(query)).items.map((c) => c.name)
    expect(await named('?q=ANN%40')).toEqual(['thread-2', 'thread-1'])
    expect(await named('?q=thread-1')).toEqual(['thread-1'])
    expect(await named('?q=Lost-Laptop')).toEqual(['thread-3'])
    expect(await named('?q=nobody')).toEqual([])
    expect(await named('?principal=mem_gone')).toEqual(['thread-3'])
    expect(await named('?clientId=cli_lost-laptop')).toEqual(['thread-3'])
    expect(await named('?model=gpt-5-mini')).toEqual(['thread-3'])
    expect(await named('?outcome=denied')).toEqual(['thread-2', 'thread-1'])
    expect(await named('?outcome=failed')).toEqual([])
    expect(await named(`?group=${group}`)).toHaveLength(3)
    expect(await named('?group=grp_none')).toEqual([])
    expect(await named('?surface=ide')).toEqual([])
    expect(await named('?client=codex_exec&within=hour')).toHaveLength(3)
    expect(await named(`?since=${start + 15 * minute}`)).toEqual(['thread-3'])
    expect(await named(`?until=${start + 5 * minute}`)).toEqual(['thread-1'])
    expect((await list('?kind=outside')).items).toHaveLength(2)
  })

  it('comes in pages, and as a download of all of it', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: z.infer<typeof conversationList> = await list(
        `?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      seen.push(...page.items.map((c) => c.name))
      cursor = page.next
    }
    expect(seen).toEqual(['thread-3', 'thread-2', 'thread-1'])
    expect((await get('?cursor=bm9uc2Vuc2U')).status).toBe(400)
    const csv = (await get('?format=csv&outcome=denied')).text.trim().split('\r\n')
    expect(csv).toHaveLength(3)
    expect(csv[0]).toContain('denied_calls')
    const lines = (await get('?format=ndjson')).text.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { who: string }).who)).toContain(ann.email)
    expect((await get('?format=json')).json).toHaveLength(3)
  })
})

describe('one conversation', () => {
  const idOf = async (name: string): Promise<string> =>
    (await list(`?q=${name}`)).items[0]?.id ?? 'none'

  it('says what it runs with, its groups, and how long all this is kept', async () => {
    const page = (await get(`/${await idOf('thread-1')}`)).json as z.infer<typeof conversationPage>
    expect(page).toMatchObject({
      groups: [{ id: group, name: 'Platform' }],
      policy: null,
      reported: { approvalPolicy: 'never', sandboxPolicy: 'read-only' },
      kept: { since: null, events: 90, content: 30, traces: 14 },
    })
    expect((await get('/999999')).status).toBe(404)
    expect((await get('/nonsense')).status).toBe(404)
  })

  it('lists what was reported, unknown events as they came, in pages both ways', async () => {
    const id = await idOf('thread-1')
    const all = (await get(`/${id}/events`)).json as z.infer<typeof eventList>
    expect(all.items.map((e) => e.kind)).toEqual([
      'conversation',
      'prompt',
      'tool_result',
      'tool_result',
      'tokens',
      'other',
    ])
    expect(all.items[2]).toMatchObject({
      tool: 'exec_command',
      program: 'rm',
      rule: 'rm',
      ruleDecision: 'forbidden',
      outcome: 'denied',
      success: false,
      content: { command: 'rm -rf kept' },
    })
    expect(all.items[5]?.extra).toEqual({ what: 'nobody knows' })
    const first = (await get(`/${id}/events?limit=4`)).json as z.infer<typeof eventList>
    const rest = (await get(`/${id}/events?limit=4&cursor=${first.next}`)).json as typeof first
    expect([...first.items, ...rest.items]).toEqual(all.items)
    const back = (await get(`/${id}/events?order=newest`)).json as typeof first
    expect(back.items).toEqual(all.items.toReversed())
    expect((await get(`/${id}/events?format=csv`)).text.trim().split('\r\n')).toHaveLength(7)
    expect((await get(`/${id}/events?format=ndjson`)).text.trim().split('\n')).toHaveLength(6)
  })

  it('shows the trace of a turn, and never the spans of somebody else with the same trace', async () => {
    const id = await idOf('thread-1')
    const { spans } = (await get(`/${id}/traces/${traceId}`)).json as z.infer<typeof trace>
    expect(spans.map((s) => [s.id[0], s.parent.slice(0, 1), s.ms])).toEqual([
      ['1', '', 1.5],
      ['2', '1', 1.5],
    ])
    expect(spans[1]?.extra).toEqual({ 'tool.name': 'exec_command' })
    // What stands outside of conversations shows its spans itself.
    const outside = (await list(`?kind=outside&principal=${ann.id}`)).items[0]?.id ?? ''
    const items = ((await get(`/${outside}/events`)).json as z.infer<typeof eventList>).items
    expect(items.map((e) => e.kind)).toEqual(['span', 'span'])
  })
})

describe('the live tail', () => {
  const begin = async (key = persons): Promise<string> =>
    (await world.call('POST', '/api/v1/conversations/live', { key })).json.cursor as string
  const next = async (cursor: string, query = ''): Promise<z.infer<typeof tailAnswer>> =>
    (await get(`/live?cursor=${encodeURIComponent(cursor)}${query}`)).json as z.infer<
      typeof tailAnswer
    >

  it('shows what comes since, newest first and nothing twice, and the audit trail who looked', async () => {
    const first = await next(await begin())
    expect(first.items.length).toBeGreaterThan(0)
    expect(first.items.map((e) => e.kind)).not.toContain('span')
    expect((await next(first.cursor)).items).toEqual([])
    await store(turn(originOf(ann.id, 'anns-laptop'), 'thread-4', start + hour))
    const news = await next(first.cursor)
    expect(news.items.map((e) => e.kind)[0]).toBe('other')
    expect(news.items).toHaveLength(6)
    expect(news.items[0]).toMatchObject({
      who: ann.email,
      client: 'codex_exec 0.169.0',
      conversation: { name: 'thread-4' },
    })
    expect((await next(first.cursor, '&show=denied')).items.map((e) => e.program)).toEqual(['rm'])
    expect((await next(first.cursor, '&show=failed')).items).toEqual([])
    expect((await next(first.cursor, '&show=calls&q=ann%40')).items).toHaveLength(2)
    expect((await next(first.cursor, '&q=nobody')).items).toEqual([])
    expect((await next(first.cursor, '&principal=mem_gone')).items).toEqual([])
    const records = await world.admin('GET', '/api/v1/activity?action=conversations.watch')
    expect(records.json.total).toBe(1)
  })

  it('has no cursor but its own, of the same caller, for an hour', async () => {
    const mine = await begin()
    const other = await keyWith(world, 'analytics.persons')
    const refused = async (cursor: string, key = persons): Promise<unknown> => {
      const { status, json } = await get(`/live?cursor=${encodeURIComponent(cursor)}`, key)
      return [status, json.code]
    }
    expect(await refused(mine, other)).toEqual([400, 'invalid_input'])
    expect(await refused('bm9uc2Vuc2U.x')).toEqual([400, 'invalid_input'])
    const [, mac = ''] = mine.split('.')
    const forged = Buffer.from(JSON.stringify(['key', Number.MAX_SAFE_INTEGER, 0]))
    expect(await refused(`${forged.toString('base64url')}.${mac}`)).toEqual([400, 'invalid_input'])
    world.clock.advance(hour)
    expect(await refused(mine)).toEqual([400, 'invalid_input'])
  })
})

it('says since when events are kept once retention has removed some', async () => {
  const retention = { events: 1, content: 1, traces: 1, sums: 730 }
  await world.app.runtime.db.tx(() => removeExpired(retention, start + day + 30 * minute))
  const { items } = await list('?q=thread-4')
  const page = (await get(`/${items[0]?.id}`)).json as z.infer<typeof conversationPage>
  expect(page.kept.since).toBe(start + hour)
})
