import { Code, Group, Stack, Text } from '@mantine/core'
import { Link, Loaded, Section, Time, useApi } from '#web/kit/index.ts'
import { auditPage } from '../schema.ts'

/** The newest administrative acts; all of them are on their own page. */
export function Recent() {
  const answer = useApi(['activity', 'recent'], '/api/v1/activity', auditPage, {
    query: { limit: 8 },
  })
  return (
    <Section title="Recent activity" about={<Link to="/activity">Everything that was done</Link>}>
      <Loaded of={answer}>
        {(page) => (
          <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {page.items.map((record) => (
              <Group key={record.id} component="li" justify="space-between" gap="sm" wrap="nowrap">
                <Text size="sm" truncate>
                  <Link to={`/activity/${record.id}`}>
                    <Code>{record.action}</Code>
                  </Link>{' '}
                  {record.target.label}{' '}
                  <Text span inherit c="dimmed">
                    by {record.actor.label}
                  </Text>
                </Text>
                <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                  <Time at={record.at} />
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
    </Section>
  )
}
