import { Button, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import {
  api,
  ConfirmButton,
  Effect,
  Loaded,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { linkedSignIns, wayOut, type LinkedSignIn } from '../sso/schema.ts'

/** Which sign-ins elsewhere open the own account, and how to add one. */
export function LinkedSignIns() {
  const answer = useApi(['sso-links'], '/api/v1/sso/links', linkedSignIns)
  const link = useAct(
    (providerId: string) => api.post('/api/v1/sso/links', { body: { providerId }, schema: wayOut }),
    { onDone: ({ redirectTo }) => location.assign(redirectTo) },
  )
  const end = useAct((id: string) => api.delete(`/api/v1/sso/links/${id}`), {
    done: 'Link ended.',
    refresh: ['sso-links', 'sessions', 'session'],
  })
  // A workspace without a provider has nothing to say here.
  if (answer.data?.items.length === 0 && answer.data.offered.length === 0) return null
  return (
    <Section
      title="Linked sign-ins"
      about="Whoever signs in there as you is let in here."
      actions={answer.data?.offered.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          loading={link.isPending && link.variables === id}
          onClick={() => link.mutate(id)}
        >
          Link {name}
        </Button>
      ))}
    >
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm">
              None yet. Link one, and you sign in without a password from then on.
            </Text>
          ) : (
            <Rows
              label="Linked sign-ins"
              columns={linkColumns((one) => (
                <ConfirmButton
                  label="End"
                  button={{ size: 'compact-sm' }}
                  title={`End the link to ${one.provider.name}?`}
                  action="End it"
                  onConfirm={() => end.mutateAsync(one.id)}
                >
                  <Effect
                    touches="You sign in with a password or a passkey from then on."
                    when="At once; sessions that came through it end, perhaps this one."
                    undo="Link it again here."
                  />
                </ConfirmButton>
              ))}
              rows={items}
              rowKey={(one) => one.id}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

export const linkColumns = (
  end: (one: LinkedSignIn) => ReactNode,
): readonly Column<LinkedSignIn>[] => [
  {
    key: 'provider',
    header: 'At',
    cell: ({ provider }) => (
      <Group gap="xs">
        {provider.name}
        {!provider.on && <Status meaning="neutral">off</Status>}
      </Group>
    ),
  },
  { key: 'email', header: 'As', cell: (one) => one.email ?? one.subject },
  {
    key: 'lastUsedAt',
    header: 'Last used',
    cell: (one) => <Time at={one.lastUsedAt} none="not yet" />,
    wideOnly: true,
  },
  { key: 'end', header: 'End', align: 'right', cell: end },
]
