import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { decode } from '../otlp/decode.ts'
import type { Attributes, OtlpLog, Value } from '../otlp/records.ts'
import type { ContentLevel, TakeContext } from '../take.ts'
import { factsOfLogs } from './logs.ts'

const receivedAt = Date.UTC(2026, 10, 23, 21, 30)
const policyText = `[rules]
prefix_rules = [
  { pattern = [{ token = "zzforbidden" }], decision = "forbidden", justification = "Not on our machines." },
  { pattern = [{ token = "git" }, { any_of = ["push", "fetch"] }], decision = "prompt" },
]
`
const context = (
  level: ContentLevel = 'nothing',
  patterns: readonly string[] = [],
): TakeContext => ({
  claims: { kind: 'client', id: 'cli_1', principalId: 'mem_1', versionId: 'ver_1' },
  sender: { kind: 'member', id: 'mem_1', label: 'Ines', groupIds: ['grp_b', 'grp_a', 'grp_b'] },
  receivedAt,
  content: { level, patterns },
  policyText,
})
const samples = new URL('../otlp/samples/', import.meta.url)
const sent = (name: string): readonly OtlpLog[] => {
  const batch = decode('logs', 'protobuf', readFileSync(new URL(name, samples)))
  return batch.signal === 'logs' ? batch.records : []
}
const resource = { attributes: new Map<string, Value>([['host.name', 'laptop']]) }
const log = (
  attributes: Readonly<Record<string, Value>>,
  more: Partial<OtlpLog> = {},
): OtlpLog => ({
  resource,
  scope: 'codex_otel.log_only',
  attributes: new Map(Object.entries(attributes)),
  dropped: 0,
  time: 0,
  observed: receivedAt - 1000,
  severity: 9,
  name: '',
  body: null,
  traceId: 'c5d5f3bb238073f47956ce12cf441cb8',
  spanId: 'bdbec83c70937eb1',
  ...more,
})
const result = (args: object, output = 'ok', success = 'true', tool = 'exec_command') =>
  log({
    'event.name': 'codex.tool_result',
    tool_name: tool,
    call_id: 'call_1',
    arguments: JSON.stringify(args),
    output,
    success,
    duration_ms: '12',
  })
const only = (record: OtlpLog, of = context()) => {
  const [fact] = factsOfLogs([record], of)
  if (!fact) throw new Error('no fact')
  return fact
}

describe('facts of what the real client sends', () => {
  it('says of each record what it is', () => {
    const facts = factsOfLogs(sent('logs.bin'), context())
    const count = (kind: string) => facts.filter((fact) => fact.kind === kind).length
    expect(facts).toHaveLength(31)
    expect(
      ['conversation', 'prompt', 'tokens', 'tool_decision', 'tool_result', 'other'].map(count),
    ).toEqual([1, 1, 4, 2, 3, 1])
    expect(facts[0]).toMatchObject({
      reported: { approvalPolicy: 'never', sandboxPolicy: 'read-only', mcpServers: '' },
      model: 'mock',
      origin: {
        surface: 'cli',
        originator: 'codex_exec',
        version: '0.169.0',
        groups: 'grp_a grp_b',
      },
    })
    expect(JSON.parse(facts[0]?.reported?.rest ?? '')).toMatchObject({
      provider_name: 'Mock model',
    })
    expect(new Set(facts.map((fact) => fact.origin)).size).toBeLessThanOrEqual(2)
  })

  it('runs the rules of the policy over a command before it drops it', () => {
    const denied = factsOfLogs(sent('logs.bin'), context()).find(
      (fact) => fact.outcome === 'denied',
    )
    expect(denied).toMatchObject({
      program: 'zzforbidden',
      rule: 'zzforbidden',
      ruleDecision: 'forbidden',
      content: null,
    })
  })
})

