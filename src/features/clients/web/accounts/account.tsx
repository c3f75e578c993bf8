import { Alert, Group, Stack } from '@mantine/core'
import { explained } from '#features/policies/lookup/schema.ts'
import {
  Empty,
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Rows,
  Section,
  Time,
  useApi,
  useCan,
  useMayOpen,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import { account, type Account } from '../../accounts/schema.ts'
import {
  accessTokenPage,
  tokenTerms,
  type AccessToken,
  type TokenTerms,
} from '../../tokens/schema.ts'
import { terms as termsPath, tokensOfAccount } from '../tokens/calls.ts'
import { NewToken } from '../tokens/new-token.tsx'
import { Revoke } from '../tokens/revoke.tsx'
import { Rotate } from '../tokens/rotate.tsx'
import { RunnerSnippets } from '../tokens/runner-snippets.tsx'
import { expiresColumn, nameColumn, stateColumn, usedColumn } from '../tokens/words.tsx'
import { tokenFailsOpen } from '../../schema.truths.ts'
import { ChangeGroups, DeleteAccount, EditAccount, SetStatus } from './account-acts.tsx'
import { accountAt } from './calls.ts'
import { AccountState, groupNames } from './words.tsx'

export function AccountScreen() {
  const id = useParam('accountId')
  const answer = useApi(['service-accounts', id], accountAt(id), account)
  return <Loaded of={answer}>{(one) => <Shown of={one} />}</Loaded>
}

function Shown({ of }: { readonly of: Account }) {
  const opens = useMayOpen()
  const { owner } = of
  const place = owner.kind === 'member' ? '/members' : '/groups'
  return (
    <Page
      title={of.name}
      trail={[{ label: 'Service accounts', to: '/service-accounts' }]}
      mark={<AccountState of={of} />}
      about={of.purpose}
      actions={
        <>
          <EditAccount of={of} />
          <SetStatus of={of} />
          <DeleteAccount of={of} />
        </>
      }
    >
      <Stack gap="xl">
        {!owner.present && (
          <Alert color="yellow">
            Nobody answers for it any more. Choose somebody under Edit, who is told before a token
            ends.
          </Alert>
        )}
        <Section title="Account">
          <Facts
            of={[
              [
                'Answers for it',
                opens(place) && owner.present ? (
                  <Link key="o" to={`${place}/${owner.id}`}>
                    {owner.name}
                  </Link>
                ) : (
                  owner.name || 'nobody'
                ),
              ],
              ['Made', <Time key="m" at={of.createdAt} />],
              ['Made by', of.createdBy],
              ['Last used', <Time key="u" at={of.lastUsedAt} none="never" />],
              ['Id', <Id key="i" value={of.id} />],
            ]}
          />
        </Section>
        <Section
          title="Policy"
          about="Its groups decide it, by the same rules as for people. They give it no other right."
          actions={<ChangeGroups of={of} />}
        >
          <Facts
            of={[
              ['Groups', groupNames(of)],
              ['Gets', <Policy key="p" of={of} />],
            ]}
          />
        </Section>
        <Tokens of={of} />
      </Stack>
    </Page>
  )
}

/** What it gets now and why, for who may see policies. */
function Policy({ of }: { readonly of: Account }) {
  const sees = useCan('policies.read')
  const { data } = useApi(['lookup', of.id, of.version], '/api/v1/lookup', explained, {
    query: { account: of.id },
    enabled: sees,
  })
  if (!sees || data === undefined) return '–'
  const { policy, because } = data
  const why =
    because.kind === 'rule'
      ? `by group rule ${because.position} for ${because.groupName}`
      : because.kind === 'default'
        ? 'the default'
        : 'no rule and no default: not limited'
  return (
    <>
      {policy === null ? (
        'no policy'
      ) : (
        <Link to={`/policies/${policy.id}`} underline="always">
          {policy.name} v{policy.version}
        </Link>
      )}
      , {why}.{' '}
      <Link to="/lookup" search={{ account: of.name }} underline="always">
        Every key, and why
      </Link>
    </>
  )
}

const columns = (of: Account, terms: TokenTerms): readonly Column<AccessToken>[] => [
  nameColumn,
  stateColumn,
  usedColumn,
  expiresColumn,
  {
    key: 'acts',
    header: '',
    align: 'right',
    cell: (t) => (
      <Group gap="xs" justify="flex-end">
        <Rotate place={tokensOfAccount(of.id)} terms={terms} of={t} />
        <Revoke path={tokensOfAccount(of.id).path} of={t} />
      </Group>
    ),
  },
]

function Tokens({ of }: { readonly of: Account }) {
  const place = tokensOfAccount(of.id)
  const terms = useApi(['access-tokens', 'terms'], termsPath, tokenTerms)
  const answer = useApi(['access-tokens', 'of', of.id], place.path, accessTokenPage, {
    query: { limit: 100 },
  })
  return (
    <Loaded of={terms}>
      {(known) => (
        <>
          <Section
            title="Access tokens"
            about={tokenFailsOpen}
            actions={<NewToken place={place} terms={known} />}
          >
            {!known.on && <Alert color="yellow">{known.message}</Alert>}
            <Loaded of={answer}>
              {({ items }) =>
                items.length === 0 ? (
                  <Empty title="No token yet">
                    Until it has one, nothing can use this account.
                  </Empty>
                ) : (
                  <Rows
                    label="Access tokens"
                    columns={columns(of, known)}
                    rows={items}
                    rowKey={(t) => t.id}
                  />
                )
              }
            </Loaded>
          </Section>
          <Section title="On a runner">
            <RunnerSnippets of={known.snippets} />
          </Section>
        </>
      )}
    </Loaded>
  )
}
