import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { day, hour, minute } from '#kernel/clock.ts'
import { all, first, run, type Work } from '#kernel/work.ts'
import { draft, type Fact, type Origin } from '#features/telemetry/facts/fact.ts'
import { telemetryMigrations } from '#features/telemetry/migrations.ts'
import { quarterBit, startOf } from '#features/telemetry/rollups/presence.ts'
import { recordedCommands } from '#features/telemetry/store.commands.ts'
import { storeFacts } from '#features/telemetry/store.facts.ts'
import { keepMigrations } from '#features/telemetry/keep/migrations.ts'
import { forgetPart, newestFact } from '#features/telemetry/store.forget.ts'
import { removeExpired } from '#features/telemetry/store.keep.ts'
import { q, type FactKind, type TelemetryTables } from '#features/telemetry/tables.ts'
import { openEngine } from '../engine.ts'

let engine: Awaited<ReturnType<typeof openEngine>>
beforeEach(async () => {
  engine = await openEngine([...telemetryMigrations, ...keepMigrations])
})
afterEach(() => engine.close())

const start = Date.UTC(2026, 10, 23)
const origin = (n: number, more: Partial<Origin> = {}): Origin => ({
  personKind: 'member',
  principalId: `mem_${n}`,
  clientKind: 'client',
  clientId: `cli_${n}`,
  host: 'laptop',
  originator: 'codex_exec',
  version: '0.169.0',
  surface: 'cli',
  groups: n % 2 ? 'grp_a grp_b' : '',
  policyVersion: 'ver_1',
  ...more,
})
const fact = (kind: FactKind, of: Origin, at: number, more: Partial<Fact> = {}): Fact => ({
  ...draft(at, at, of, kind, `codex.${kind}`),
  conversation: 'one',
  model: 'm',
  ...more,
})
const store = (facts: readonly Fact[]) =>
  engine.db.tx(() => storeFacts(engine.db, structuredOrigins(facts)))
/** As from another request: equal origins that are not the same objects. */
const structuredOrigins = (facts: readonly Fact[]): readonly Fact[] =>
  facts.map((f) => ({ ...f, origin: { ...f.origin } }))
const read = <T>(work: () => Work<T>) => engine.db.read(work)
const rows = <Table extends keyof TelemetryTables>(table: Table) =>
  read(
    () => all(q.selectFrom(table as 'telemetry_days').selectAll()) as never,
  ) as unknown as Promise<readonly TelemetryTables[Table][]>
const countOf = (table: keyof TelemetryTables) =>
  read(function* () {
    const row = yield* first(
      q.selectFrom(table as 'telemetry_days').select(sql<number>`count(*)`.as('n')),
    )
    return Number(row?.n)
  })

const any: fc.Arbitrary<Fact> = fc
  .record({
    person: fc.nat(3),
    at: fc.integer({ min: start, max: start + 26 * hour }),
    kind: fc.constantFrom<FactKind>('prompt', 'tokens', 'tool_result', 'api_request', 'span'),
    conversation: fc.constantFrom('', 'one', 'two'),
    model: fc.constantFrom('m', 'n'),
    value: fc.nat(1000),
  })
  .map(({ person, at, kind, conversation, model, value }) =>
    fact(kind, origin(person), at, {
      conversation,
      model,
      durationMs: value,
      ...(kind === 'tokens' ? { tokensInput: value, tokensOutput: 1 } : {}),
      ...(kind === 'tool_result' ? { outcome: 'ran', tool: 'exec_command', program: 'git' } : {}),
    }),
  )

