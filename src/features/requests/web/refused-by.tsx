import { Code } from '@mantine/core'
import { Facts, Link, Section, Status, useCan } from '#web/kit/index.ts'
import type { RefusedRule } from '../schema.ts'

/** The rule of a policy that was in the way. */
export function RefusedBy({ rule }: { readonly rule: RefusedRule }) {
  const mayRead = useCan('policies.read')
  const version = `${rule.policyName}, version ${rule.version}`
  return (
    <Section title="The rule">
      <Facts
        of={[
          ['Matches', <Code>{rule.command}</Code>],
          [
            'Says',
            rule.decision === 'forbidden' ? (
              <Status meaning="forbidden">forbidden</Status>
            ) : (
              <Status meaning="prompt">asks first</Status>
            ),
          ],
          [
            'Policy',
            mayRead ? (
              <Link to={`/policies/${rule.policyId}/versions/${rule.version}`}>{version}</Link>
            ) : (
              version
            ),
          ],
          ...(rule.served
            ? []
            : [['Today', 'The version that is served has no such rule any more.'] as const]),
        ]}
      />
    </Section>
  )
}
