import type { Fact, Origin } from '#features/telemetry/facts/index.ts'
import { draft } from '#features/telemetry/facts/fact.ts'
import { day, hour, minute } from '#kernel/clock.ts'

/** What agents of an invented company report: the same in every run with the same numbers. */
export interface Company {
  readonly people: number
  readonly groups: number
  /** Midnight UTC of the first day. */
  readonly from: number
  readonly days: number
  /** Events of all of it. */
  readonly events: number
  readonly seed?: number
}

const models = ['gpt-5.1-codex', 'gpt-5.1', 'gpt-5-mini'] as const
const clients = [
  ['codex_cli_rs', 'cli'],
  ['codex_exec', 'cli'],
  ['codex_vscode', 'ide'],
  ['codex_desktop', 'desktop'],
] as const
const versions = ['0.167.0', '0.168.1', '0.169.0'] as const
const programs = ['git', 'npm', 'ls', 'rg', 'cargo', 'curl', 'rm', 'make'] as const

export const memberOf = (n: number): string => `mem_${String(n).padStart(5, '0')}`
export const groupOf = (n: number): string => `grp_${String(n).padStart(3, '0')}`

export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Everybody is in one department, and every third person in one group more; each prefers a client and a model. */
export function originsOf(
  { people, groups }: Company,
  next: () => number,
): readonly (readonly [Origin, string])[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  return Array.from({ length: people }, (_, n) => {
    const [originator, surface] = pick(clients)
    const held = [groupOf(n % groups), ...(n % 3 === 0 ? [groupOf((n * 7 + 1) % groups)] : [])]
    const origin: Origin = {
      personKind: 'member',
      principalId: memberOf(n),
      clientKind: 'client',
      clientId: `cli_${n}`,
      host: `host-${n}`,
      originator,
      version: pick(versions),
      surface,
      groups: [...new Set(held)].sort().join(' '),
      policyVersion: n % 10 === 0 ? '' : `ver_${n % 2}`,
    }
    return [origin, pick(models)] as const
  })
}

/** The facts of one day: two thirds of the people on a working day, from 7 to 19 o'clock UTC, some at any time. */
export function* factsOfDay(company: Company, start: number): Generator<Fact> {
  const next = random((company.seed ?? 1) * 7919 + start / day)
  const origins = originsOf(company, random(company.seed ?? 1))
  const weekend = [0, 6].includes(new Date(start).getUTCDay())
  const perDay = company.events / company.days / 0.76
  const count = Math.round(weekend ? perDay * 0.16 : perDay)
  const there = origins.filter(() => next() < (weekend ? 0.1 : 0.66))
  for (let n = 0; n < count && there.length > 0; n++) {
    const [origin, model] = there[Math.floor(next() * there.length)] as (typeof origins)[number]
    const at = Math.floor(
      next() < 0.05 ? start + next() * day : start + 7 * hour + next() * 12 * hour,
    )
    yield factOf(
      origin,
      model,
      at,
      next,
      `${origin.clientId}-${Math.floor((at - start) / (90 * minute))}`,
    )
  }
}

function factOf(
  origin: Origin,
  model: string,
  at: number,
  next: () => number,
  conversation: string,
): Fact {
  const kind = next()
  const made = (of: Fact['kind'], name: string) =>
    Object.assign(draft(at, at, origin, of, name), {
      model,
      conversation: `${conversation}-${Math.floor(at / day)}`,
    })
  if (kind < 0.1)
    return Object.assign(made('prompt', 'codex.user_prompt'), { length: Math.floor(next() * 900) })
  if (kind < 0.35) {
    const tokensInput = 1000 + Math.floor(next() * 90_000)
    return Object.assign(made('tokens', 'codex.sse_event'), {
      tokensInput,
      tokensCached: Math.floor(tokensInput * next()),
      tokensOutput: Math.floor(next() * 3000),
      tokensReasoning: 0,
    })
  }
  if (kind < 0.45)
    return Object.assign(made('first_token', 'codex.turn_ttft'), {
      durationMs: Math.floor(200 + next() ** 3 * 20_000),
    })
  if (kind < 0.7) {
    const status = next() < 0.02 ? 429 : 200
    return Object.assign(made('api_request', 'codex.api_request'), {
      status,
      success: status === 200 ? 1 : 0,
      durationMs: Math.floor(next() * 4000),
    })
  }
  const program = programs[Math.floor(next() ** 2 * programs.length)] ?? 'ls'
  const forbidden = program === 'rm' || program === 'curl'
  return Object.assign(made('tool_result', 'codex.tool_result'), {
    tool: 'exec_command',
    program,
    outcome: forbidden ? 'denied' : next() < 0.05 ? 'failed' : 'ran',
    success: forbidden ? 0 : 1,
    decision: 'approved',
    decidedBy: next() < 0.8 ? 'config' : 'user',
    rule: forbidden ? `${program} | forbidden` : '',
    ruleDecision: forbidden ? 'forbidden' : '',
    durationMs: Math.floor(next() * 900),
  } as const)
}
