import { Alert, Group, Stack } from '@mantine/core'
import { Empty, Loaded, Page, Rows, Section, Time, useApi, type Column } from '#web/kit/index.ts'
import {
  accessTokenPage,
  tokenTerms,
  type AccessToken,
  type TokenTerms,
} from '../../tokens/schema.ts'
import { tokenFailsOpen } from '../../schema.truths.ts'
import { ownTokens, terms as termsPath } from './calls.ts'
import { NewToken } from './new-token.tsx'
import { Revoke } from './revoke.tsx'
import { Rotate } from './rotate.tsx'
import { RunnerSnippets } from './runner-snippets.tsx'
import { expiresColumn, livesStill, nameColumn, stateColumn, usedColumn } from './words.tsx'

/** More than anybody has; the rest is in the download. */
const query = { limit: 500 }

const columns = (terms: TokenTerms): readonly Column<AccessToken>[] => [
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
        {terms.mayMake && <Rotate place={ownTokens} terms={terms} of={t} />}
        <Revoke path={ownTokens.path} of={t} />
      </Group>
    ),
  },
]
const endedColumns: readonly Column<AccessToken>[] = [
  nameColumn,
  stateColumn,
  usedColumn,
  { key: 'ended', header: 'Ended', cell: (t) => <Time at={t.endedAt} />, align: 'right' },
]

/** Every access token that she made for herself. */
export function OwnTokensScreen() {
  const answer = useApi(['access-tokens', 'own'], ownTokens.path, accessTokenPage, { query })
  const terms = useApi(['access-tokens', 'terms'], termsPath, tokenTerms)
  return (
    <Page
      title="My access tokens"
      trail={[{ label: 'Your account', to: '/account' }]}
      about="For scripts and runners that work with your policy. A token is you: what is done with it is done in your name."
      actions={terms.data?.mayMake === true && <NewToken place={ownTokens} terms={terms.data} />}
    >
      <Loaded of={terms}>
        {(known) => (
          <Loaded of={answer}>
            {({ items }) => (
              <Stack gap="xl">
                {!known.on && <Alert color="yellow">{known.message}</Alert>}
                <Own tokens={items} terms={known} />
              </Stack>
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  )
}

function Own({
  tokens,
  terms,
}: {
  readonly tokens: readonly AccessToken[]
  readonly terms: TokenTerms
}) {
  const now = tokens.filter(livesStill)
  const ended = tokens.filter((t) => !livesStill(t))
  return (
    <>
      {now.length === 0 ? (
        <Empty title="You have no access token">
          {terms.mayMake
            ? 'Make one where a client has to work without anybody signing in. For what is not yours alone, ask for a service account.'
            : 'Your role does not include making them. Ask your administrator.'}
        </Empty>
      ) : (
        <Rows label="My access tokens" columns={columns(terms)} rows={now} rowKey={(t) => t.id} />
      )}
      {(terms.mayMake || now.length > 0) && (
        <Section title="On a runner" about={tokenFailsOpen}>
          <RunnerSnippets of={terms.snippets} />
        </Section>
      )}
      {ended.length > 0 && (
        <Section title="Ended">
          <Rows label="Ended" columns={endedColumns} rows={ended} rowKey={(t) => t.id} />
        </Section>
      )}
    </>
  )
}
