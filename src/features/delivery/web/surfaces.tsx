import { Group, Stack } from '@mantine/core'
import { z } from 'zod'
import { refusalPlaces } from '#features/clients/schema.ts'
import { surface, type Surface } from '#features/workspace/surfaces/schema.ts'
import { surfaceWords } from '#features/workspace/surfaces/schema.words.ts'
import { Facts, LinkButton, Loaded, Page, Section, useApi, useCan } from '#web/kit/index.ts'
import { deliveryState } from '../schema.ts'
import { Outage } from './outage.tsx'
import { Progress } from './reach.tsx'
import { Refusals } from './refusals.tsx'
import { changedFact, SurfaceState } from './surface-words.tsx'
import { Switch } from './switch.tsx'

const surfaces = z.object({ items: z.array(surface) })

export function SurfacesScreen() {
  const answer = useApi(['surfaces'], '/api/v1/surfaces', surfaces)
  const places = useApi(['refusals'], '/api/v1/clients/refusals', refusalPlaces)
  const may = useCan('enrolments.read')
  const state = useApi(['delivery'], '/api/v1/delivery', deliveryState, {
    enabled: may,
    every: 10_000,
  })
  return (
    <Page
      title="Surfaces"
      about="What Gatehouse can turn off by itself. What only the vendor’s own cloud can enforce is under Decisions."
    >
      <Stack gap="xl">
        <Loaded of={answer}>
          {({ items }) => items.map((one) => <One key={one.key} of={one} />)}
        </Loaded>
        <Section
          title="Without a switch"
          about="The same for one person: suspend the member on her page, or end one sign-in under Clients."
        >
          <Loaded of={places}>
            {(all) => (
              <>
                <Refusals cause="member_suspended" places={all.items} />
                <Refusals cause="signed_out_by_admin" places={all.items} />
              </>
            )}
          </Loaded>
        </Section>
        {may && <Loaded of={state}>{(now) => <Outage of={now} />}</Loaded>}
      </Stack>
    </Page>
  )
}

function One({ of }: { readonly of: Surface }) {
  const may = useCan('surfaces.manage')
  const readsClients = useCan('clients.read')
  const { name, about } = surfaceWords[of.key]
  return (
    <Section
      title={name}
      about={about}
      actions={
        <Group gap="xs" wrap="nowrap">
          <LinkButton
            variant="default"
            to={`/surfaces/${of.key}`}
            aria-label={`${name}: whom it reaches`}
          >
            Whom it reaches
          </LinkButton>
          {may && <Switch of={of} />}
        </Group>
      }
    >
      <Facts
        of={[
          ['State', <SurfaceState key="s" of={of} />],
          ...changedFact(of),
          ...(of.changedAt === null || !readsClients
            ? []
            : [['Clients', <Progress key="p" surfaceKey={of.key} />] as const]),
        ]}
      />
    </Section>
  )
}
