import { Text } from '@mantine/core'
import { LinkButton, Section, Time, useApi, plural } from '#web/kit/index.ts'
import { clientPage } from '../schema.ts'
import { at, ownQuery } from './calls.ts'
import { programOf } from './words.tsx'

/** On the account page: how many clients are signed in as her, and the way to them. */
export function OwnClientsSummary() {
  const { data } = useApi(['own-clients'], at.ownClients, clientPage, { query: ownQuery })
  const now = data?.items.filter((c) => c.state !== 'ended') ?? []
  const [latest] = now.toSorted((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
  return (
    <Section
      title="My devices"
      about="The clients on machines that are signed in as you."
      actions={
        <LinkButton to="/account/devices" variant="default">
          See my devices
        </LinkButton>
      }
    >
      <Text size="sm">
        {data === undefined ? (
          '…'
        ) : latest === undefined ? (
          'None is signed in.'
        ) : (
          <>
            {plural(now.length, 'client')}
            {latest.lastUsedAt === null ? (
              ', not used yet.'
            ) : (
              <>
                ; last used: {programOf(latest)}, <Time at={latest.lastUsedAt} />.
              </>
            )}
          </>
        )}
      </Text>
    </Section>
  )
}
