import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../conversations/schema.ts'
import { turnsOf } from './conversation-turns.ts'

let next = 0
const made = (kind: string, at: number, rest: Partial<Event> = {}): Event => ({
  id: ++next,
  at,
  receivedAt: at,
  reportedAt: null,
  kind,
  name: `codex.${kind}`,
  model: '',
  tool: '',
  callId: null,
  decision: null,
  decidedBy: null,
  outcome: null,
  success: null,
  durationMs: null,
  status: null,
  tokens: null,
  length: null,
  program: '',
  rule: '',
  ruleDecision: '',
  content: null,
  extra: null,
  traceId: null,
  spanId: null,
  ...rest,
})

describe('turns of a conversation', () => {
  it('begin with a prompt; what comes before the first is one of its own', () => {
    const turns = turnsOf([
      made('conversation', 1),
      made('prompt', 2, { traceId: 'a' }),
      made('api_request', 3, { success: true, durationMs: 40 }),
      made('tokens', 4, {
        tokens: { input: 100, cached: 10, cacheWrite: 0, output: 5, reasoning: 0 },
      }),
      made('prompt', 9, { traceId: 'b' }),
      made('api_request', 10, { success: false, status: 429 }),
    ])
    expect(turns.map(({ prompt, steps }) => [prompt?.at ?? null, steps.length])).toEqual([
      [null, 1],
      [2, 0],
      [9, 1],
    ])
    expect(turns[1]).toMatchObject({
      from: 2,
      until: 4,
      model: { requests: 1, ms: 40, input: 100, cached: 10, output: 5 },
      traceIds: ['a'],
    })
    expect(turns[2]?.failed).toBe(1)
  })

  it('make one step of a decision and its result, in whatever order they came', () => {
    const decided = made('tool_decision', 5, {
      callId: 'c1',
      tool: 'exec_command',
      decision: 'approved',
      decidedBy: 'user',
    })
    const result = made('tool_result', 4, {
      callId: 'c1',
      tool: 'exec_command',
      program: 'ls',
      outcome: 'ran',
      content: { command: 'ls -l' },
    })
    for (const events of [
      [decided, result],
      [result, decided],
    ]) {
      const [turn] = turnsOf(events)
      expect(turn?.steps).toEqual([
        expect.objectContaining({
          kind: 'call',
          at: 4,
          command: 'ls -l',
          outcome: 'ran',
          decision: 'approved',
          decidedBy: 'user',
        }),
      ])
    }
  })

  it('say what has no result yet, and what was refused and has none', () => {
    const [turn] = turnsOf([
      made('tool_decision', 1, { callId: 'a', decision: 'approved' }),
      made('tool_decision', 2, { callId: 'b', decision: 'denied' }),
    ])
    expect(turn?.steps.map((step) => step.kind === 'call' && step.outcome)).toEqual([
      'waiting',
      'denied',
    ])
    expect(turn?.denied).toBe(1)
  })

  const kinds = ['prompt', 'tool_decision', 'tool_result', 'tokens', 'other', 'conversation']
  const events = fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.integer({ min: 0, max: 20 }),
      callId: fc.constantFrom('a', 'b', null),
    }),
    { maxLength: 30 },
  )
  it('lose no call and no unknown event, and show each once', () => {
    fc.assert(
      fc.property(events, (list) => {
        const all = list.map(({ kind, at, callId }) => made(kind, at, { callId }))
        const turns = turnsOf(all)
        const steps = turns.flatMap((turn) => turn.steps)
        const ofCalls = all.filter(({ kind }) => kind.startsWith('tool_'))
        const calls = new Set(ofCalls.map((e) => e.callId ?? e.id))
        expect(steps.filter(({ kind }) => kind === 'call')).toHaveLength(calls.size)
        const shown = steps.flatMap((step) => (step.kind === 'event' ? [step.event.id] : []))
        const others = all.filter(({ kind }) => kind === 'other' || kind === 'conversation')
        expect(new Set(shown)).toEqual(new Set(others.map(({ id }) => id)))
        expect(shown).toHaveLength(others.length)
        const prompts = all.filter(({ kind }) => kind === 'prompt')
        expect(turns.filter(({ prompt }) => prompt !== null)).toHaveLength(prompts.length)
      }),
    )
  })
})
