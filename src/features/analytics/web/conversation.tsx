import { Anchor, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { z } from 'zod'
import { driftClient } from '#features/drift/schema.ts'
import { StateMark } from '#features/drift/web/words.tsx'
import { page } from '#features/workspace/schema.ts'
import {
  exactTime,
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Section,
  Status,
  Time,
  useAddress,
  useApi,
  useCan,
  useMayOpen,
  useParam,
} from '#web/kit/index.ts'
import { conversationPage, type ConversationPage } from '../conversations/schema.ts'
import { EventsOf } from './conversation-events.tsx'
import { count, path, PersonsOnly } from './conversation-words.tsx'

/** One conversation: what was asked, what the agent did, and what the policy said to it. */
export function ConversationScreen() {
  return (
    <PersonsOnly>
      <Found id={useParam('conversationId')} />
    </PersonsOnly>
  )
}

function Found({ id }: { readonly id: string }) {
  const answer = useApi(['conversations', id], `${path}/${id}`, conversationPage)
  return <Loaded of={answer}>{(one) => <Shown of={one} />}</Loaded>
}

const view = z.object({ show: z.enum(['turns', 'events']).catch('turns').default('turns') })

function Shown({ of }: { readonly of: ConversationPage }) {
  const [{ show }, setView] = useAddress(view)
  const outside = of.name === ''
  return (
    <Page
      title={outside ? `Reports of ${of.who.label}` : `Conversation of ${of.who.label}`}
      trail={[{ label: 'Conversations', to: '/conversations' }]}
      mark={
        of.deniedCalls > 0 && <Status meaning="forbidden">{count(of.deniedCalls)} denied</Status>
      }
      about={
        outside
          ? 'What belongs to no conversation. It is the client’s own word.'
          : `Began ${exactTime(of.startedAt)}. It is the client’s own word.`
      }
    >
      <Stack gap="lg">
        <Origin of={of} />
        <Sums of={of} />
        {of.reported !== null && <Reported of={of.reported} />}
        <Section
          title={outside || show === 'events' ? 'Events' : 'Turns'}
          about={<Kept of={of} />}
          actions={
            <Group gap="sm">
              {!outside && (
                <SegmentedControl
                  size="xs"
                  aria-label="Show"
                  value={show}
                  onChange={(value) => setView({ show: value }, { replace: true })}
                  data={[
                    { value: 'turns', label: 'Turns' },
                    { value: 'events', label: 'Every event' },
                  ]}
                />
              )}
              {(['csv', 'json', 'ndjson'] as const).map((format) => (
                <Anchor
                  key={format}
                  size="xs"
                  href={`${path}/${of.id}/events?format=${format}`}
                  download
                >
                  {format.toUpperCase()}
                </Anchor>
              ))}
            </Group>
          }
        >
          <EventsOf conversation={of} as={outside ? 'events' : show} />
        </Section>
      </Stack>
    </Page>
  )
}

/** What of it may not be there any more. */
function Kept({ of: { startedAt, kept } }: { readonly of: ConversationPage }) {
  if (kept.since === null || kept.since <= startedAt) return null
  return (
    <>
      Events are kept for {kept.events} days: what was received before {exactTime(kept.since)} is
      gone, and the sums above still count it.
    </>
  )
}

function Origin({ of }: { readonly of: ConversationPage }) {
  const opens = useMayOpen()
  const { who, client, policy } = of
  const link = (list: string, to: string, text: string) =>
    opens(list) ? (
      <Link to={to} underline="always">
        {text}
      </Link>
    ) : (
      text
    )
  const person =
    who.kind === 'member'
      ? link('/members', `/members/${who.id}`, who.label)
      : who.kind === 'service_account'
        ? link('/service-accounts', `/service-accounts/${who.id}`, who.label)
        : link('/enrolments', `/enrolments/${who.id}`, who.label)
  const machine = `${client.program} ${client.version}`.trim() || 'a client without a name'
  return (
    <Facts
      of={[
        ['Who', person],
        [
          'Client',
          client.kind === 'client'
            ? link('/clients', `/clients/${client.id}`, machine)
            : link('/enrolments', `/enrolments/${client.id}`, machine),
        ],
        ['Machine', client.host || 'not reported'],
        [
          'Served',
          policy === null
            ? 'no policy'
            : link(
                '/policies',
                `/policies/${policy.policyId}/versions/${policy.number}`,
                `${policy.name} v${policy.number}`,
              ),
        ],
        ['Groups then', of.groups.map(({ name }) => name).join(', ') || 'none'],
        ['With its policy', <Agreement key="a" of={of} />],
        ...(of.name === '' ? [] : [['Id', <Id key="i" value={of.name} />] as const]),
      ]}
    />
  )
}

const drifts = page(driftClient)

/** Whether the client runs with what it was served, as drift judges it now. */
function Agreement({ of: { who, client } }: { readonly of: ConversationPage }) {
  const may = useCan('drift.read')
  const { data } = useApi(['drift', 'of', client.id], '/api/v1/drift/clients', drifts, {
    query:
      client.kind === 'enrolment'
        ? { enrolment: client.id, limit: 500 }
        : { principal: who.id, limit: 500 },
    enabled: may,
  })
  if (!may) return <>shown to who may see drift</>
  const mine = data?.items.find(
    (one) => one.refId === client.id && (client.kind === 'client' || one.host === client.host),
  )
  if (!mine) return <>not judged</>
  return (
    <Link to={`/drift/${mine.id}`} underline="always">
      <StateMark of={mine} />
    </Link>
  )
}

function Sums({ of }: { readonly of: ConversationPage }) {
  const { input, cached, output, reasoning } = of.tokens
  return (
    <Facts
      of={[
        ['Last active', <Time key="l" at={of.lastAt} />],
        ['Model', of.model || 'not reported'],
        ['Turns', count(of.turns)],
        ['Tool calls', `${count(of.toolCalls)}, ${count(of.deniedCalls)} denied`],
        ['Failures', count(of.failures)],
        ['Tokens in', `${count(input)}, ${count(cached)} of them cached`],
        ['Tokens out', `${count(output)}, ${count(reasoning)} of them reasoning`],
      ]}
    />
  )
}

function Reported({ of }: { readonly of: NonNullable<ConversationPage['reported']> }) {
  const said = (value: string) => (value === '' ? 'not reported' : <code>{value}</code>)
  return (
    <Section title="Reports to run with" about="At its start, by its own word.">
      <Facts
        of={[
          ['Approval policy', said(of.approvalPolicy)],
          ['Sandbox', said(of.sandboxPolicy)],
          ['MCP servers', said(of.mcpServers)],
        ]}
      />
      {Object.keys(of.rest).length > 0 && (
        <details className="gh-talk-more">
          <summary>Everything else that it reported then</summary>
          <dl className="gh-talk-fields">
            {Object.entries(of.rest).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
          <Text size="xs" c="dimmed" mt="xs">
            <Time at={of.at} />
          </Text>
        </details>
      )}
    </Section>
  )
}
