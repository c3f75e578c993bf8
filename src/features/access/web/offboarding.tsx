import { Alert, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import {
  api,
  ChangeSetConfirm,
  Loaded,
  Rows,
  useAct,
  useApi,
  useGo,
  type Column,
} from '#web/kit/index.ts'
import { offboarding, type Holding, type Member } from '../schema.ts'
import { called } from './words.tsx'

export type Leaving = 'suspend' | 'archive' | 'delete'

const words = {
  suspend: {
    title: 'Suspend',
    about:
      'Sessions end now. The keys this member made sleep, and their agent gets no policy any more, until the suspension is taken back.',
    done: 'Suspended',
  },
  archive: {
    title: 'Archive',
    about:
      'For somebody who leaves: sessions and keys end now, the name stays in the history. Restoring brings the member back, but not the keys.',
    done: 'Archived',
  },
  delete: {
    title: 'Delete',
    about:
      'Removes the member for good. The audit trail keeps what was done. This cannot be taken back; archiving can.',
    done: 'Deleted',
  },
} as const

const columns: readonly Column<Holding>[] = [
  {
    key: 'label',
    header: 'Holds',
    cell: (h) => (
      <>
        {h.count} {h.label}
        {h.items.length > 0 && (
          <Text component="div" size="xs" c="dimmed">
            {h.items.map((i) => i.label).join(', ')}
          </Text>
        )}
      </>
    ),
  },
  { key: 'fate', header: 'What becomes of it', cell: (h) => h.fate },
]

/** The question before somebody leaves: what she holds, what becomes of it, and whose policy changes. */
export function Leave({
  member,
  how,
  onClose,
}: {
  readonly member: Member
  readonly how: Leaving
  readonly onClose: () => void
}) {
  const go = useGo()
  const cache = useQueryClient()
  const preview = useApi(
    ['offboarding', member.id],
    `/api/v1/members/${member.id}/offboarding`,
    offboarding,
  )
  const leave = useAct(
    (changeSet: string | undefined) => {
      const path = `/api/v1/members/${member.id}`
      const { version } = member
      return how === 'delete'
        ? api.delete(path, { query: { version, changeSet } })
        : api.post(`${path}/${how}`, { body: { version, changeSet } })
    },
    {
      refresh: how === 'delete' ? ['groups'] : ['members', 'groups'],
      done: words[how].done,
      onDone: () => {
        if (how !== 'delete') return
        // This page itself must not be asked for again, the list must.
        cache.removeQueries({ queryKey: ['members', 'list'] })
        go('/members')
      },
      onError: () => true,
    },
  )
  const refused = preview.data?.refused
  return (
    <ChangeSetConfirm
      opened
      onClose={onClose}
      title={`${words[how].title} ${called(member)}?`}
      action={words[how].title}
      danger={how !== 'suspend'}
      {...(how === 'delete' ? { typed: member.email } : {})}
      act={
        preview.data && refused === null
          ? { kind: 'remove_member', memberId: member.id }
          : undefined
      }
      onConfirm={(hash) => leave.mutateAsync(hash)}
    >
      <Text size="sm">{words[how].about}</Text>
      <Loaded of={preview}>
        {(data) => (
          <Stack gap="sm">
            {data.refused !== null && <Alert color="red">{data.refused}</Alert>}
            {how !== 'suspend' && (
              <Rows
                label="What this member holds"
                columns={columns}
                rows={data[how].filter((h) => h.count > 0)}
                rowKey={(h) => h.kind}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </ChangeSetConfirm>
  )
}