describe('stored sums', () => {
  it('are what the stored facts add up to, however they came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(any, { maxLength: 12 }), { maxLength: 5 }),
        async (batches) => {
          await engine.close()
          engine = await openEngine([...telemetryMigrations, ...keepMigrations])
          for (const batch of batches) await store(batch)
          const facts = await rows('telemetry_facts')
          const counted = facts.filter((f) => f.kind !== 'span')
          expect(facts).toHaveLength(batches.flat().length)
          const tokens = facts.reduce((sum, f) => sum + (f.tokens_input ?? 0), 0)
          for (const table of [
            'telemetry_usage',
            'telemetry_usage_hours',
            'telemetry_days',
          ] as const) {
            const sums = await rows(table)
            expect(sums.reduce((sum, row) => sum + row.events, 0)).toBe(counted.length)
            expect(sums.reduce((sum, row) => sum + row.tokens_input, 0)).toBe(tokens)
          }
          const conversations = await rows('telemetry_conversations')
          for (const { id, events, last_at } of conversations) {
            const own = facts.filter((f) => f.conversation === id)
            expect(events).toBe(own.filter((f) => f.kind !== 'span').length)
            expect(last_at).toBe(Math.max(...own.map((f) => f.at)))
          }
          const there = new Set(
            counted.map((f) => {
              const person = conversations.find((c) => c.id === f.conversation)?.person
              return `${person} ${startOf(f.at, 15 * minute)}`
            }),
          )
          const told = (await rows('telemetry_days')).flatMap((row) =>
            Array.from({ length: 96 }, (_, n) => row.day + n * 15 * minute)
              .filter((at) => {
                const { am, pm } = quarterBit(at)
                const has = (mask: number, bit: number) =>
                  bit > 0 && Math.floor(mask / bit) % 2 === 1
                return has(row.quarters_am, am) || has(row.quarters_pm, pm)
              })
              .map((at) => `${row.person} ${at}`),
          )
          expect(new Set(told)).toEqual(there)
        },
      ),
      { numRuns: process.env['GATEHOUSE_TEST_ENGINE'] === 'postgres' ? 2 : 8 },
    )
  }, 60_000)

  it('take analytics events as a sign that somebody was there, and as nothing else', async () => {
    await store([fact('analytics', origin(1), start)])
    expect(await rows('telemetry_days')).toMatchObject([{ events: 0, quarters_am: 1 }])
    expect(await rows('telemetry_conversations')).toMatchObject([{ events: 0 }])
  })

  it('can be read whatever a sender counts', async () => {
    const believed = { tokensInput: 100_000_000, tokensOutput: 100_000_000 }
    for (let n = 0; n < 3; n += 1)
      await store(Array.from({ length: 500 }, () => fact('tokens', origin(1), start, believed)))
    for (const table of ['telemetry_usage', 'telemetry_conversations'] as const)
      expect(await rows(table)).toMatchObject([{ tokens_input: 1500 * 100_000_000 }])
  })

  it('lose and double nothing when several processes store at once', async () => {
    await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        store([
          fact('prompt', origin(1), start + n),
          fact('tokens', origin(2), start, { tokensInput: 1 }),
        ]),
      ),
    )
    const usage = await rows('telemetry_usage')
    expect(usage.reduce((sum, row) => sum + row.turns, 0)).toBe(6)
    expect(usage.reduce((sum, row) => sum + row.tokens_input, 0)).toBe(6)
    expect(await countOf('telemetry_people')).toBe(2)
    expect(await countOf('telemetry_conversations')).toBe(2)
    const ids = (await rows('telemetry_facts')).map((f) => f.id).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
  })

  it('know nothing of a transaction that was taken back', async () => {
    const failing = engine.db.tx(function* () {
      yield* storeFacts(engine.db, [fact('prompt', origin(1), start, { model: 'new' })])
      throw new Error('taken back')
    })
    await expect(failing).rejects.toThrow('taken back')
    await store([fact('prompt', origin(1), start, { model: 'new' })])
    const names = new Map((await rows('telemetry_texts')).map(({ id, text }) => [id, text]))
    const [stored] = await rows('telemetry_facts')
    expect(names.get(stored?.model ?? 0)).toBe('new')
    expect(names.get(stored?.name ?? 0)).toBe('codex.prompt')
  })
})

describe('people', () => {
  it('are members, service accounts, and the machines of an enrolment', async () => {
    const machine = (host: string) =>
      origin(0, { personKind: 'enrolment', principalId: 'enr_1', host, clientKind: 'enrolment' })
    await store([
      fact('prompt', machine('a'), start),
      fact('prompt', machine('b'), start),
      fact('prompt', origin(1, { host: 'a' }), start),
      fact('prompt', origin(1, { host: 'b', groups: 'grp_a' }), start),
    ])
    expect((await rows('telemetry_people')).map((p) => [p.principal_id, p.host]).sort()).toEqual([
      ['enr_1', 'a'],
      ['enr_1', 'b'],
      ['mem_1', ''],
    ])
    const members = await rows('telemetry_group_set_members')
    const [both] = (await rows('telemetry_group_sets')).filter((set) => set.key === 'grp_a grp_b')
    expect(
      members
        .filter((m) => m.set_id === both?.id)
        .map((m) => m.group_id)
        .sort(),
    ).toEqual(['grp_a', 'grp_b'])
  })
})

