import { Facts, Link, LinkButton, Loaded, Time, useApi } from '#web/kit/index.ts'
import { lookup } from '#features/policies/lookup/schema.ts'
import type { MemberPage } from '../../schema.ts'
import { Nothing, Part } from './part.tsx'

const found = lookup.pick({ policy: true, because: true, staged: true, lastFetched: true })

/** What she is served, and why exactly that. */
export function PolicyPart({ member }: { readonly member: MemberPage }) {
  return (
    <Part
      title="Policy"
      about="What her clients are served, and why."
      needs="policies.read"
      actions={
        <LinkButton
          variant="default"
          size="compact-sm"
          to="/lookup"
          search={{ email: member.email }}
        >
          Every rule that lost
        </LinkButton>
      }
    >
      {member.status === 'active' ? (
        <Served member={member} />
      ) : (
        <Nothing>A member who is {member.status} is served nothing.</Nothing>
      )}
    </Part>
  )
}

function Served({ member }: { readonly member: MemberPage }) {
  const answer = useApi(['lookup', 'of-member', member.id], '/api/v1/lookup', found, {
    query: { email: member.email },
  })
  return (
    <Loaded of={answer}>
      {({ policy, because, staged, lastFetched }) => (
        <Facts
          of={[
            [
              'Served',
              policy ? (
                <Link to={`/policies/${policy.id}/versions/${policy.version}`}>
                  {policy.name} version {policy.version}
                </Link>
              ) : (
                'no policy'
              ),
            ],
            [
              'Because',
              because.kind === 'rule' ? (
                <>
                  rule {because.position}, for{' '}
                  <Link underline="always" to={`/groups/${because.groupId}`}>
                    {because.groupName}
                  </Link>
                  {staged && ', and in the stage of a rollout'}
                </>
              ) : because.kind === 'default' ? (
                'no group rule decides: the default policy'
              ) : (
                'no rule decides, and there is no default policy'
              ),
            ],
            [
              'Last fetched',
              lastFetched ? (
                <>
                  <Time at={lastFetched.at} />
                  {lastFetched.version === null ? '' : `, version ${lastFetched.version}`}
                </>
              ) : (
                'never'
              ),
            ],
          ]}
        />
      )}
    </Loaded>
  )
}
