import { Text } from '@mantine/core'
import { Loaded, plural, Status, useApi } from '#web/kit/index.ts'
import { trace, type Span } from '../conversations/schema.ts'
import { nested } from './conversation-spans.ts'
import { duration, Fields, path } from './conversation-words.tsx'

/** What the client traced of a turn, as bars over its time. */
export function Trace({
  conversationId,
  traceId,
  keptDays,
}: {
  readonly conversationId: string
  readonly traceId: string
  readonly keptDays: number
}) {
  const answer = useApi(
    ['conversations', conversationId, 'trace', traceId],
    `${path}/${conversationId}/traces/${traceId}`,
    trace,
  )
  return (
    <Loaded of={answer}>
      {({ spans, more }) =>
        spans.length === 0 ? (
          <Text size="sm" c="dimmed">
            There are no spans: the client sends them where traces are collected, and they are kept
            for {plural(keptDays, 'day')}.
          </Text>
        ) : (
          <>
            <Bars spans={spans} />
            {more && (
              <Text size="sm" c="dimmed">
                The first {spans.length} spans are shown.
              </Text>
            )}
          </>
        )
      }
    </Loaded>
  )
}

function Bars({ spans }: { readonly spans: readonly Span[] }) {
  const from = Math.min(...spans.map(({ at }) => at))
  const until = Math.max(...spans.map(({ at, ms }) => at + ms), from + 1)
  const share = (ms: number): number => Math.min(100, (100 * ms) / (until - from))
  return (
    <ol className="gh-talk-trace" aria-label="Spans of the turn">
      {nested(spans).map(({ span, depth }, i) => (
        <li key={`${i} ${span.id}`}>
          <details>
            <summary>
              <span className="gh-talk-span" style={{ paddingLeft: Math.min(depth, 8) * 12 }}>
                {span.name}
              </span>
              <span className="gh-talk-lane" aria-hidden>
                <span
                  className={span.failed ? 'gh-talk-bar gh-talk-failed' : 'gh-talk-bar'}
                  style={{
                    left: `${Math.min(99.5, share(span.at - from))}%`,
                    width: `${share(span.ms)}%`,
                  }}
                />
              </span>
              <span className="gh-talk-length">
                {span.failed && <Status meaning="removed">failed</Status>} {duration(span.ms)}
              </span>
            </summary>
            <Text size="xs" c="dimmed">
              {duration(span.at - from)} after the first
            </Text>
            <Fields of={span.extra} />
          </details>
        </li>
      ))}
    </ol>
  )
}
