import './overview.css'
import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPause } from '@tabler/icons-react'
import { z } from 'zod'
import { Link, Loaded, Page, Time, useApi, useCan, useMayOpen } from '#web/kit/index.ts'
import { overview, type Overview } from '../schema.ts'
import { surface } from '../surfaces/schema.ts'
import { surfaceWords } from '../surfaces/schema.words.ts'
import { LatestActs, WhoGetsWhat } from './overview-lists.tsx'
import { Rollout } from './rollout.tsx'

/** How often the page looks again by itself: the checklist ticks itself off while a first client is set up. */
const lookAgain = 5000

export function OverviewScreen() {
  const answer = useApi(['overview'], '/api/v1/overview', overview, { every: lookAgain })
  const mayOpen = useMayOpen()
  const policies = useCan('policies.read')
  const acts = useCan('audit.read')
  return (
    <Loaded of={answer}>
      {(o) => {
        const rollout = <Rollout of={o.checklist} mayOpen={mayOpen} />
        const done = o.checklist.every((item) => item.done)
        return (
          <Page
            title={o.workspace.name}
            about="What is served to whom, and whether anything needs a hand."
          >
            <Stack gap="lg">
              <Alarms of={o.alarms} />
              <TurnedOff />
              <Figures of={o.figures} mayOpen={mayOpen} />
              {!done && rollout}
              {(policies || acts) && (
                <div className="gh-overview-lists">
                  {policies && <WhoGetsWhat />}
                  {acts && <LatestActs />}
                </div>
              )}
              {done && rollout}
            </Stack>
          </Page>
        )
      }}
    </Loaded>
  )
}

function Alarms({ of }: { readonly of: Overview['alarms'] }) {
  return of.map((alarm) => (
    <Alert
      key={alarm.key}
      role="alert"
      color={alarm.severity === 'error' ? 'red' : 'yellow'}
      icon={<IconAlertTriangle aria-hidden />}
      title={alarm.message}
    >
      {alarm.remedy}
      {alarm.since !== null && (
        <Text size="sm" c="dimmed" mt={4}>
          Since <Time at={alarm.since} />
        </Text>
      )}
    </Alert>
  ))
}

const surfaces = z.object({ items: z.array(surface) })

/** A surface that is off is wanted, and all the same the first thing to know when somebody asks why nothing starts. */
function TurnedOff() {
  const { data } = useApi(['surfaces'], '/api/v1/surfaces', surfaces)
  const off = data?.items.filter(({ on }) => !on) ?? []
  return off.map((one) => (
    <Alert
      key={one.key}
      role="alert"
      color="red"
      icon={<IconPlayerPause aria-hidden />}
      title={surfaceWords[one.key].alarm}
    >
      {surfaceWords[one.key].consequence} Turned off{' '}
      {one.changedAt !== null && <Time at={one.changedAt} />} by {one.changedBy}.{' '}
      <Link to="/surfaces" underline="always">
        Surfaces
      </Link>
    </Alert>
  ))
}

function Figures({
  of,
  mayOpen,
}: {
  readonly of: Overview['figures']
  readonly mayOpen: (link: string) => boolean
}) {
  return (
    <dl className="gh-figures">
      {of.map((figure) => (
        <div key={figure.key}>
          <dt>
            {mayOpen(figure.link) ? <Link to={figure.link}>{figure.title}</Link> : figure.title}
          </dt>
          <dd>{figure.value.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  )
}
