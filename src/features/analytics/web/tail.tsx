import { useState } from 'react'
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { z } from 'zod'
import {
  Empty,
  ErrorState,
  exactTime,
  FilterBox,
  Link,
  Loading,
  Page,
  plural,
  useAddress,
  useApi,
} from '#web/kit/index.ts'
import { tailShows, type TailEvent } from '../conversations/schema.ts'
import { choices } from '../schema.ts'
import { EventMark, eventWords, PersonsOnly, RuleMark } from './conversation-words.tsx'
import { useTail } from './use-tail.ts'

/** What clients report, as it comes. */
export function TailScreen() {
  return (
    <Page
      title="Live tail"
      trail={[{ label: 'Conversations', to: '/conversations' }]}
      about="What clients report, as it comes: their own word. That you look is recorded in the audit trail."
    >
      <PersonsOnly>
        <Tail />
      </PersonsOnly>
    </Page>
  )
}

const text = z.string().optional().catch(undefined)
const view = z.object({
  show: z.enum(tailShows).catch('all').default('all'),
  q: text,
  group: text,
  surface: text,
  client: text,
})
const showWords: Readonly<Record<(typeof tailShows)[number], string>> = {
  all: 'Everything',
  calls: 'Tool calls',
  prompts: 'Prompts',
  denied: 'What was denied',
  failed: 'What failed',
}
const boxes = ['group', 'surface', 'client'] as const

function Tail() {
  const [state, setState] = useAddress(view)
  const [paused, setPaused] = useState(false)
  const offered = useApi(['analytics', 'choices'], '/api/v1/analytics/choices', choices)
  const query = Object.fromEntries(
    Object.entries(state).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  const { events, passed, error, again } = useTail(query, paused)
  const known = offered.data
  const options = {
    group: known?.groups.map(({ id, name }) => ({ value: id, label: name })) ?? [],
    surface: known?.surfaces ?? [],
    client: known?.clients ?? [],
  }
  return (
    <Stack gap="sm">
      <Group className="gh-toolbar" gap="xs" mb={0}>
        <FilterBox
          label="Filter by name"
          placeholder="Name or e-mail"
          value={state.q ?? ''}
          onChange={(q) => setState({ q: q === '' ? undefined : q }, { replace: true })}
        />
        <NativeSelect
          aria-label="What"
          value={state.show}
          onChange={(event) => setState({ show: event.currentTarget.value as 'all' })}
          data={tailShows.map((value) => ({ value, label: showWords[value] }))}
        />
        {boxes.map((key) => (
          <NativeSelect
            key={key}
            aria-label={key.charAt(0).toUpperCase() + key.slice(1)}
            value={state[key] ?? ''}
            onChange={(event) => setState({ [key]: event.currentTarget.value || undefined })}
            data={[{ value: '', label: `Every ${key}` }, ...options[key]]}
          />
        ))}
        <Button
          ml="auto"
          variant={paused ? 'filled' : 'default'}
          leftSection={paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? 'Go on' : 'Pause'}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" role="status">
        {paused
          ? 'Paused. What comes meanwhile is shown when you go on.'
          : 'Looked at every two seconds. Times are UTC.'}
        {passed > 0 && ` ${plural(passed, 'event')} came too fast to be looked at here.`}
      </Text>
      {error !== undefined && error !== null && <ErrorState error={error} onRetry={again} />}
      {events === undefined ? (
        error === undefined || error === null ? (
          <Loading lines={8} />
        ) : null
      ) : events.length === 0 ? (
        <Empty title="Nothing has come yet">
          Clients send what they report every few seconds while they work. It appears here by
          itself.
        </Empty>
      ) : (
        <ul className="gh-talk-tail" aria-label="What came, newest first">
          {events.map((event) => (
            <Line key={event.id} of={event} />
          ))}
        </ul>
      )}
    </Stack>
  )
}

function Line({ of }: { readonly of: TailEvent }) {
  const command = of.content?.['command']
  const [date, time] = exactTime(of.at).split(' ')
  return (
    <li>
      <time dateTime={new Date(of.at).toISOString()} className="gh-time">
        {time}
        <div className="gh-under">{date}</div>
      </time>
      <span>
        <Link to={`/conversations/${of.conversation.id}`}>{of.who || 'unknown'}</Link>
        <div className="gh-under">{of.client}</div>
      </span>
      <div className="gh-talk-what">
        {eventWords(of)} <RuleMark rule={of.rule} says={of.ruleDecision} />
        {typeof command === 'string' && <code className="gh-talk-command">{command}</code>}
      </div>
      <span>
        <EventMark of={of} />
      </span>
    </li>
  )
}
