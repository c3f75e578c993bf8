import { Stack, Text } from '@mantine/core'
import { z } from 'zod'
import { refusalPlaces } from '#features/clients/schema.ts'
import { surface, type Surface } from '#features/workspace/surfaces/schema.ts'
import { surfaceWords } from '#features/workspace/surfaces/schema.words.ts'
import {
  Facts,
  Link,
  Loaded,
  NotFound,
  Page,
  Section,
  useApi,
  useCan,
  useParam,
} from '#web/kit/index.ts'
import { LongestLifetime } from './longest-lifetime.tsx'
import { EnrolmentsReached, ReachOf } from './reach.tsx'
import { Refusals } from './refusals.tsx'
import { changedFact, SurfaceState } from './surface-words.tsx'
import { Switch } from './switch.tsx'

const surfaces = z.object({ items: z.array(surface) })

/** One surface: what it is, whom it reaches, how far its last change has come, and what people read while it is off. */
export function SurfaceScreen() {
  const key = useParam('key')
  const answer = useApi(['surfaces'], '/api/v1/surfaces', surfaces)
  return (
    <Loaded of={answer}>
      {({ items }) => {
        const one = items.find((item) => item.key === key)
        return one ? <One of={one} /> : <NotFound />
      }}
    </Loaded>
  )
}

function One({ of }: { readonly of: Surface }) {
  const { name, about } = surfaceWords[of.key]
  const may = useCan('surfaces.manage')
  const readsClients = useCan('clients.read')
  const readsEnrolments = useCan('enrolments.read')
  const places = useApi(['refusals'], '/api/v1/clients/refusals', refusalPlaces)
  return (
    <Page
      title={name}
      trail={[{ label: 'Surfaces', to: '/surfaces' }]}
      about={about}
      actions={
        may && (
          <>
            {of.key === 'access_tokens' && <LongestLifetime of={of} />}
            <Switch of={of} />
          </>
        )
      }
    >
      <Stack gap="xl">
        <Facts of={[['State', <SurfaceState key="s" of={of} />], ...changedFact(of)]} />
        {of.key === 'role_administration' ? (
          <ByRole />
        ) : (
          readsClients && <ReachOf surfaceKey={of.key} />
        )}
        {of.key === 'codex_local' && readsEnrolments && (
          <EnrolmentsReached changedAt={of.changedAt} />
        )}
        <Loaded of={places}>{(all) => <Refusals cause={of.key} places={all.items} />}</Loaded>
      </Stack>
    </Page>
  )
}

const ByRole = () => (
  <Section title="Whom it reaches">
    <Text size="sm">
      Members who administrate by a custom role alone.{' '}
      <Link to="/roles" underline="always">
        Roles
      </Link>{' '}
      shows who holds which. It takes effect at the next request; clients do not notice.
    </Text>
  </Section>
)
