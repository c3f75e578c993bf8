import { countOf, textOf } from '../attributes.ts'
import { contentOf } from '../content.ts'
import type { EventKind } from '../fact.ts'

/** What the client writes where `log_user_prompt` is off. */
const hidden = '[REDACTED]'

/** One turn: what a person, or a program that calls the agent, asks for. */
export const userPrompt: EventKind = {
  kind: 'prompt',
  known: new Set(['prompt_length', 'prompt']),
  fill(fact, { attributes }, { content, redact }) {
    const prompt = textOf(attributes, 'prompt')
    fact.length = countOf(attributes, 'prompt_length') ?? (prompt === hidden ? null : prompt.length)
    if (prompt !== hidden && (content.level === 'all' || content.level === 'redacted'))
      fact.content = contentOf({ prompt }, redact)
  },
}
