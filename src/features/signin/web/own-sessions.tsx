import { Button, Group } from '@mantine/core'
import {
  api,
  Loaded,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { ended, sessions, type ListedSession } from '../schema.ts'

/** Where the member is signed in, and the ways out. */
export function OwnSessions() {
  const list = useApi(['sessions'], '/api/v1/sessions', sessions)
  const refresh = ['sessions']
  const end = useAct((id: string) => api.delete(`/api/v1/sessions/${id}`), {
    done: 'Session ended.',
    refresh,
  })
  const endOthers = useAct(() => api.delete('/api/v1/sessions', { schema: ended }), {
    done: ({ ended: count }) => `${count} ${count === 1 ? 'session' : 'sessions'} ended.`,
    refresh,
  })
  const columns: readonly Column<ListedSession>[] = [
    {
      key: 'client',
      header: 'Signed in with',
      cell: (s) => (
        <Group gap="xs">
          {s.client}
          {s.current && <Status meaning="allowed">this one</Status>}
        </Group>
      ),
    },
    { key: 'ip', header: 'From', cell: (s) => s.ip, wideOnly: true },
    { key: 'createdAt', header: 'Since', cell: (s) => <Time at={s.createdAt} />, wideOnly: true },
    { key: 'lastSeenAt', header: 'Last used', cell: (s) => <Time at={s.lastSeenAt} /> },
    {
      key: 'end',
      header: 'End',
      align: 'right',
      cell: (s) =>
        !s.current && (
          <Button
            size="compact-sm"
            variant="default"
            loading={end.isPending && end.variables === s.id}
            aria-label={`End the session with ${s.client}`}
            onClick={() => end.mutate(s.id)}
          >
            End
          </Button>
        ),
    },
  ]
  const others = (list.data?.items.length ?? 0) > 1
  return (
    <Section
      title="Sessions"
      about="A session ends after 12 hours without use, and after 7 days in any case."
      actions={
        others && (
          <Button
            variant="default"
            loading={endOthers.isPending}
            onClick={() => endOthers.mutate(undefined)}
          >
            End all others
          </Button>
        )
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
