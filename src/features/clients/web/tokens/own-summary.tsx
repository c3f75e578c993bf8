import { Text } from '@mantine/core'
import { LinkButton, plural, Section, Time, useApi, useCan } from '#web/kit/index.ts'
import { accessTokenPage } from '../../tokens/schema.ts'
import { ownTokens } from './calls.ts'

/** On the account page, for who has access tokens or may make them. */
export function OwnTokensSummary() {
  const may = useCan('codex.access_tokens.create')
  const { data } = useApi(['access-tokens', 'own', 'active'], ownTokens.path, accessTokenPage, {
    query: { state: 'active', limit: 100 },
  })
  const next = data?.items
    .map(({ expiresAt }) => expiresAt)
    .filter((at) => at !== null)
    .toSorted((a, b) => a - b)[0]
  if (!may && (data?.total ?? 0) === 0) return null
  return (
    <Section
      title="My access tokens"
      about="For scripts and runners that work with your policy."
      actions={
        <LinkButton to="/account/tokens" variant="default">
          See my tokens
        </LinkButton>
      }
    >
      <Text size="sm">
        {data === undefined ? (
          '…'
        ) : data.total === 0 ? (
          'None works now.'
        ) : (
          <>
            {plural(data.total, 'token')}
            {next === undefined ? (
              '.'
            ) : (
              <>
                ; the next one expires <Time at={next} />.
              </>
            )}
          </>
        )}
      </Text>
    </Section>
  )
}
