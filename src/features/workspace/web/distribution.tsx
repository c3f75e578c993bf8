import { Group, Progress, Stack, Text } from '@mantine/core'
import { Link, Loaded, Section, useApi } from '#web/kit/index.ts'
import { rules, type Rules } from '../../policies/schema.ts'

/** How many principals each rule, the default and nothing at all decide for. */
export function Distribution() {
  const answer = useApi(['rules'], '/api/v1/rules', rules)
  return (
    <Section title="Who gets what" about="Active members and enrolments, by what decides for them.">
      <Loaded of={answer}>
        {(r) => {
          const parts = sharesOf(r)
          const all = parts.reduce((sum, part) => sum + part.count, 0)
          return (
            <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
              {parts.map((part) => (
                <li key={part.key}>
                  <Group justify="space-between" gap="sm" mb={4} wrap="nowrap">
                    <Text size="sm" truncate>
                      {part.link === null ? part.title : <Link to={part.link}>{part.title}</Link>}{' '}
                      <Text span inherit c="dimmed">
                        {part.because}
                      </Text>
                    </Text>
                    <Text size="sm">{part.count.toLocaleString('en')}</Text>
                  </Group>
                  <Progress
                    value={all === 0 ? 0 : (100 * part.count) / all}
                    size="xs"
                    color="gray"
                    aria-label={`${part.title}: ${part.count} of ${all}`}
                  />
                </li>
              ))}
            </Stack>
          )
        }}
      </Loaded>
    </Section>
  )
}

interface Share {
  readonly key: string
  readonly title: string
  readonly because: string
  readonly link: string | null
  readonly count: number
}

function sharesOf(r: Rules): readonly Share[] {
  const decided = r.rules.map((rule) => ({
    key: rule.id,
    title: `${rule.policyName} v${rule.version}`,
    because: `by rule ${rule.position}, ${rule.groupName}`,
    link: `/policies/${rule.policyId}`,
    count: rule.decides,
  }))
  const rest = r.default && {
    key: 'default',
    title: `${r.default.policyName} v${r.default.version}`,
    because: 'by default',
    link: `/policies/${r.default.policyId}`,
    count: r.default.decides,
  }
  const nothing = {
    key: 'nothing',
    title: 'No policy',
    because: 'clients start without constraints',
    link: null,
    count: r.withoutPolicy,
  }
  return [...decided, ...(rest ? [rest] : []), ...(nothing.count > 0 || !rest ? [nothing] : [])]
}
