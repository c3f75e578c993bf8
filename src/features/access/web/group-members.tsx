import { useState } from 'react'
import { Button, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { api, ChangeSetConfirm, useAct } from '#web/kit/index.ts'
import { membershipResult, type GroupPage } from '../schema.ts'
import { LastsPicker } from './lasts.tsx'
import { MembersPicker } from './pickers.tsx'
import { people } from './words.tsx'

interface ChangeProps {
  readonly group: Pick<GroupPage, 'id' | 'name'>
  readonly ids: readonly string[]
  readonly onDone: () => void
}

/** Sends one change of membership with the hash of the effect that was looked at. */
function useMembership({ group, onDone }: Omit<ChangeProps, 'ids'>) {
  return useAct(
    (body: {
      add?: readonly string[]
      remove?: readonly string[]
      lasts?: number | null
      changeSet: string | undefined
    }) => api.post(`/api/v1/groups/${group.id}/members`, { body, schema: membershipResult }),
    {
      refresh: ['members', 'groups'],
      done: (out) =>
        out.added > 0
          ? `${people(out.added)} added`
          : out.changed > 0
            ? 'Its end was changed'
            : `${people(out.removed)} removed`,
      onDone,
      onError: () => true,
    },
  )
}

export function AddMembers({ group }: { readonly group: GroupPage }) {
  const [opened, setOpened] = useState(false)
  const [ids, setIds] = useState<readonly string[]>([])
  const [lasts, setLasts] = useState<number | null>(null)
  const change = useMembership({ group, onDone: () => setIds([]) })
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        Add members
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Add members to ${group.name}`}
        action={ids.length === 0 ? 'Add' : `Add ${people(ids.length)}`}
        act={ids.length === 0 ? undefined : membershipAct(group.id, ids, lasts)}
        onConfirm={(changeSet) => change.mutateAsync({ add: ids, lasts, changeSet })}
      >
        <MembersPicker label="Members" value={ids} onChange={setIds} without={group.id} />
        <LastsPicker label="For how long" value={lasts} onChange={setLasts} />
      </ChangeSetConfirm>
    </>
  )
}

const membershipAct = (groupId: string, add: readonly string[], lasts: number | null) => ({
  kind: 'membership' as const,
  groupId,
  add,
  remove: [],
  ...(lasts === null ? {} : { lasts }),
})

/** For who is in the group for a time: another time from now on, or for good. */
export function ChangeEnd({
  group,
  member,
}: {
  readonly group: Pick<GroupPage, 'id' | 'name'>
  readonly member: { readonly id: string; readonly name: string }
}) {
  const [opened, setOpened] = useState(false)
  const [lasts, setLasts] = useState<number | null>(8 * 3_600_000)
  const change = useMembership({ group, onDone: () => setOpened(false) })
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpened(true)}>
        Change the end…
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`How long does ${member.name} stay in ${group.name}?`}
        action="Change"
        act={membershipAct(group.id, [member.id], lasts)}
        onConfirm={(changeSet) => change.mutateAsync({ add: [member.id], lasts, changeSet })}
      >
        <LastsPicker label="From now on" value={lasts} onChange={setLasts} />
        <Text size="sm" c="dimmed">
          The effect below is compared with how it would be without the group.
        </Text>
      </ChangeSetConfirm>
    </>
  )
}

export function RemoveMembers({ group, ids, onDone }: ChangeProps) {
  const [opened, setOpened] = useState(false)
  const change = useMembership({ group, onDone })
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Remove from group…
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Remove ${people(ids.length)} from ${group.name}?`}
        action="Remove"
        danger
        act={{ kind: 'membership', groupId: group.id, add: [], remove: ids }}
        onConfirm={(changeSet) => change.mutateAsync({ remove: ids, changeSet })}
      />
    </>
  )
}
