import { Link, plural, Section, Status } from '#web/kit/index.ts'
import type { IdleRule, Impact } from '../../impact/schema.ts'

/** What is left without effect by an act: rules that decide for nobody, policies that nobody gets. */
export function RulesAfter({ impact: { idleRules, unused } }: { readonly impact: Impact }) {
  const rules = idleRules.filter(({ newly }) => newly)
  const policies = unused.filter(({ newly }) => newly)
  const before = idleRules.length - rules.length
  const unusedBefore = unused.length - policies.length
  if (idleRules.length + unused.length === 0) return null
  return (
    <Section title="Left without effect">
      {rules.length + policies.length > 0 && (
        <ul className="gh-changes" aria-label="Left without effect">
          {rules.map((rule) => (
            <li key={rule.groupId}>
              <Link to="/rules" underline="always">
                Rule {rule.position}
              </Link>
              , {rule.groupName} gets {rule.policyName}:{' '}
              <Status meaning="prompt">decides for nobody</Status>
              <div className="gh-quiet">{whyIdle(rule)}</div>
            </li>
          ))}
          {policies.map((policy) => (
            <li key={policy.policyId}>
              <Link to={`/policies/${policy.policyId}`} underline="always">
                {policy.name}
              </Link>{' '}
              version {policy.version}: <Status meaning="prompt">nobody gets it</Status>
            </li>
          ))}
        </ul>
      )}
      {before + unusedBefore > 0 && (
        <p className="gh-quiet">
          As before:{' '}
          {[
            before > 0 ? `${plural(before, 'rule')} without anybody` : '',
            unusedBefore > 0
              ? `${plural(unusedBefore, 'policy', 'policies')} that nobody gets`
              : '',
          ]
            .filter((part) => part !== '')
            .join(', ')}
          .
        </p>
      )}
    </Section>
  )
}

const whyIdle = ({ state, takenBy }: IdleRule): string =>
  state === 'dead'
    ? 'Nobody is in this group.'
    : `Everybody in it is taken by ${takenBy
        .map(({ position, groupName }) => `rule ${position} (${groupName})`)
        .join(', ')}.`