describe('a fact', () => {
  it('belongs to the sender of the token, whatever the record says', () => {
    const fact = only(log({ 'event.name': 'codex.user_prompt', 'user.email': 'ceo@acme.example' }))
    expect(fact.origin).toMatchObject({ principalId: 'mem_1', host: 'laptop' })
    expect(JSON.stringify(fact)).not.toContain('ceo@')
  })

  it.each([
    ['1970', 1],
    ['the zero of all clocks', 0],
    ['2100', Date.UTC(2100, 0, 1)],
    ['a moment too far ahead', receivedAt + day + 1],
  ])('counts at the receipt where it says %s', (_, said) => {
    const fact = only(log({ 'event.name': 'codex.turn_ttft' }, { time: said, observed: said }))
    expect(fact).toMatchObject({ at: receivedAt, reportedAt: said })
  })

  it('counts when it happened, where that can be', () => {
    const said = receivedAt + day
    expect(only(log({}, { time: said }))).toMatchObject({ at: said, reportedAt: null })
    const stamped = log({ 'event.timestamp': '2026-11-22T19:40:08.490Z' }, { observed: 0 })
    expect(only(stamped).at).toBe(Date.UTC(2026, 10, 22, 19, 40, 8, 490))
  })

  it.each([
    ['a line', { cmd: 'git push --force' }, 'exec_command', 'git', 'git {push,fetch}', 'prompt'],
    [
      'a list',
      { command: ['bash', '-lc', 'cd x && zzforbidden'] },
      'shell',
      'zzforbidden',
      'zzforbidden',
      'forbidden',
    ],
    ['a path', { cmd: '/usr/bin/ls -l' }, 'exec_command', 'ls', '', 'allow'],
    [
      'a script for one run',
      { cmd: '/tmp/tmp.aB12.sh -x' },
      'exec_command',
      '(script)',
      '',
      'allow',
    ],
    [
      'a list without end',
      { command: ['git', 'push', 'x'.repeat(90_000)] },
      'shell',
      'git',
      'git {push,fetch}',
      'prompt',
    ],
    ['assignments', { cmd: 'A=$(x) make all' }, 'exec_command', 'make', '', 'allow'],
  ])('names the program and the rule of %s', (_, args, tool, program, rule, ruleDecision) => {
    expect(only(result(args, 'ok', 'true', tool))).toMatchObject({ program, rule, ruleDecision })
  })

  it('runs no rules over what is no command', () => {
    const fact = only(result({ chars: 'zzforbidden' }, 'ok', 'true', 'write_stdin'))
    expect(fact).toMatchObject({ program: '', rule: '', ruleDecision: '' })
  })

  it('tells a call that was refused from one that failed', () => {
    const by = (output: string) => only(result({ cmd: 'x' }, output, 'false')).outcome
    expect(by('exec_command failed: CreateProcess { message: "Rejected(\\"…\\")" }')).toBe('denied')
    expect(by('rejected by user')).toBe('denied')
    expect(by('Process exited with code 1')).toBe('failed')
    expect(by('error[E0308]\n  expected Ok(x), found Rejected(y)')).toBe('failed')
  })
})

describe('the content policy', () => {
  const prompt = log({
    'event.name': 'codex.user_prompt',
    prompt: 'my secret plan',
    prompt_length: '14',
  })
  const call = result({ cmd: 'curl -H token:abc123 x' }, 'the secret answer')
  const kept = (record: OtlpLog, of: TakeContext): unknown =>
    JSON.parse(only(record, of).content ?? 'null')

  it('keeps nothing, commands, what is left of all, or all', () => {
    expect([kept(prompt, context()), kept(call, context())]).toEqual([null, null])
    expect(kept(prompt, context('commands'))).toBeNull()
    expect(kept(call, context('commands'))).toEqual({ command: 'curl -H token:abc123 x' })
    expect(kept(call, context('redacted', ['token:\\w+', 'secret']))).toEqual({
      command: 'curl -H [redacted] x',
      output: 'the [redacted] answer',
    })
    expect(kept(prompt, context('all'))).toEqual({ prompt: 'my secret plan' })
    expect(only(prompt).length).toBe(14)
  })

  it('says how long a text was that it cut', () => {
    const long = result({ cmd: 'x' }, 'o'.repeat(100_000))
    expect(kept(long, context('all'))).toMatchObject({ command: 'x', cut: { output: 100_000 } })
  })

  it('keeps of an unknown event what names something, and the length of what may be written by somebody', () => {
    const unknown = log({ 'event.name': 'codex.novel', id: 'abc-1', said: 'two words', n: 7 })
    for (const level of ['nothing', 'commands', 'redacted', 'all'] as const)
      expect(JSON.parse(only(unknown, context(level)).extra ?? '')).toMatchObject({
        id: 'abc-1',
        said: { length: 9 },
        n: 7,
      })
    // The text goes when the time of text is over, with all the other text.
    expect([kept(unknown, context('nothing')), kept(unknown, context('commands'))]).toEqual([
      null,
      null,
    ])
    expect(kept(unknown, context('all'))).toEqual({ others: { said: 'two words' } })
    expect(kept(unknown, context('redacted', ['nothing here', 'wo\\w+']))).toEqual({
      others: { said: 'two [redacted]' },
    })
    const named = log({ ...Object.fromEntries(call.attributes), 'error.message': 'it broke off' })
    expect(kept(named, context('all'))).toMatchObject({
      output: 'the secret answer',
      others: { 'error.message': 'it broke off' },
    })
  })
})

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
  ),
})).value
const names = [
  'event.name',
  'conversation.id',
  'model',
  'tool_name',
  'call_id',
  'arguments',
  'output',
  'success',
  'duration_ms',
  'input_token_count',
  'output_token_count',
  'decision',
  'source',
  'prompt',
  'prompt_length',
  'http.response.status_code',
  'event.timestamp',
  '__proto__',
  'cut',
]
const events = [
  'codex.conversation_starts',
  'codex.user_prompt',
  'codex.api_request',
  'codex.sse_event',
  'codex.tool_decision',
  'codex.tool_result',
  'codex.turn_ttft',
  'codex.startup_phase',
  'codex.never_heard_of',
]
const attributes: fc.Arbitrary<Attributes> = fc
  .tuple(
    fc.constantFrom(...events),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), value), { maxLength: 12 }),
  )
  .map(([name, entries]) => new Map<string, Value>([...entries, ['event.name', name]]))

