import { Code, Group, Stack, Text } from '@mantine/core'
import { Link, Loaded, Section, Time, useApi } from '#web/kit/index.ts'
import { auditPage, type AuditRecord } from '../schema.ts'

const isWork = (record: AuditRecord): boolean => !record.action.startsWith('session.')

/** The newest administrative acts but sign-ins, which would push everything else out; all are on their own page. */
export function Recent() {
  const answer = useApi(['activity', 'recent'], '/api/v1/activity', auditPage, {
    query: { limit: 50 },
  })
  return (
    <Section title="Recent activity" about={<Link to="/activity">Everything that was done</Link>}>
      <Loaded of={answer}>
        {(page) => (
          <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {page.items
              .filter(isWork)
              .slice(0, 8)
              .map((record) => (
                <Group
                  key={record.id}
                  component="li"
                  justify="space-between"
                  gap="sm"
                  wrap="nowrap"
                >
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