describe('a tool call', () => {
  const decision = (callId: string, said: string, by = 'user') =>
    fact('tool_decision', origin(1), start, { callId, decision: said, decidedBy: by, tool: 'x' })
  const result = (callId: string, more: Partial<Fact> = {}) =>
    fact('tool_result', origin(1), start + 1, { callId, tool: 'x', outcome: 'ran', ...more })

  it('has the decision that came before it, after it in the same request, or in another one', async () => {
    await store([result('c1'), decision('c1', 'approved'), decision('c2', 'approved_for_session')])
    expect(await countOf('telemetry_pending_calls')).toBe(1)
    await store([result('c2'), result('c3')])
    expect(await countOf('telemetry_pending_calls')).toBe(0)
    const calls = (await rows('telemetry_facts')).filter((f) => f.kind === 'tool_result')
    expect(calls.map((f) => [f.call_id, f.decision, f.decided_by]).sort()).toEqual([
      ['c1', 'approved', 'user'],
      ['c2', 'approved_for_session', 'user'],
      ['c3', null, null],
    ])
  })

  it('was denied where somebody refused it, or a rule did', async () => {
    await store([
      decision('c1', 'denied'),
      result('c1', { outcome: 'failed', success: 0 }),
      result('c2', {
        outcome: 'denied',
        success: 0,
        program: 'rm',
        rule: 'rm',
        ruleDecision: 'forbidden',
      }),
    ])
    const [usage] = await rows('telemetry_usage')
    expect(usage).toMatchObject({
      tool_calls: 2,
      denied_calls: 2,
      failed_calls: 0,
      refused_by_user: 1,
      refused_by_config: 1,
    })
    expect((await rows('telemetry_commands')).find((row) => row.program === 'rm')).toMatchObject({
      outcome: 'denied',
      rule: 'rm',
      rule_decision: 'forbidden',
      policy_version: 'ver_1',
      count: 1,
    })
  })

  it('was denied where a rule asks and nobody could be asked', async () => {
    const asks = {
      outcome: 'failed',
      success: 0,
      program: 'git',
      rule: 'git',
      ruleDecision: 'prompt',
    } as const
    await store([result('c1', asks), decision('c2', 'approved'), result('c2', asks)])
    const calls = (await rows('telemetry_facts')).filter((f) => f.kind === 'tool_result')
    expect(calls.map((f) => [f.call_id, f.outcome])).toEqual([
      ['c1', 'denied'],
      ['c2', 'failed'],
    ])
  })

  it('of another person is not taken for this one', async () => {
    await store([decision('c1', 'denied')])
    await store([
      fact('tool_result', origin(2), start, { callId: 'c1', outcome: 'ran', tool: 'x' }),
    ])
    const [call] = (await rows('telemetry_facts')).filter((f) => f.kind === 'tool_result')
    expect(call?.decision).toBeNull()
  })
})

describe('a conversation', () => {
  it('begins once, and reports what it said last', async () => {
    const says = (at: number, approvalPolicy: string) =>
      fact('conversation', origin(1), at, {
        reported: { approvalPolicy, sandboxPolicy: 'read-only', mcpServers: '', rest: '{}' },
      })
    await store([says(start + 2, 'never'), says(start + 1, 'on-request')])
    await store([says(start + 3, 'untrusted'), fact('prompt', origin(1), start + 4)])
    expect(await rows('telemetry_conversations')).toMatchObject([
      {
        started_at: start + 1,
        last_at: start + 4,
        approval_policy: 'untrusted',
        reported_at: start + 3,
      },
    ])
    const usage = await rows('telemetry_usage')
    expect(usage.reduce((sum, row) => sum + row.conversations, 0)).toBe(1)
  })
})

