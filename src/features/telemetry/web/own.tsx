import { Stack, Text } from '@mantine/core'
import { Facts, plural, Rows, Section, Time, useApi, type Column } from '#web/kit/index.ts'
import { ownReported, type OwnReported } from '../held/schema.ts'
import { ownTelemetry, type OwnTelemetry as Own } from '../schema.settings.ts'
import { levelWords } from './words.ts'

/** On the account page: what is collected of the one who looks. */
export function OwnTelemetry() {
  const { data } = useApi(['own-telemetry'], '/api/v1/me/telemetry', ownTelemetry)
  return (
    <Section title="What is collected of me">
      {data === undefined ? (
        <Text size="sm">…</Text>
      ) : data.collect ? (
        <Collected own={data} />
      ) : (
        <Text size="sm">Your clients are not told to report anything to this Gatehouse.</Text>
      )}
      <Reported />
    </Section>
  )
}

function Collected({ own }: { readonly own: Own }) {
  const { level, prompts, patterns, retention, relayedTo } = own
  return (
    <>
      <Text size="sm">
        Your clients report your conversations with the agent: when, with which model, how many
        tokens, which tools and programs, and what your policy decided.
      </Text>
      <Text size="sm" mt="xs">
        Kept of the text: {levelWords[level].means}{' '}
        {level === 'redacted' && `${plural(patterns, 'pattern')} are applied. `}
        {prompts
          ? 'What you type is sent and kept too.'
          : 'What you type does not leave your machine this way.'}
      </Text>
      <Text size="sm" mt="xs">
        Events are kept for {plural(retention.events, 'day')}, text in them for{' '}
        {plural(Math.min(retention.content, retention.events), 'day')}.
        {relayedTo !== null &&
          ` Everything is also passed on, as it came, to ${relayedTo}, where your organisation decides what is kept.`}
      </Text>
    </>
  )
}

/** What came, also from before collecting was turned off. */
function Reported() {
  const { data } = useApi(
    ['own-telemetry', 'reported'],
    '/api/v1/me/telemetry/reported',
    ownReported,
  )
  if (data?.lastAt == null) return null
  const { conversations, turns, toolCalls, deniedCalls, tokens, firstAt, lastAt, newest } = data
  return (
    <Stack gap="xs" mt="md">
      <Facts
        of={[
          ['Conversations', conversations.toLocaleString('en')],
          ['Turns', turns.toLocaleString('en')],
          [
            'Tool calls',
            `${toolCalls.toLocaleString('en')}, ${deniedCalls.toLocaleString('en')} denied`,
          ],
          ['Tokens', tokens.toLocaleString('en')],
          ['Since', <Time at={firstAt ?? lastAt} />],
          ['Last', <Time at={lastAt} />],
        ]}
      />
      {newest.length > 0 && (
        <Rows
          label="Your last conversations"
          columns={columns}
          rows={newest}
          rowKey={({ id }) => String(id)}
        />
      )}
    </Stack>
  )
}

type Conversation = OwnReported['newest'][number]
const columns: readonly Column<Conversation>[] = [
  { key: 'startedAt', header: 'Began', cell: (one) => <Time at={one.startedAt} /> },
  { key: 'client', header: 'Client', cell: (one) => `${one.client} on ${one.host}` },
  { key: 'model', header: 'Model', cell: (one) => one.model, wideOnly: true },
  { key: 'turns', header: 'Turns', cell: (one) => one.turns, align: 'right' },
  {
    key: 'toolCalls',
    header: 'Tool calls',
    cell: (one) => `${one.toolCalls}${one.deniedCalls > 0 ? `, ${one.deniedCalls} denied` : ''}`,
    align: 'right',
  },
]
