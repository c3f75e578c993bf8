import type { Event } from '../conversations/schema.ts'

/** A tool call: what was decided, and what came of it. Either may be missing. */
export interface Call {
  readonly kind: 'call'
  readonly at: number
  readonly id: string
  readonly tool: string
  readonly program: string
  /** What was kept of the text. */
  readonly command: string
  readonly args: string
  readonly output: string
  readonly outputLength: number | null
  /** `waiting`: allowed, and no result has come. */
  readonly outcome: 'ran' | 'failed' | 'denied' | 'waiting'
  readonly decision: string
  readonly decidedBy: string
  readonly rule: string
  readonly ruleDecision: string
  readonly durationMs: number | null
}

export interface Other {
  readonly kind: 'event'
  readonly at: number
  readonly event: Event
}

export type Step = Call | Other

/** What asking the model came to in a turn. */
export interface Model {
  readonly requests: number
  readonly ms: number
  readonly firstTokenMs: number | null
  readonly input: number
  readonly cached: number
  readonly output: number
}

export interface Turn {
  /** The number of its prompt's event; 0 for what came before the first prompt. */
  readonly id: number
  readonly prompt: Event | null
  readonly from: number
  readonly until: number
  readonly steps: readonly Step[]
  readonly model: Model
  readonly denied: number
  readonly failed: number
  readonly traceIds: readonly string[]
}

/** What is summed up in a turn's model line where nothing went wrong with it. */
const ofModel: ReadonlySet<string> = new Set(['api_request', 'stream', 'tokens', 'first_token'])
const ofCalls: ReadonlySet<string> = new Set(['tool_decision', 'tool_result'])

/**
 * Takes a conversation apart into turns: each begins with a prompt, and what the client says before the first one stands in one
 * of its own. A call's decision and its result are one step, wherever the two were received. Events may come in any order.
 */
export function turnsOf(events: readonly Event[]): readonly Turn[] {
  const sorted = events.toSorted((a, b) => a.at - b.at || a.id - b.id)
  const calls = callsOf(sorted)
  const parts: Event[][] = [[]]
  for (const event of sorted)
    if (event.kind === 'prompt') parts.push([event])
    else parts.at(-1)?.push(event)
  return parts.filter((part) => part.length > 0).map((part) => turnOf(part, calls))
}

/** By the event that came first of each. */
function callsOf(sorted: readonly Event[]): ReadonlyMap<number, readonly Event[]> {
  const byCall = new Map<string, Event[]>()
  for (const event of sorted) {
    if (!ofCalls.has(event.kind)) continue
    const key = event.callId ?? `#${event.id}`
    const known = byCall.get(key)
    if (known) known.push(event)
    else byCall.set(key, [event])
  }
  return new Map([...byCall.values()].map((of) => [of[0]?.id ?? 0, of]))
}

function turnOf(part: readonly Event[], calls: ReadonlyMap<number, readonly Event[]>): Turn {
  const [first] = part
  const prompt = first?.kind === 'prompt' ? first : null
  const steps: Step[] = []
  for (const event of part) {
    if (event === prompt || event.kind === 'startup') continue
    if (ofModel.has(event.kind) && event.success !== false) continue
    if (!ofCalls.has(event.kind)) steps.push({ kind: 'event', at: event.at, event })
    const of = calls.get(event.id)
    if (of) steps.push(callOf(of))
  }
  const bad = (outcome: Call['outcome']): number =>
    steps.filter((step) => step.kind === 'call' && step.outcome === outcome).length
  return {
    id: prompt?.id ?? 0,
    prompt,
    from: first?.at ?? 0,
    until: part.at(-1)?.at ?? 0,
    steps,
    model: modelOf(part),
    denied: bad('denied'),
    failed:
      bad('failed') + steps.filter((s) => s.kind === 'event' && s.event.success === false).length,
    traceIds: [...new Set(part.flatMap(({ traceId }) => traceId ?? []))],
  }
}

const text = (of: Event | undefined, name: string): string => {
  const value = of?.content?.[name]
  return typeof value === 'string' ? value : ''
}

function callOf(of: readonly Event[]): Call {
  const result = of.findLast((event) => event.kind === 'tool_result')
  const decided = of.find((event) => event.kind === 'tool_decision')
  const [first] = of
  const decision = result?.decision ?? decided?.decision ?? ''
  return {
    kind: 'call',
    at: first?.at ?? 0,
    id: first?.callId ?? '',
    tool: (result ?? decided)?.tool ?? '',
    program: result?.program ?? '',
    command: text(result, 'command'),
    args: text(result, 'arguments'),
    output: text(result, 'output'),
    outputLength: result?.length ?? null,
    outcome: result?.outcome ?? (refuses(decision) ? 'denied' : 'waiting'),
    decision,
    decidedBy: result?.decidedBy ?? decided?.decidedBy ?? '',
    rule: result?.rule ?? '',
    ruleDecision: result?.ruleDecision ?? '',
    durationMs: result?.durationMs ?? null,
  }
}

const refuses = (decision: string): boolean => decision !== '' && !decision.startsWith('approved')

function modelOf(part: readonly Event[]): Model {
  const sum = (of: (event: Event) => number): number => part.reduce((n, e) => n + of(e), 0)
  return {
    requests: part.filter(({ kind }) => kind === 'api_request').length,
    ms: sum((e) => (e.kind === 'api_request' ? (e.durationMs ?? 0) : 0)),
    firstTokenMs: part.find(({ kind }) => kind === 'first_token')?.durationMs ?? null,
    input: sum((e) => e.tokens?.input ?? 0),
    cached: sum((e) => e.tokens?.cached ?? 0),
    output: sum((e) => e.tokens?.output ?? 0),
  }
}
