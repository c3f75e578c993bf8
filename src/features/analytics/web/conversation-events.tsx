import { useMemo } from 'react'
import { Button, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { api, Empty, ErrorState, exactTime, Loading, Rows, type Column } from '#web/kit/index.ts'
import { eventList, type ConversationPage, type Event } from '../conversations/schema.ts'
import { turnsOf, type Turn as TurnOf } from './conversation-turns.ts'
import { Turn } from './conversation-turn.tsx'
import { EventMark, eventWords, Fields, path, RuleMark } from './conversation-words.tsx'

/** What was reported of a conversation, piece by piece: as turns, or each event as it came. */
export function EventsOf({
  conversation,
  as,
}: {
  readonly conversation: ConversationPage
  readonly as: 'turns' | 'events'
}) {
  const { id, name, kept } = conversation
  // What stands outside of conversations has no beginning to read from.
  const order = name === '' ? 'newest' : 'oldest'
  const pages = useInfiniteQuery({
    queryKey: ['conversations', id, 'events', order],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.get(`${path}/${id}/events`, {
        query: { cursor: pageParam, order },
        schema: eventList,
        signal,
      }),
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const events = useMemo(() => pages.data?.pages.flatMap(({ items }) => items) ?? [], [pages.data])
  if (pages.data === undefined)
    return pages.isError ? (
      <ErrorState error={pages.error} onRetry={() => pages.refetch()} />
    ) : (
      <Loading lines={8} />
    )
  if (events.length === 0)
    return (
      <Empty title="Its events are not kept any more">
        Events are kept for {kept.events} days. The sums above stay until the conversation itself is
        removed.
      </Empty>
    )
  return (
    <Stack gap="md">
      {as === 'turns' ? (
        numbered(turnsOf(events)).map(({ turn, number }) => (
          <Turn key={turn.id} of={turn} number={number} conversation={conversation} />
        ))
      ) : (
        <Rows label="Events" columns={columns} rows={events} rowKey={(event) => String(event.id)} />
      )}
      {pages.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show more
          </Button>
          <Text size="sm" c="dimmed">
            The first {events.length.toLocaleString('en')} events are shown.
          </Text>
        </Group>
      )}
    </Stack>
  )
}

const columns: readonly Column<Event>[] = [
  {
    key: 'at',
    header: 'Time (UTC)',
    cell: ({ at, reportedAt }) => (
      <>
        {exactTime(at).slice(0, 19)}
        {reportedAt !== null && (
          <div className="gh-under">said {exactTime(reportedAt)}, counts at receipt</div>
        )}
      </>
    ),
  },
  {
    key: 'what',
    header: 'What',
    cell: (event) => (
      <>
        {eventWords(event)} <EventMark of={event} />{' '}
        <RuleMark rule={event.rule} says={event.ruleDecision} />
        <div className="gh-under">{event.name}</div>
        {(event.content !== null || event.extra !== null) && (
          <details className="gh-talk-more">
            <summary>As it came</summary>
            <Fields of={event.content} />
            <Fields of={event.extra} />
          </details>
        )}
      </>
    ),
  },
]

/** Prompts are counted from 1; what came before the first is 0. */
function numbered(turns: readonly TurnOf[]) {
  const before = turns[0]?.prompt === null ? 0 : 1
  return turns.map((turn, i) => ({ turn, number: i + before }))
}
