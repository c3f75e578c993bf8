import type { Span } from '../conversations/schema.ts'

export interface Nested {
  readonly span: Span
  readonly depth: number
}

/**
 * Spans under their parents, in order of time. One whose parent is not there stands at the top; spans that are each other's
 * parents, which only a broken client sends, do too.
 */
export function nested(spans: readonly Span[]): readonly Nested[] {
  const ids = new Set(spans.map(({ id }) => id))
  const below = Map.groupBy(spans, ({ parent }) => (ids.has(parent) ? parent : ''))
  const seen = new Set<Span>()
  const found: Nested[] = []
  const waiting = (below.get('') ?? []).map((span) => ({ span, depth: 0 })).toReversed()
  const empty = (): void => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next.span)) continue
      seen.add(next.span)
      found.push(next)
      for (const span of (below.get(next.span.id) ?? []).toReversed())
        waiting.push({ span, depth: next.depth + 1 })
    }
  }
  empty()
  for (const span of spans) {
    if (seen.has(span)) continue
    waiting.push({ span, depth: 0 })
    empty()
  }
  return found
}
