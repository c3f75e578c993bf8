import './lookup.css'
import type { ReactNode } from 'react'
import { Alert, Stack, Title } from '@mantine/core'
import { Facts, Id, Link, Section, Status, Time, TomlEditor, plural } from '#web/kit/index.ts'
import type { Explained } from '../lookup/schema.ts'
import type { Lookup } from '../lookup/schema.ts'
import { Defaults } from './lookup-defaults.tsx'
import { InForce } from './lookup-in-force.tsx'
import { TryCommand } from './try/try-command.tsx'

/** The answer first, then why, then the text itself. */
export function Answer({ of: found }: { readonly of: Explained }) {
  const { principal, policy, surface } = found
  return (
    <Stack gap="lg">
      {!surface.on && (
        <Alert color="red" title="Codex local is turned off">
          No client of this workspace starts, whatever its policy. {surface.message}
        </Alert>
      )}
      <div>
        <Title order={2}>
          {principal.label} gets{' '}
          {policy ? (
            <Link underline="always" to={`/policies/${policy.id}/versions/${policy.version}`}>
              {policy.name} version {policy.version}
            </Link>
          ) : (
            'no policy'
          )}
        </Title>
        <p className="gh-because">
          <Because of={found} />
          {found.staged && policy && (
            <>
              {' '}
              Others who get it are served another version:{' '}
              <Link underline="always" to={`/policies/${policy.id}`} search={{ tab: 'rollout' }}>
                it is being rolled out
              </Link>
              , and this one is in its stage.
            </>
          )}
        </p>
      </div>
      <Facts of={facts(found)} />
      {found.spread.length > 0 && <Spread of={found} />}
      <Rules of={found} />
      <InForce of={found} />
      {policy && policy.defaults !== '' && <Defaults of={policy} />}
      {policy && (
        <Section
          title="Try a command"
          about="What this policy would say to a command, a domain or an MCP server. Nothing is run; files of the machine do not count here."
        >
          <TryCommand policies={[{ label: policy.name, text: policy.text }]} />
        </Section>
      )}
      {policy && (
        <Section title="What the client is served" about={<Id value={policy.sha256} />}>
          <TomlEditor
            value={policy.text}
            readOnly
            minHeight={80}
            label={`requirements.toml of ${policy.name}`}
          />
        </Section>
      )}
    </Stack>
  )
}

function Because({ of: { because, policy } }: { readonly of: Lookup }) {
  if (because.kind === 'rule')
    return (
      <>
        because of rule {because.position}, for the group{' '}
        <Link underline="always" to={`/groups/${because.groupId}`}>
          {because.groupName}
        </Link>
        : the first that matches.
      </>
    )
  if (because.kind === 'default' && policy)
    return <>because no rule matches, and this is the default policy.</>
  return <>because no rule matches and there is no default: the client is not limited at all.</>
}

function facts(found: Lookup) {
  const { principal, lastFetched } = found
  const rows: (readonly [string, ReactNode])[] = []
  if (principal.detail !== '') rows.push(['Who', principal.detail])
  if (principal.kind !== 'group')
    rows.push([
      'Groups',
      principal.groups.length === 0 ? 'none' : principal.groups.map((g) => g.name).join(', '),
    ])
  if (principal.kind === 'enrolment' || principal.kind === 'service_account')
    rows.push([
      'Last fetched',
      lastFetched ? (
        <>
          <Time at={lastFetched.at} />
          {lastFetched.version !== null && ` (version ${lastFetched.version})`}
        </>
      ) : (
        'never'
      ),
    ])
  rows.push(['Workspace revision', found.revision])
  return rows
}

function Spread({ of: { spread, principal } }: { readonly of: Lookup }) {
  return (
    <Section
      title={`What those in ${principal.label} really get`}
      about="Somebody who is in other groups too may get another policy by an earlier rule."
    >
      <ul className="gh-spread">
        {spread.map((part) => (
          <li key={part.policyId ?? ''}>
            <strong>{plural(part.count, 'principal')}</strong>:{' '}
            {part.policyId === null ? (
              'no policy'
            ) : (
              <Link underline="always" to={`/policies/${part.policyId}`}>
                {part.policyName}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

const reasons = {
  not_in_group: 'not in this group',
  later_rule: 'matches too, but an earlier rule won',
} as const

/** All rules in their order, the one that won among them. */
function Rules({ of: { because, policy, lost } }: { readonly of: Lookup }) {
  const won =
    because.kind === 'rule' && policy
      ? [{ ...because, policyId: policy.id, policyName: policy.name, reason: 'won' as const }]
      : []
  const all = [...lost, ...won].sort((a, b) => a.position - b.position)
  const fallback = because.kind === 'default' && policy ? policy : undefined
  return (
    <Section title="Every rule, in the order in which it is tried">
      <ol className="gh-tried">
        {all.map((rule) => (
          <li key={rule.ruleId} data-reason={rule.reason}>
            <span className="gh-tried-number">{rule.position}</span>
            <span>{rule.groupName}</span>
            <span className="gh-quiet">{rule.policyName}</span>
            {rule.reason === 'won' ? (
              <Status meaning="allowed">decides</Status>
            ) : (
              <span className="gh-quiet">{reasons[rule.reason]}</span>
            )}
          </li>
        ))}
        <li data-reason={fallback ? 'won' : 'not_in_group'}>
          <span className="gh-tried-number">–</span>
          <span>everybody else</span>
          <span className="gh-quiet">{fallback?.name ?? ''}</span>
          {fallback ? (
            <Status meaning="allowed">decides</Status>
          ) : (
            <span className="gh-quiet">
              {because.kind === 'rule' ? 'not needed' : 'no default'}
            </span>
          )}
        </li>
      </ol>
    </Section>
  )
}
