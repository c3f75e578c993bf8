import { countOf, flagOf, nameOf, textOf } from '../attributes.ts'
import type { EventKind } from '../fact.ts'

/**
 * An event of the model's answer, over HTTP or a websocket. `response.completed` comes twice: with how long it took, and with its
 * tokens. `tool_token_count` is the sum of input and output (0.169), so it is not kept.
 */
export const sseEvent: EventKind = {
  kind: 'stream',
  known: new Set([
    'event.kind',
    'duration_ms',
    'success',
    'input_token_count',
    'cached_token_count',
    'cache_write_token_count',
    'output_token_count',
    'reasoning_token_count',
    'tool_token_count',
  ]),
  fill(fact, { attributes }) {
    const input = countOf(attributes, 'input_token_count')
    const output = countOf(attributes, 'output_token_count')
    fact.tool = nameOf(attributes, 'event.kind')
    fact.durationMs = countOf(attributes, 'duration_ms')
    if (input === null && output === null) {
      const failed = textOf(attributes, 'error.message') !== '' || fact.tool === 'response.failed'
      fact.success = failed ? 0 : flagOf(attributes, 'success')
      return
    }
    fact.kind = 'tokens'
    fact.tokensInput = input ?? 0
    fact.tokensCached = countOf(attributes, 'cached_token_count') ?? 0
    fact.tokensCacheWrite = countOf(attributes, 'cache_write_token_count') ?? 0
    fact.tokensOutput = output ?? 0
    fact.tokensReasoning = countOf(attributes, 'reasoning_token_count') ?? 0
  },
}
