import { Alert, Group, Text } from '@mantine/core'
import { Link, Status, useApi } from '#web/kit/index.ts'
import { keyChanges, type KeyChanges } from '../schema.ts'
import type { Addresses } from './address.ts'

type KeyChange = KeyChanges['items'][number]
const kinds = { requirements_key: 'key', feature: 'feature', value: 'value' } as const

interface Props {
  readonly at: Addresses
  readonly a: string
  readonly b: string
}

/** Keys of policies that a step adds or takes away, and which of our policies do not decide on them. */
export function PolicyKeys({ at, a, b }: Props) {
  const answer = useApi(['policy-keys', at.path], `${at.api}/keys/${a}/${b}`, keyChanges)
  const keys = answer.data
  if (!keys || keys.items.length === 0) return null
  return (
    <Alert color="gray" mb="md" title={keys.summary}>
      <ul className="gh-keys">
        {keys.items.map((item) => (
          <li key={`${item.what} ${item.key}`}>
            <Group gap={8}>
              <Status meaning={item.change === 'new' ? 'added' : 'removed'}>
                {item.change} {kinds[item.what]}
              </Status>
              <code>{item.key}</code>
              {!item.known && (
                <Text span size="xs" c="dimmed">
                  Gatehouse does not know it yet; a policy can carry it, unchecked
                </Text>
              )}
            </Group>
            <Decisions of={item} at={at} />
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function Decisions({ of: item, at }: { readonly of: KeyChange; readonly at: Addresses }) {
  return (
    <Text size="sm" component="div">
      on{' '}
      {item.pages.map((p, i) => (
        <span key={`${p.page} ${p.line}`}>
          {i > 0 && ', '}
          <Link to={`${at.page(p.page)}#L${p.line}`}>
            {p.page}:{p.line}
          </Link>
        </span>
      ))}
      {item.undecided.length > 0 && (
        <>
          . Not decided by{' '}
          {item.undecided.map((p, i) => (
            <span key={p.id}>
              {i > 0 && ', '}
              <Link to={`/policies/${p.id}`}>{p.name}</Link>
            </span>
          ))}
        </>
      )}
    </Text>
  )
}
