import { useState } from 'react'
import { Button, Modal, Text } from '@mantine/core'
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
  type Column,
} from '#web/kit/index.ts'
import {
  group as groupSchema,
  groupPage,
  listedMember,
  type GroupPage,
  type ListedMember,
} from '../schema.ts'
import { AddMembers, ChangeEnd, RemoveMembers } from './group-members.tsx'
import { GroupForm } from './groups.tsx'
import { memberColumns, roleFilter, statusFilter } from './members.tsx'
import { called, people, Source } from './words.tsx'

export function GroupScreen() {
  const id = useParam('groupId')
  const answer = useApi(['groups', id], `/api/v1/groups/${id}`, groupPage)
  return <Loaded of={answer}>{(group) => <Shown group={group} />}</Loaded>
}

function Shown({ group }: { readonly group: GroupPage }) {
  const may = useCan('members.manage') && group.keptBy === null
  const columns = [...memberColumns, untilColumn(group, may)]
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
            ['Source', <Source keptBy={group.keptBy} />],
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
          columns={columns}
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

/** When she leaves the group by herself; nothing for those who are in it for good. */
const untilColumn = (group: GroupPage, may: boolean): Column<ListedMember> => ({
  key: 'until',
  header: 'In it until',
  cell: (member) => {
    const endsAt = member.groups.find(({ id }) => id === group.id)?.endsAt ?? null
    if (endsAt === null) return ''
    return (
      <>
        <Time at={endsAt} />{' '}
        {may && <ChangeEnd group={group} member={{ id: member.id, name: called(member) }} />}
      </>
    )
  },
  wideOnly: true,
})

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
