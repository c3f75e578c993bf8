import type { Fact } from '../facts/index.ts'
import { measures, type Measures } from '../tables.ts'

export type Sum = { -readonly [Measure in keyof Measures]: number }

export const noSum = (): Sum => ({
  events: 0,
  conversations: 0,
  turns: 0,
  prompt_chars: 0,
  tool_calls: 0,
  failed_calls: 0,
  denied_calls: 0,
  approved_by_config: 0,
  approved_by_user: 0,
  refused_by_config: 0,
  refused_by_user: 0,
  api_requests: 0,
  api_failures: 0,
  tokens_input: 0,
  tokens_cached: 0,
  tokens_cache_write: 0,
  tokens_output: 0,
  tokens_reasoning: 0,
})

export function addSum(to: Sum, more: Measures): void {
  for (const measure of measures) to[measure] += more[measure]
}

/** Spans and metrics say again what logs say: they are kept, not counted. Analytics events show presence (`isEvent`). */
export const counts = ({ kind }: Fact): boolean => kind !== 'span' && kind !== 'metric'

/** A client that posts analytics events says the same over OTLP, and would count twice. */
export const isEvent = ({ kind }: Fact): boolean => kind !== 'analytics'

/** The client's own words: `approved`, `approved_for_session`, … ; all others are refusals. */
export const approves = (decision: string): boolean => decision.startsWith('approved')

/**
 * Adds what one fact counts.
 * @param begins the first fact in which a conversation says what it runs with
 */
export function addFact(sum: Sum, fact: Fact, begins: boolean): void {
  if (isEvent(fact)) sum.events += 1
  switch (fact.kind) {
    case 'conversation':
      if (begins) sum.conversations += 1
      return
    case 'prompt':
      sum.turns += 1
      sum.prompt_chars += fact.length ?? 0
      return
    case 'api_request':
      sum.api_requests += 1
      if (fact.success === 0) sum.api_failures += 1
      return
    case 'tokens':
      sum.tokens_input += fact.tokensInput ?? 0
      sum.tokens_cached += fact.tokensCached ?? 0
      sum.tokens_cache_write += fact.tokensCacheWrite ?? 0
      sum.tokens_output += fact.tokensOutput ?? 0
      sum.tokens_reasoning += fact.tokensReasoning ?? 0
      return
    case 'tool_decision': {
      const user = fact.decidedBy === 'user'
      if (approves(fact.decision)) sum[user ? 'approved_by_user' : 'approved_by_config'] += 1
      else sum[user ? 'refused_by_user' : 'refused_by_config'] += 1
      return
    }
    case 'tool_result':
      sum.tool_calls += 1
      if (fact.outcome === 'failed') sum.failed_calls += 1
      if (fact.outcome !== 'denied') return
      sum.denied_calls += 1
      // The client reports no decision where a rule of the policy forbids the command.
      if (fact.decision === '') sum.refused_by_config += 1
      return
    default:
  }
}
