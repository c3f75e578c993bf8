import { Alert, Button, List, Progress, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import {
  api,
  CopyBlock,
  Facts,
  Id,
  Loaded,
  Page,
  plural,
  Section,
  Time,
  useAct,
  useApi,
} from '#web/kit/index.ts'
import { chain, publicKey, verification, type Chain, type Verification } from '../schema.ts'
import { ChainState } from './chain-line.tsx'
import { Checkpoints } from './checkpoints.tsx'
import { OutletsSection } from './outlets.tsx'

export function ChainScreen() {
  const answer = useApi(['audit-chain'], '/api/v1/audit/chain', chain, { every: 2000 })
  return (
    <Loaded of={answer}>
      {(state) => (
        <Page
          title="Chain and checkpoints"
          trail={[{ label: 'Audit', to: '/audit' }]}
          mark={<ChainState of={state} />}
          about="Each record is linked to all before it, and signed heads of the chain leave this server: what was written cannot be changed unseen."
          actions={<Verify running={state.verification?.state === 'running'} />}
        >
          {state.refusedSince !== null && <Refused since={state.refusedSince} />}
          {state.verified && state.verification?.id !== state.verified.id && (
            <Found of={state.verified} />
          )}
          {state.verification && <Found of={state.verification} />}
          <State of={state} />
          <Checkpoints />
          <OutletsSection />
          <Outside />
        </Page>
      )}
    </Loaded>
  )
}

function Verify({ running }: { readonly running: boolean }) {
  const verify = useAct(() => api.post('/api/v1/audit/verifications', { schema: verification }), {
    refresh: ['audit-chain'],
  })
  return (
    <Button onClick={() => verify.mutate()} loading={verify.isPending} disabled={running}>
      Verify now
    </Button>
  )
}

function Found({ of }: { readonly of: Verification }) {
  if (of.state === 'running')
    return (
      <Stack gap={4} mb="md">
        <Progress
          value={of.total === 0 ? 100 : (of.checked / of.total) * 100}
          aria-label="Records checked"
        />
        <Text size="sm" c="dimmed">
          {of.checked.toLocaleString('en')} of {of.total.toLocaleString('en')} records checked.
        </Text>
      </Stack>
    )
  if (of.state === 'failed')
    return (
      <Alert color="yellow" mb="md" icon={<IconAlertTriangle aria-hidden />}>
        The verification broke off. Start it again; the log of the server says why.
      </Alert>
    )
  if (of.troubles === 0) return null
  return (
    <Alert
      color="red"
      mb="md"
      icon={<IconAlertTriangle aria-hidden />}
      title={`${plural(of.troubles, 'place')} where the trail is not as it was written`}
    >
      <List size="sm">
        {of.findings.map(({ seq, message }) => (
          <List.Item key={`${seq ?? ''} ${message}`}>{message}</List.Item>
        ))}
      </List>
      <Text size="sm" mt="xs">
        Keep a copy of the database before anything else is done.
      </Text>
    </Alert>
  )
}

function Refused({ since }: { readonly since: number }) {
  return (
    <Alert
      color="red"
      mb="md"
      icon={<IconAlertTriangle aria-hidden />}
      title="The chain is not the one whose end was signed last"
    >
      Nothing is signed since <Time at={since} />. Compare it with a checkpoint that left this
      server, and keep a copy of the database before anything else is done.
    </Alert>
  )
}

function State({ of }: { readonly of: Chain }) {
  const { verified: last, inherited, waiting } = of
  return (
    <Section title="State">
      <Facts
        of={[
          ['Records linked', of.records.toLocaleString('en')],
          ['Waiting to be linked', waiting.count.toLocaleString('en')],
          ['Newest link', <Id key="link" value={of.link} />],
          [
            'Last verified',
            last?.finishedAt ? (
              <span key="verified">
                <Time at={last.finishedAt} /> by {last.startedBy}, {plural(last.checked, 'record')}
              </span>
            ) : (
              'never'
            ),
          ],
          ...(inherited === null
            ? []
            : ([
                [
                  'From before the chain',
                  <span key="inherited">
                    {plural(inherited.records, 'record')}: nothing is known of them before{' '}
                    <Time at={inherited.at} />, only that they have not changed since
                  </span>,
                ],
              ] as const)),
        ]}
      />
    </Section>
  )
}

/** What the button cannot know, and who can. */
function Outside() {
  const answer = useApi(['audit-key'], '/api/v1/audit/public-key', publicKey)
  return (
    <Section
      title="Verify without this server"
      about="Whoever holds the server and its key could write the whole trail anew, and the button above would find nothing. A checkpoint that left before shows it."
    >
      <Loaded of={answer}>
        {(key) => (
          <Stack gap="sm">
            <CopyBlock
              title="on any machine with Gatehouse"
              text={`gatehouse audit export audit.jsonl\ngatehouse audit verify audit.jsonl --checkpoint MAIL-OR-FILE\n`}
            />
            <CopyBlock
              title="the public key that signs; keep it elsewhere"
              text={`ed25519:${key.publicKey}\n`}
            />
          </Stack>
        )}
      </Loaded>
    </Section>
  )
}
