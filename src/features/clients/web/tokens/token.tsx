import { Alert } from '@mantine/core'
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
  useMayOpen,
  useParam,
} from '#web/kit/index.ts'
import { accessToken, type AccessToken } from '../../tokens/schema.ts'
import { endedToken, tokenFailsOpen } from '../../schema.truths.ts'
import { allTokens } from './calls.ts'
import { Revoke } from './revoke.tsx'
import { livesStill, ownerOf, ownerPath, TokenState } from './words.tsx'

export function TokenScreen() {
  const id = useParam('tokenId')
  const answer = useApi(
    ['access-tokens', id],
    `${allTokens}/${encodeURIComponent(id)}`,
    accessToken,
  )
  return <Loaded of={answer}>{(one) => <Shown of={one} />}</Loaded>
}

function Shown({ of }: { readonly of: AccessToken }) {
  const opens = useMayOpen()
  const other = (label: string, token: AccessToken['replaces']) =>
    token === null
      ? []
      : ([
          [
            label,
            <Link key={token.id} to={`/access-tokens/${token.id}`}>
              {token.name}
            </Link>,
          ],
        ] as const)
  return (
    <Page
      title={of.name}
      trail={[{ label: 'Access tokens', to: '/access-tokens' }]}
      mark={<TokenState of={of} />}
      about={of.purpose === '' ? 'Nobody wrote down what it is for.' : of.purpose}
      actions={<Revoke path={allTokens} of={of} button={{ color: 'red', variant: 'light' }} />}
    >
      {livesStill(of) && (
        <Alert color="yellow" mb="md" icon={<IconAlertTriangle aria-hidden />}>
          {endedToken} {tokenFailsOpen}
        </Alert>
      )}
      <Section title="Token">
        <Facts
          of={[
            [
              'Of',
              opens(of.of.kind === 'member' ? '/members' : '/service-accounts') ? (
                <Link key="o" to={ownerPath(of)}>
                  {ownerOf(of)}
                </Link>
              ) : (
                ownerOf(of)
              ),
            ],
            ['Made', <Time key="m" at={of.madeAt} />],
            ['Made by', of.madeBy],
            ['Expires', <Time key="e" at={of.expiresAt} none="never" />],
            ...other('In place of', of.replaces),
            ...other('Replaced by', of.replacedBy),
            ...(livesStill(of)
              ? ([
                  ['Clients know of an end made now', <Time key="k" at={of.willKnowBy} />],
                ] as const)
              : ([
                  [
                    'Ended',
                    <span key="t">
                      <Time at={of.endedAt} />
                      {of.endedBy !== null && ` by ${of.endedBy}`}
                    </span>,
                  ],
                ] as const)),
            ['Begins with', <code key="p">{of.prefix}</code>],
            ['Id', <Id key="i" value={of.id} />],
          ]}
        />
      </Section>
      <Section title="Use">
        <Facts
          of={[
            ['Last used', <Time key="l" at={of.lastUsedAt} none="never" />],
            ['Last used from', of.lastUsedFrom ?? '–'],
            ['With', of.program === '' ? '–' : of.program],
            ['Fetches', of.fetches.toLocaleString('en')],
            ['Policy last served', of.served ?? '–'],
          ]}
        />
      </Section>
    </Page>
  )
}
