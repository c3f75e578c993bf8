import { useState } from 'react'
import { Button, Checkbox, Group } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Loaded,
  plural,
  Rows,
  Section,
  useAct,
  useApi,
  toSignIn,
} from '#web/kit/index.ts'
import { ended, sessions } from '../schema.ts'
import { everywhereEnded } from '../second-factor/schema.ts'
import { sessionColumns } from './session-columns.tsx'

/** Where the member is signed in, and the ways out. */
export function OwnSessions() {
  const list = useApi(['sessions'], '/api/v1/sessions', sessions)
  const refresh = ['sessions']
  const end = useAct((id: string) => api.delete(`/api/v1/sessions/${id}`), {
    done: 'Session ended.',
    refresh,
  })
  const endOthers = useAct(() => api.delete('/api/v1/sessions', { schema: ended }), {
    done: ({ ended: count }) => `${plural(count, 'session')} ended.`,
    refresh,
  })
  const columns = sessionColumns({
    ending: end.isPending ? end.variables : undefined,
    end: (id) => end.mutate(id),
  })
  const others = (list.data?.items.length ?? 0) > 1
  return (
    <Section
      title="Sessions"
      about="A session ends after 12 hours without use, and after 7 days in any case."
      actions={
        <Group gap="xs">
          {others && (
            <Button
              variant="default"
              loading={endOthers.isPending}
              onClick={() => endOthers.mutate(undefined)}
            >
              End all others
            </Button>
          )}
          <SignOutEverywhere />
        </Group>
      }
    >
      <Loaded of={list}>
        {({ items }) => (
          <Rows label="Your sessions" columns={columns} rows={items} rowKey={(s) => s.id} />
        )}
      </Loaded>
    </Section>
  )
}

function SignOutEverywhere() {
  const [clients, setClients] = useState(false)
  const out = useAct(
    () =>
      api.post('/api/v1/sessions/end-everywhere', { body: { clients }, schema: everywhereEnded }),
    { onDone: toSignIn },
  )
  return (
    <ConfirmButton
      label="Sign out everywhere"
      title="Sign out everywhere?"
      action="Sign out everywhere"
      onConfirm={() => out.mutateAsync(undefined)}
    >
      <Effect
        touches="Every session of yours, this one too."
        when="At once."
        undo="Sign in again."
      />
      <Checkbox
        mt="md"
        label="Also end the sign-ins of my clients"
        description="Each client has to sign in again."
        checked={clients}
        onChange={(event) => setClients(event.currentTarget.checked)}
      />
    </ConfirmButton>
  )
}
