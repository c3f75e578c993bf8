import { useState } from 'react'
import { Button, Text } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import {
  api,
  DataTable,
  Empty,
  LinkButton,
  Page,
  Time,
  useAct,
  useApi,
  useCan,
  type Column,
  ChangeSetConfirm,
} from '#web/kit/index.ts'
import {
  groupsPage,
  listedMember,
  memberStatuses,
  membershipResult,
  roleKeys,
  type ListedMember,
} from '../schema.ts'
import { AddMember } from './invite.tsx'
import { GroupPicker } from './pickers.tsx'
import { called, GroupLinks, MemberState, people, roleNames, sources } from './words.tsx'

export const memberColumns: readonly Column<ListedMember>[] = [
  { key: 'name', header: 'Name', cell: called, sort: true },
  {
    key: 'email',
    header: 'E-mail',
    cell: (m) => (
      <Text span inherit c="dimmed">
        {m.email}
      </Text>
    ),
    sort: true,
    wideOnly: true,
  },
  { key: 'role', header: 'Role', cell: (m) => roleNames[m.role], sort: true, width: 90 },
  {
    key: 'status',
    header: 'State',
    cell: (m) => <MemberState of={m.status} />,
    sort: true,
    width: 110,
  },
  {
    key: 'groups',
    header: 'Groups',
    cell: (m) => <GroupLinks groups={m.groups} />,
    wideOnly: true,
  },
  {
    key: 'source',
    header: 'Source',
    cell: (m) => sources[m.source],
    width: 100,
    wideOnly: true,
  },
  {
    key: 'lastSeen',
    header: 'Last seen',
    cell: (m) => <Time at={m.lastSeenAt} />,
    sort: true,
    align: 'right',
    width: 130,
    wideOnly: true,
  },
]

export const roleFilter = {
  key: 'role',
  label: 'Role',
  options: roleKeys.map((r) => ({ value: r, label: roleNames[r] })),
}
export const statusFilter = {
  key: 'status',
  label: 'Not archived',
  options: memberStatuses.map((s) => ({
    value: s,
    label: `${s.charAt(0).toUpperCase()}${s.slice(1)}`,
  })),
}

export function MembersScreen() {
  const may = useCan('members.manage')
  const groups = useApi(['groups', 'filter'], '/api/v1/groups', groupsPage, {
    query: { limit: 500 },
  })
  const groupFilter = {
    key: 'group',
    label: 'Group',
    options: (groups.data?.items ?? []).map((g) => ({ value: g.id, label: g.name })),
  }
  return (
    <Page
      title="Members"
      about="Everybody whose agent is governed here, and those who govern."
      actions={
        may && (
          <>
            <LinkButton
              to="/members/import"
              variant="default"
              leftSection={<IconUpload size={15} aria-hidden />}
            >
              Import CSV
            </LinkButton>
            <AddMember />
          </>
        )
      }
    >
      <DataTable
        name="members"
        label="Members"
        path="/api/v1/members"
        schema={listedMember}
        columns={memberColumns}
        rowKey={(m) => m.id}
        rowLink={(m) => `/members/${m.id}`}
        rowName={called}
        search="Name or e-mail"
        defaultSort="name"
        filters={[roleFilter, groupFilter, statusFilter]}
        empty={
          <Empty title="No members yet" action={may && <AddMember />}>
            Add the people whose coding agents this workspace governs, one by one or from a file.
          </Empty>
        }
        {...(may
          ? {
              selected: (ids: readonly string[], clear: () => void) => (
                <AddToGroup ids={ids} onDone={clear} />
              ),
            }
          : {})}
      />
    </Page>
  )
}

function AddToGroup({
  ids,
  onDone,
}: {
  readonly ids: readonly string[]
  readonly onDone: () => void
}) {
  const [opened, setOpened] = useState(false)
  const [groupId, setGroupId] = useState<string | null>(null)
  const add = useAct(
    (changeSet: string | undefined) =>
      api.post(`/api/v1/groups/${groupId ?? ''}/members`, {
        body: { add: ids, changeSet },
        schema: membershipResult,
      }),
    {
      refresh: ['members', 'groups'],
      done: (out) => `${people(out.added)} added`,
      onDone,
      onError: () => true,
    },
  )
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Add to group…
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Add ${people(ids.length)} to a group`}
        action="Add to group"
        act={groupId === null ? undefined : { kind: 'membership', groupId, add: ids, remove: [] }}
        onConfirm={(hash) => add.mutateAsync(hash)}
      >
        <GroupPicker value={groupId} onChange={setGroupId} />
      </ChangeSetConfirm>
    </>
  )
}
