import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import {
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Section,
  Time,
  useApi,
  useCan,
  useMayOpen,
  useParam,
} from '#web/kit/index.ts'
import { client, type Client } from '../schema.ts'
import { failsOpen } from '../schema.truths.ts'
import { Acts } from './acts.tsx'
import { at, endClient } from './calls.ts'
import { EndOne } from './end-one.tsx'
import { ClientState, flowNames, memberOf, programOf, routeNames, Served } from './words.tsx'

export function ClientScreen() {
  const id = useParam('clientId')
  const answer = useApi(['clients', id], at.client(id), client)
  return <Loaded of={answer}>{(one) => <Shown of={one} />}</Loaded>
}

function Shown({ of }: { readonly of: Client }) {
  const manages = useCan('clients.manage')
  const opens = useMayOpen()
  return (
    <Page
      title={programOf(of)}
      trail={[{ label: 'Clients', to: '/clients' }]}
      mark={<ClientState of={of} />}
      about={
        <>
          Signed in as <MemberLink of={of} />
        </>
      }
      actions={
        manages &&
        of.state !== 'ended' && (
          <EndOne
            of={of}
            end={endClient}
            label="End sign-in"
            button={{ color: 'red', variant: 'light' }}
          />
        )
      }
    >
      <Section title="Sign-in">
        <Facts
          of={[
            ['Route', routeNames[of.route]],
            ['How', flowNames[of.flow]],
            ['Signed in', <Time key="s" at={of.signedInAt} />],
            ['From', of.signedInFrom],
            ...(of.state === 'ended'
              ? ([
                  [
                    'Ended',
                    <span key="e">
                      <Time at={of.endedAt} />
                      {of.endedBy !== null && of.endedBy !== '' && ` by ${of.endedBy}`}
                    </span>,
                  ],
                ] as const)
              : ([
                  ['Has to sign in again, if unused', <Time key="u" at={of.endsAt} none="–" />],
                ] as const)),
            ['Id', <Id key="i" value={of.id} />],
          ]}
        />
      </Section>
      <Section title="Policy">
        {of.route === 'workspace' && (
          <Alert color="yellow" mb="md" icon={<IconAlertTriangle aria-hidden />}>
            {failsOpen}
          </Alert>
        )}
        <Facts
          of={[
            ['Last served', <Served key="p" of={of} />],
            ['Served', <Time key="w" at={of.served?.at} />],
            ['Fetches', of.fetches.toLocaleString('en')],
            ['First used', <Time key="f" at={of.firstUsedAt} />],
            ['Last used', <Time key="l" at={of.lastUsedAt} />],
            ['Last used from', of.lastUsedFrom ?? '–'],
            ...(of.state === 'active'
              ? ([['Will know of a change made now', <Time key="k" at={of.willKnowBy} />]] as const)
              : []),
            [
              'Which policy, and why',
              opens('/lookup') ? (
                <Link key="y" to="/lookup" search={{ email: of.member.email }}>
                  Look it up
                </Link>
              ) : (
                '–'
              ),
            ],
          ]}
        />
      </Section>
      <Section title="What it says of itself">
        <Text size="sm">
          <code>{of.userAgent === '' ? 'nothing' : of.userAgent}</code>
        </Text>
        <Text size="sm" c="dimmed" mt={4}>
          Anybody can send anything here. When and from where is measured by Gatehouse.
        </Text>
      </Section>
      <Acts of={of} />
    </Page>
  )
}

function MemberLink({ of }: { readonly of: Client }) {
  const opens = useMayOpen()
  return opens('/members') ? (
    <Link to={`/members/${of.member.id}`} underline="always">
      {memberOf(of)}
    </Link>
  ) : (
    memberOf(of)
  )
}