describe('what is kept', () => {
  const retention = { events: 90, content: 30, traces: 14, sums: 730 }
  async function expire(now: number) {
    while (await engine.db.tx(() => removeExpired(retention, now)));
  }

  it('goes by kind when its time is over, and nothing that came later with it', async () => {
    const said = { content: '{"command":"git push"}', outcome: 'ran', program: 'git' } as const
    for (const age of [100, 60, 20, 1])
      await store([
        fact('tool_result', origin(1), start - age * day, { ...said, conversation: `c${age}` }),
        fact('span', origin(1), start - age * day, { conversation: `c${age}` }),
      ])
    await expire(start)
    const left = (await rows('telemetry_facts')).map((f) => [
      Math.round((start - f.at) / day),
      f.kind,
      f.content !== null,
    ])
    expect(left.sort()).toEqual(
      [
        [60, 'tool_result', false],
        [20, 'tool_result', true],
        [1, 'tool_result', true],
        [1, 'span', false],
      ].sort(),
    )
    expect(await countOf('telemetry_conversations')).toBe(3)
    expect((await rows('telemetry_usage')).reduce((sum, row) => sum + row.events, 0)).toBe(4)
    // What comes afterwards is looked at too.
    await store([fact('span', origin(1), start)])
    await expire(start + 15 * day)
    expect((await rows('telemetry_facts')).filter((f) => f.kind === 'span')).toEqual([])
    await expire(start + 800 * day)
    expect(await countOf('telemetry_usage')).toBe(0)
    expect(await countOf('telemetry_days')).toBe(0)
    expect(await countOf('telemetry_facts')).toBe(0)
  })

  it('goes although a clock was ahead when something came before it', async () => {
    const said = { content: '{"command":"git push"}', outcome: 'ran', program: 'git' } as const
    await store([fact('tool_result', origin(1), start + 365 * day, said)])
    for (const age of [100, 40])
      await store([
        fact('tool_result', origin(2), start - age * day, said),
        fact('span', origin(2), start - age * day),
      ])
    await expire(start)
    const left = (await rows('telemetry_facts')).map((f) => [
      Math.round((start - f.at) / day),
      f.kind,
      f.content !== null,
    ])
    expect(left).toEqual([
      [-365, 'tool_result', true],
      [40, 'tool_result', false],
    ])
  })

  it('goes in parts, however much of it there is', async () => {
    const many = Array.from({ length: 4500 }, (_, n) =>
      fact('prompt', origin(n % 50), start - 100 * day, {
        conversation: `c${n}`,
        model: `m${n}`,
        content: '{}',
        length: n,
      }),
    )
    await store(many)
    let parts = 0
    while (await engine.db.tx(() => removeExpired({ ...retention, sums: 30 }, start))) parts += 1
    expect(parts).toBeGreaterThanOrEqual(10)
    for (const table of [
      'telemetry_facts',
      'telemetry_conversations',
      'telemetry_usage',
      'telemetry_days',
      'telemetry_histograms',
      'telemetry_histogram_days',
    ] as const)
      expect([table, await countOf(table)]).toEqual([table, 0])
  })

  const forgotten = async (principalId: string) => {
    const upTo = await read(newestFact)
    const removed = { facts: 0, conversations: 0, days: 0 }
    for (let more = true; more;) {
      const part = await engine.db.tx(() => forgetPart(principalId, upTo))
      removed.facts += part.facts
      removed.conversations += part.conversations
      removed.days += part.days
      more = part.more
    }
    return removed
  }

  it('is forgotten of somebody whose agents go on, up to when it was asked for', async () => {
    await store([
      fact('prompt', origin(1), start),
      fact('prompt', origin(1), start, { conversation: 'two' }),
    ])
    const upTo = await read(newestFact)
    await store([fact('prompt', origin(1), start + hour)])
    expect(await engine.db.tx(() => forgetPart('mem_1', upTo))).toMatchObject({
      facts: 2,
      conversations: 1,
      more: false,
    })
    expect((await rows('telemetry_facts')).map((f) => f.at)).toEqual([start + hour])
    expect(await rows('telemetry_conversations')).toMatchObject([{ conversation: 'one', turns: 0 }])
    await store([fact('prompt', origin(1), start + hour)])
    expect(await rows('telemetry_conversations')).toMatchObject([{ conversation: 'one', turns: 1 }])
    expect(await countOf('telemetry_people')).toBe(1)
  })

  it('is forgotten of one person, and of nobody else; sums stay', async () => {
    await store([
      fact('prompt', origin(1), start),
      fact('prompt', origin(1), start, { conversation: '' }),
      fact('prompt', origin(3), start),
    ])
    expect(await forgotten('mem_1')).toEqual({ facts: 2, conversations: 2, days: 1 })
    expect((await rows('telemetry_people')).map((p) => p.principal_id)).toEqual(['mem_3'])
    for (const table of ['telemetry_facts', 'telemetry_days', 'telemetry_origins'] as const)
      expect(await countOf(table)).toBe(1)
    expect((await rows('telemetry_usage')).reduce((sum, row) => sum + row.turns, 0)).toBe(3)
    // She may come back, as somebody new.
    await store([fact('prompt', origin(1), start)])
    expect(await countOf('telemetry_people')).toBe(2)
  })

  it('gives commands to try a policy on, newest first, without names', async () => {
    const ran = (command: string) =>
      fact('tool_result', origin(1), start, {
        outcome: 'ran',
        program: 'git',
        content: JSON.stringify({ command }),
      })
    await store([ran('git push'), ran('["git","fetch"]'), fact('tool_result', origin(1), start)])
    expect(await read(() => recordedCommands(10))).toEqual([
      { command: ['git', 'fetch'], at: start },
      { command: 'git push', at: start },
    ])
    await engine.db.tx(() => run(q.deleteFrom('telemetry_facts')))
    expect(await read(() => recordedCommands(10))).toEqual([])
  })
})
