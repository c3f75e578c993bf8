import { Button, Group, Text } from '@mantine/core'
import { z } from 'zod'
import {
  DataTable,
  Empty,
  Link,
  LinkButton,
  Loaded,
  Page,
  Status,
  Time,
  useAddress,
  useApi,
  useCan,
  useMayOpen,
  type Column,
} from '#web/kit/index.ts'
import { conversation, type Conversation } from '../conversations/schema.ts'
import { choices, type Choices } from '../schema.ts'
import { count, path, PersonsOnly } from './conversation-words.tsx'

/** The machine of an enrolment stands in its name already. */
const underOf = ({ who, client }: Conversation): string =>
  who.kind === 'enrolment'
    ? 'machine of an enrolment'
    : client.host === ''
      ? 'a machine without a name'
      : client.host

const columns: readonly Column<Conversation>[] = [
  {
    key: 'who',
    header: 'Who',
    cell: (c) => (
      <>
        {c.who.label}
        <div className="gh-under">{c.name === '' ? 'outside of conversations' : underOf(c)}</div>
      </>
    ),
  },
  {
    key: 'client',
    header: 'Client',
    cell: (c) => (
      <>
        {c.client.program} {c.client.version}
        <div className="gh-under">{c.model || 'no model reported'}</div>
      </>
    ),
    wideOnly: true,
  },
  { key: 'turns', header: 'Turns', cell: (c) => count(c.turns), align: 'right' },
  {
    key: 'calls',
    header: 'Tool calls',
    cell: (c) => (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        {c.deniedCalls > 0 && <Status meaning="forbidden">{count(c.deniedCalls)} denied</Status>}
        {c.failures > 0 && <Status meaning="removed">{count(c.failures)} failed</Status>}
        {count(c.toolCalls)}
      </Group>
    ),
    align: 'right',
  },
  {
    key: 'tokens',
    header: 'Tokens',
    cell: (c) => count(c.tokens.input + c.tokens.output),
    align: 'right',
    wideOnly: true,
  },
  {
    key: 'started',
    header: 'Began',
    cell: (c) => <Time at={c.startedAt} />,
    align: 'right',
    wideOnly: true,
  },
  { key: 'last', header: 'Last active', cell: (c) => <Time at={c.lastAt} />, align: 'right' },
]

/** Everybody's conversations, as their clients report them. */
export function ConversationsScreen() {
  return (
    <Page
      title="Conversations"
      about="What clients report of each conversation. Who it was is what its token says; the rest is the client’s own word."
      actions={
        useCan('analytics.persons') && <LinkButton to="/conversations/live">Live tail</LinkButton>
      }
    >
      <PersonsOnly>
        <List />
      </PersonsOnly>
    </Page>
  )
}

/** Set by links from elsewhere; the table has no box for them. */
const only = z.object({ principal: z.string().optional(), clientId: z.string().optional() })

function List() {
  const offered = useApi(['analytics', 'choices'], '/api/v1/analytics/choices', choices)
  const [{ principal, clientId }, setOnly] = useAddress(only)
  return (
    <Loaded of={offered}>
      {(known) => (
        <>
          {(principal !== undefined || clientId !== undefined) && (
            <Group gap="xs" mb="sm">
              <Text size="sm">
                Only those of one {clientId === undefined ? 'person or account' : 'client'}.
              </Text>
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => setOnly({ principal: undefined, clientId: undefined })}
              >
                Show everybody’s
              </Button>
            </Group>
          )}
          <DataTable
            name="conversations"
            label="Conversations"
            path={path}
            schema={conversation}
            columns={columns}
            query={{ principal, clientId }}
            rowKey={(c) => c.id}
            rowLink={(c) => `/conversations/${c.id}`}
            rowName={(c) => `the conversation of ${c.who.label}`}
            search="Name, machine or conversation id"
            filters={filtersOf(known)}
            formats={['csv', 'json', 'ndjson']}
            empty={<Nothing />}
          />
        </>
      )}
    </Loaded>
  )
}

function Nothing() {
  const opens = useMayOpen()
  return (
    <Empty title="No conversation has been reported">
      Clients report when telemetry is collected
      {opens('/settings/telemetry') && (
        <>
          : switch it on under{' '}
          <Link to="/settings/telemetry" underline="always">
            Telemetry
          </Link>
        </>
      )}
      . They learn it at their next start, at most an hour later.
    </Empty>
  )
}

const same = (value: string) => ({ value, label: value })

const filtersOf = ({ groups, surfaces, models, clients }: Choices) => [
  {
    key: 'outcome',
    label: 'What happened',
    options: [
      { value: 'denied', label: 'Something was denied' },
      { value: 'failed', label: 'Something failed' },
    ],
  },
  {
    key: 'within',
    label: 'Active',
    options: [
      { value: 'hour', label: 'In the last hour' },
      { value: 'day', label: 'In the last 24 hours' },
      { value: 'week', label: 'In the last 7 days' },
      { value: 'month', label: 'In the last 30 days' },
    ],
  },
  { key: 'group', label: 'Group', options: groups.map((g) => ({ value: g.id, label: g.name })) },
  { key: 'surface', label: 'Surface', options: surfaces.map(same) },
  { key: 'model', label: 'Model', options: models.map(same) },
  { key: 'client', label: 'Client', options: clients.map(same) },
  {
    key: 'kind',
    label: 'What',
    options: [{ value: 'outside', label: 'Outside of conversations' }],
  },
]
