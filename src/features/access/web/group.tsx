import { useState } from 'react'
import { Button, Modal, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import {
  api,
  ConfirmButton,
  DataTable,
  Effect,
  Empty,
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Section,
  Time,
  useAct,
  useApi,
  useCan,
  useGo,
  useParam,
  ChangeSetConfirm,
} from '#web/kit/index.ts'
import {
  group as groupSchema,
  groupPage,
  listedMember,
  membershipResult,
  type GroupPage,
} from '../schema.ts'
import { GroupForm } from './groups.tsx'
import { memberColumns, roleFilter, statusFilter } from './members.tsx'
import { MembersPicker } from './pickers.tsx'
import { called, people } from './words.tsx'

export function GroupScreen() {
  const id = useParam('groupId')
  const answer = useApi(['groups', id], `/api/v1/groups/${id}`, groupPage)
  return <Loaded of={answer}>{(group) => <Shown group={group} />}</Loaded>
}

function Shown({ group }: { readonly group: GroupPage }) {
  const may = useCan('members.manage') && group.source === 'manual'
  return (
    <Page
      title={group.name}
      trail={[{ label: 'Groups', to: '/groups' }]}
      {...(group.description === '' ? {} : { about: group.description })}
      actions={
        may && (
          <>
            <DeleteGroup group={group} />
            <EditGroup group={group} />
            <AddMembers group={group} />
          </>
        )
      }
    >
      <Section title="Facts">
        <Facts
          of={[
            ['Members', group.members.toLocaleString('en')],
            ['Used by', <UsedBy group={group} />],
            ['Made', <Time at={group.createdAt} />],
            ['Id', <Id value={group.id} />],
          ]}
        />
      </Section>
      <Section title="Members">
        <DataTable
          name="members"
          label="Members"
          path={`/api/v1/groups/${group.id}/members`}
          schema={listedMember}
          columns={memberColumns}
          rowKey={(m) => m.id}
          rowLink={(m) => `/members/${m.id}`}
          rowName={called}
          search="Name or e-mail"
          defaultSort="name"
          filters={[roleFilter, statusFilter]}
          empty={
            <Empty title="Nobody is in this group" action={may && <AddMembers group={group} />}>
              A rule for an empty group applies to nobody.
            </Empty>
          }
          {...(may
            ? {
                selected: (ids: readonly string[], clear: () => void) => (
                  <RemoveMembers group={group} ids={ids} onDone={clear} />
                ),
              }
            : {})}
        />
      </Section>
    </Page>
  )
}

function UsedBy({ group }: { readonly group: GroupPage }) {
  if (group.usedBy.length === 0)
    return (
      <Text span inherit c="dimmed">
        no rule and no enrolment
      </Text>
    )
  return group.usedBy.map((use, i) => (
    <span key={use.id}>
      {i > 0 && ', '}
      <Link to={use.link}>{use.label}</Link>
    </span>
  ))
}

interface ChangeProps {
  readonly group: GroupPage
  readonly ids: readonly string[]
  readonly onDone: () => void
}

/** Sends one change of membership with the hash of the effect that was looked at. */
function useMembership({ group, onDone }: Omit<ChangeProps, 'ids'>) {
  return useAct(
    (body: {
      add?: readonly string[]
      remove?: readonly string[]
      changeSet: string | undefined
    }) => api.post(`/api/v1/groups/${group.id}/members`, { body, schema: membershipResult }),
    {
      refresh: ['members', 'groups'],
      done: (out) =>
        out.added > 0 ? `${people(out.added)} added` : `${people(out.removed)} removed`,
      onDone,
      onError: () => true,
    },
  )
}

function AddMembers({ group }: { readonly group: GroupPage }) {
  const [opened, setOpened] = useState(false)
  const [ids, setIds] = useState<readonly string[]>([])
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
        act={
          ids.length === 0
            ? undefined
            : { kind: 'membership', groupId: group.id, add: ids, remove: [] }
        }
        onConfirm={(changeSet) => change.mutateAsync({ add: ids, changeSet })}
      >
        <MembersPicker label="Members" value={ids} onChange={setIds} without={group.id} />
      </ChangeSetConfirm>
    </>
  )
}

function RemoveMembers({ group, ids, onDone }: ChangeProps) {
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

function EditGroup({ group }: { readonly group: GroupPage }) {
  const [opened, setOpened] = useState(false)
  const { version } = group
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Edit
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Edit group">
        <GroupForm
          action="Save"
          initial={group}
          save={({ name, description }) =>
            api.patch(`/api/v1/groups/${group.id}`, {
              body: { name, description, version },
              schema: groupSchema,
            })
          }
          onCancel={() => setOpened(false)}
          onDone={() => setOpened(false)}
        />
      </Modal>
    </>
  )
}

function DeleteGroup({ group }: { readonly group: GroupPage }) {
  const go = useGo()
  const cache = useQueryClient()
  const remove = useAct(
    () => api.delete(`/api/v1/groups/${group.id}`, { query: { version: group.version } }),
    {
      done: `${group.name} deleted`,
      onDone: () => {
        // This page itself must not be asked for again, the list must.
        cache.removeQueries({ queryKey: ['groups', 'list'] })
        go('/groups')
      },
      onError: () => true,
    },
  )
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${group.name}?`}
      action="Delete"
      onConfirm={() => remove.mutateAsync()}
    >
      {group.usedBy.length > 0 ? (
        <>
          It is used by <UsedBy group={group} />. Take it out of there first.
        </>
      ) : (
        <Effect
          touches={`No rule and no enrolment refers to it, so nobody’s policy changes. ${people(group.members)} lose the membership.`}
          undo="Make the group again and add its members; export the list first."
        />
      )}
    </ConfirmButton>
  )
}
