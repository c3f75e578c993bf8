import { Button, Group, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Facts,
  Loaded,
  plural,
  Rows,
  Section,
  useAct,
  useApi,
  useCan,
} from '#web/kit/index.ts'
import { ended, sessions } from '../schema.ts'
import { factorsReset, memberFactors } from '../second-factor/schema.ts'
import { sessionColumns } from './session-columns.tsx'

/** How a member gets in, for those who manage members: her sessions and second factors, and what helps when they are lost. */
export function MemberSignIns({
  member,
}: {
  readonly member: { readonly id: string; readonly name: string }
}) {
  return useCan('members.manage') ? <Shown member={member} /> : null
}

function Shown({ member }: Parameters<typeof MemberSignIns>[0]) {
  const path = `/api/v1/members/${member.id}`
  const refresh = ['member-sign-ins']
  const list = useApi(['member-sign-ins', member.id], `${path}/sessions`, sessions)
  const held = useApi(['member-sign-ins', member.id], `${path}/factors`, memberFactors)
  const end = useAct((id: string) => api.delete(`${path}/sessions/${id}`), {
    done: 'Session ended.',
    refresh,
  })
  const endAll = useAct(() => api.delete(`${path}/sessions`, { schema: ended }), {
    done: ({ ended: count }) => `${plural(count, 'session')} ended.`,
    refresh,
  })
  const reset = useAct(() => api.delete(`${path}/factors`, { schema: factorsReset }), {
    done: ({ removed }) => `${plural(removed, 'second factor')} removed.`,
    refresh,
  })
  const columns = sessionColumns({
    ending: end.isPending ? end.variables : undefined,
    end: (id) => end.mutate(id),
  })
  const factors = held.data
  const any = factors !== undefined && (factors.passkeys > 0 || factors.authenticator)
  return (
    <Section
      title="Sign-in"
      about="Where this member is signed in to Gatehouse, and with what."
      actions={
        <Group gap="xs">
          {any && (
            <ConfirmButton
              label="Remove second factors"
              title={`Remove the second factors of ${member.name}?`}
              action="Remove them"
              onConfirm={() => reset.mutateAsync(undefined)}
            >
              <Effect
                touches={`${member.name} signs in with her password alone, and adds a new factor if the workspace asks for one. Make sure that it is she who asks.`}
                when="At once. Her sessions end, and she is told by mail where mail is configured."
                undo="Not by you: only she can add a factor again."
              />
            </ConfirmButton>
          )}
          {(list.data?.items.length ?? 0) > 0 && (
            <Button
              variant="default"
              loading={endAll.isPending}
              onClick={() => endAll.mutate(undefined)}
            >
              End all sessions
            </Button>
          )}
        </Group>
      }
    >
      <Loaded of={held}>
        {(it) => (
          <Facts
            of={[
              ['Passkeys', it.passkeys === 0 ? 'none' : String(it.passkeys)],
              ['Authenticator app', it.authenticator ? 'yes' : 'none'],
              ['Recovery codes left', String(it.recoveryCodesLeft)],
            ]}
          />
        )}
      </Loaded>
      <Loaded of={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed" mt="xs">
              No open session.
            </Text>
          ) : (
            <Rows
              label={`Sessions of ${member.name}`}
              columns={columns}
              rows={items}
              rowKey={(s) => s.id}
            />
          )
        }
      </Loaded>
    </Section>
  )
}
