import {
  Alert,
  Card,
  Grid,
  Group,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  ThemeIcon,
  Title,
} from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircle } from '@tabler/icons-react'
import { Link, Loaded, Page, Section, Time, useApi, useCan } from '#web/kit/index.ts'
import { overview, type ChecklistItem, type Overview } from '../schema.ts'
import { Distribution } from './distribution.tsx'
import { Recent } from './recent.tsx'

/** How often the page looks again by itself: the checklist ticks itself off while a first client is set up. */
const lookAgain = 5000

export function OverviewScreen() {
  const answer = useApi(['overview'], '/api/v1/overview', overview, { every: lookAgain })
  const maySeePolicies = useCan('policies.read')
  const maySeeActivity = useCan('audit.read')
  return (
    <Loaded of={answer}>
      {(o) => (
        <Page
          title={o.workspace.name}
          about="What is served to whom, and whether anything needs a hand."
        >
          <Stack gap="lg">
            <Alarms of={o.alarms} />
            <Figures of={o.figures} />
            {o.checklist.some((item) => !item.done) && <Checklist of={o.checklist} />}
            <Grid gap="xl">
              {maySeePolicies && (
                <Grid.Col span={{ base: 12, md: 6 }}>
                  <Distribution />
                </Grid.Col>
              )}
              {maySeeActivity && (
                <Grid.Col span={{ base: 12, md: 6 }}>
                  <Recent />
                </Grid.Col>
              )}
            </Grid>
            {o.checklist.every((item) => item.done) && <Checklist of={o.checklist} />}
          </Stack>
        </Page>
      )}
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

function Figures({ of }: { readonly of: Overview['figures'] }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: of.length }} spacing="sm" role="list">
      {of.map((figure) => (
        <Card key={figure.key} withBorder padding="sm" role="listitem">
          <Text size="sm" c="dimmed">
            <Link to={figure.link}>{figure.title}</Link>
          </Text>
          <Text fz={24} fw={600} lh={1.3}>
            {figure.value.toLocaleString('en')}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  )
}

function Checklist({ of }: { readonly of: readonly ChecklistItem[] }) {
  const done = of.filter((item) => item.done).length
  const next = of.find((item) => !item.done)
  return (
    <Section
      title="Rollout"
      about={
        next
          ? `${done} of ${of.length} steps are done. It checks itself.`
          : 'Every step is done. It goes on checking itself.'
      }
    >
      {next && (
        <Progress value={(100 * done) / of.length} size="sm" mb="md" aria-label="Steps done" />
      )}
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        {of.map((item) => (
          <Group key={item.key} component="li" wrap="nowrap" align="flex-start" gap="sm">
            <ThemeIcon
              size={22}
              radius="xl"
              variant={item.done ? 'light' : 'transparent'}
              color={item.done ? 'green' : 'gray'}
              aria-hidden
            >
              {item.done ? <IconCheck size={14} /> : <IconCircle size={14} />}
            </ThemeIcon>
            <div>
              <Title order={3} fz="md" fw={item === next ? 600 : 500}>
                <Link to={item.link}>{item.title}</Link>
                <Text span size="sm" c="dimmed" ml="xs">
                  {item.done ? 'done' : item === next ? 'next' : 'open'}
                </Text>
              </Title>
              {next && (
                <Text size="sm" c="dimmed">
                  {item.detail}
                </Text>
              )}
            </div>
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