describe('hostile records', () => {
  it('become one fact each, of bounded size, with numbers that a column takes', () => {
    fc.assert(
      fc.property(
        attributes,
        fc.constantFrom<ContentLevel>('nothing', 'commands', 'redacted', 'all'),
        fc.double({ noNaN: true }),
        (given, level, time) => {
          const fact = only(log({}, { attributes: given, time }), context(level, ['a+']))
          for (const [, field] of Object.entries(fact))
            if (typeof field === 'number') expect(Number.isSafeInteger(field)).toBe(true)
          for (const text of [fact.content, fact.extra])
            if (text !== null) expect(JSON.parse(text)).toBeTypeOf('object')
          for (const text of [fact.model, fact.tool, fact.callId, fact.program, fact.rule])
            expect(text.length).toBeLessThanOrEqual(200)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('add up to numbers that every engine and reader takes', () => {
    const huge = fc.constantFrom<Value>(Number.MAX_SAFE_INTEGER, '9007199254740991', 1e300, '1e400')
    fc.assert(
      fc.property(huge, (count) => {
        const counts = ['input_token_count', 'output_token_count', 'duration_ms', 'prompt_length']
        for (const name of ['codex.sse_event', 'codex.user_prompt', 'codex.tool_result']) {
          const fact = only(
            log({
              'event.name': name,
              ...Object.fromEntries(counts.map((counted) => [counted, count])),
            }),
          )
          for (const field of [fact.tokensInput, fact.tokensOutput, fact.durationMs, fact.length])
            expect((field ?? 0) * 10_000_000).toBeLessThan(2 ** 53)
        }
      }),
    )
    const fact = only(log({ 'event.name': 'codex.sse_event', input_token_count: 2 ** 53 - 1 }))
    // What came stands beside what counts.
    expect([fact.tokensInput, JSON.parse(fact.extra ?? '')]).toEqual([
      100_000_000,
      { input_token_count: 2 ** 53 - 1 },
    ])
  })

  it('keep no word of a prompt or an answer where nothing is to be kept', () => {
    const places = ['prompt', 'arguments', 'output', 'error.message', 'said', 'cut', '__proto__']
    const texts = [
      'the secret words',
      '秘密の計画を誰にも言わない',
      'sk-proj-Ab3dEf9hIjKl2nOp',
      'AKIAIOSFODNN7EXAMPLE',
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      '/home/alice/merger-x.md',
      'https://acme.example/?q=secret',
      'alice@acme.example',
    ]
    const levels = ['nothing', 'commands'] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...events),
        fc.constantFrom(...places),
        fc.constantFrom(...texts),
        fc.constantFrom(...levels),
        (name, place, text, level) => {
          const wrapped: readonly Value[] = [text, [text], { a: text }, { [text]: 1 }]
          for (const value of wrapped) {
            const attributes = new Map<string, Value>([
              [place, value],
              [text, 1],
              ['event.name', name],
            ])
            const fact = only(log({}, { attributes, body: value }), context(level))
            expect(JSON.stringify(fact)).not.toContain(JSON.stringify(text).slice(1, -1))
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
