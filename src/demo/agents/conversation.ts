import { minute, second } from '#kernel/clock.ts'
import { decideCommand } from '#requirements/index.ts'
import type { Machine } from './machines.ts'
import type { Given } from './policy.ts'
import type { Random } from './random.ts'
import { tasksOf, type Task } from './work.ts'

/** One log record, before it is written as OTLP. */
export interface Said {
  /** ms */
  readonly at: number
  readonly attributes: Readonly<Record<string, string>>
  /** One for each turn. */
  readonly trace: string
}

export interface Session {
  readonly random: Random
  readonly machine: Machine
  readonly version: string
  readonly given: Given
  /** Whether what its owner changed holds already. */
  readonly loose: Machine['loose']
  readonly beginsAt: number
}

const models = {
  codex_exec: ['gpt-5.5-codex-mini', 'gpt-5.5-codex-mini', 'gpt-5.5-codex'],
  codex_vscode: ['gpt-5.5-codex', 'gpt-5.5-codex', 'gpt-5.5'],
  codex_cli_rs: ['gpt-5.5-codex', 'gpt-5.5-codex', 'gpt-5.5-codex-mini', 'gpt-5.5'],
} as const

/** What the client reports of one conversation, in order (the events of Codex 0.169). */
export function conversation(session: Session): readonly Said[] {
  const { random, machine, version, given, loose, beginsAt } = session
  const said: Said[] = []
  const common = {
    'conversation.id': idAt(beginsAt, random),
    'app.version': version,
    originator: machine.originator,
    'terminal.type': machine.originator === 'codex_vscode' ? 'vscode' : 'xterm-256color',
    model: random.pick(models[machine.originator as keyof typeof models]),
  }
  const turn = { at: beginsAt, trace: random.hex(32), context: random.around(9000) }
  const say = (name: string, attributes: Readonly<Record<string, string>>): void => {
    const stamp = {
      'event.name': `codex.${name}`,
      'event.timestamp': new Date(turn.at).toISOString(),
    }
    said.push({
      at: turn.at,
      trace: turn.trace,
      attributes: { ...stamp, ...common, ...attributes },
    })
  }
  say('conversation_starts', {
    provider_name: 'OpenAI',
    auth_mode: machine.originator === 'codex_exec' ? 'ApiKey' : 'Chatgpt',
    reasoning_effort: 'medium',
    reasoning_summary: 'auto',
    approval_policy: loose?.approval ?? given.approval,
    sandbox_policy: loose?.sandbox ?? given.sandbox,
    mcp_servers: loose?.servers ?? given.servers,
  })
  const turns = machine.originator === 'codex_exec' ? 1 : random.pick([1, 1, 2, 3])
  for (let n = 0; n < turns; n++) {
    if (n > 0) turn.trace = random.hex(32)
    oneTurn(session, turn, say)
    turn.at += random.around(3 * minute)
  }
  return said
}

interface Turn {
  at: number
  trace: string
  /** Tokens that the model is given; it grows with every answer. */
  context: number
}
type Say = (name: string, attributes: Readonly<Record<string, string>>) => void

function oneTurn({ random, machine, given }: Session, turn: Turn, say: Say): void {
  const task: Task = random.pick(tasksOf(machine.team))
  say('user_prompt', { prompt_length: String(random.around(task.asks)), prompt: '[REDACTED]' })
  const first = random.around(1100)
  turn.at += first
  say('turn_ttft', { duration_ms: String(first) })
  for (const command of task.commands) {
    if (!askModel(random, turn, say)) return
    runCommand({ random, given, asks: machine.originator !== 'codex_exec' }, command, turn, say)
  }
  if (task.patches) {
    if (!askModel(random, turn, say)) return
    callTool(random, 'apply_patch', turn, say)
  }
  if (given.servers !== '' && random.chance(0.15)) callTool(random, 'docs__search', turn, say)
  askModel(random, turn, say)
}

/** @returns whether there was an answer */
function askModel(random: Random, turn: Turn, say: Say): boolean {
  const duration = random.around(2400)
  turn.at += duration
  if (random.chance(0.012)) {
    const status = random.pick(['429', '429', '503'])
    say('api_request', { duration_ms: String(duration), 'http.response.status_code': status })
    return false
  }
  say('api_request', { duration_ms: String(duration), 'http.response.status_code': '200' })
  const output = random.around(380)
  say('sse_event', {
    'event.kind': 'response.completed',
    input_token_count: String(turn.context),
    cached_token_count: String(Math.floor(turn.context * (0.6 + random.next() * 0.35))),
    output_token_count: String(output),
    reasoning_token_count: String(Math.floor(output * random.next() * 0.6)),
    tool_token_count: String(turn.context + output),
  })
  turn.context += output + random.around(900)
  return true
}

interface Running {
  readonly random: Random
  readonly given: Given
  /** Whether somebody is there to be asked. */
  readonly asks: boolean
}

/** The rules of the policy decide, and where they ask for a person, one who mostly says yes. */
function runCommand({ random, given, asks }: Running, command: string, turn: Turn, say: Say): void {
  const call = {
    tool_name: 'exec_command',
    tool_namespace: 'functions',
    call_id: `call_${random.hex(16)}`,
  }
  const { decision } = decideCommand(given.rules, command)
  const result = (duration: number, success: boolean): void => {
    turn.at += duration
    say('tool_result', {
      ...call,
      duration_ms: String(duration),
      success: String(success),
      arguments: JSON.stringify({ cmd: command }),
      output: '',
    })
  }
  // The client reports no decision where a rule forbids.
  if (decision === 'forbidden') {
    result(random.between(0, 2), false)
    return
  }
  const ask = decision === 'prompt' || (asks && random.chance(0.08))
  const answer = !ask ? 'approved' : asks && random.chance(0.85) ? 'approved' : 'denied'
  if (ask) turn.at += random.around(9 * second)
  say('tool_decision', { ...call, decision: answer, source: ask && asks ? 'User' : 'Config' })
  if (answer === 'denied') result(0, false)
  else result(random.around(700), random.chance(0.94))
}

function callTool(random: Random, tool: string, turn: Turn, say: Say): void {
  const call = { tool_name: tool, call_id: `call_${random.hex(16)}` }
  say('tool_decision', { ...call, decision: 'approved', source: 'Config' })
  const duration = random.around(120)
  turn.at += duration
  say('tool_result', { ...call, duration_ms: String(duration), success: 'true', arguments: '{}' })
}

/** A UUID of version 7, as the client makes them. */
function idAt(at: number, random: Random): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`
}
