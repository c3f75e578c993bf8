import { Group, Text } from '@mantine/core'
import { Link, Status, Time, useApi } from '#web/kit/index.ts'
import { chain, type Chain } from '../schema.ts'

/** What can be said of the trail in one line, above its records. */
export function ChainLine() {
  const answer = useApi(['audit-chain'], '/api/v1/audit/chain', chain, { every: 30_000 })
  const state = answer.data
  if (!state) return null
  return (
    <Group gap="xs" mb="sm">
      <ChainState of={state} />
      <Text size="sm" c="dimmed">
        {state.records.toLocaleString('en')} records linked
        {state.checkpoint === null ? (
          ', no checkpoint yet'
        ) : (
          <>
            , signed up to {state.checkpoint.records.toLocaleString('en')}{' '}
            <Time at={state.checkpoint.at} />
          </>
        )}
        {'. '}
        <Link to="/audit/chain" underline="always">
          Verify
        </Link>
      </Text>
    </Group>
  )
}

/** Never says that all is well of what was not looked at. */
export function ChainState({ of }: { readonly of: Chain }) {
  const { verification, verified, refusedSince } = of
  // What was found stays found while somebody looks again.
  if (refusedSince !== null || (verified && verified.troubles > 0))
    return <Status meaning="forbidden">not as it was written</Status>
  if (verification === null) return <Status>not verified yet</Status>
  if (verification.state === 'running') return <Status>being verified</Status>
  if (verification.state === 'failed') return <Status meaning="prompt">not verified</Status>
  return <Status meaning="allowed">verified</Status>
}
