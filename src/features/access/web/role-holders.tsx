import { useState } from 'react'
import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import {
  api,
  ChangeSetConfirm,
  DataTable,
  Empty,
  Section,
  Time,
  useAct,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import {
  givenResult,
  roleHolder,
  takenResult,
  type CustomRole,
  type HolderRef,
  type RoleHolder,
} from '../roles/schema.ts'
import { LastsPicker } from './lasts.tsx'
import { GroupPicker, MemberPicker } from './pickers.tsx'

interface Props {
  readonly role: Pick<CustomRole, 'id' | 'name'>
}

const refresh = ['roles', 'members', 'groups', 'session']

export function RoleHolders({ role }: Props) {
  const may = useCan('roles.manage')
  return (
    <Section
      title="Who has it"
      about="Groups and members that it is given to. Whoever has it by the default or by a built-in role is not listed."
    >
      <DataTable
        name="roles"
        label="Who has it"
        path={`/api/v1/roles/${role.id}/holders`}
        schema={roleHolder}
        columns={columnsFor(role, may)}
        rowKey={(holder) => holder.grantId}
        rowLink={(holder) => `/${holder.kind}s/${holder.id}`}
        rowName={(holder) => holder.name}
        search="Name or e-mail"
        filters={[
          {
            key: 'kind',
            label: 'Given to',
            options: [
              { value: 'group', label: 'Groups' },
              { value: 'member', label: 'Members' },
            ],
          },
        ]}
        empty={
          <Empty title="Nobody was given this role" action={may && <GiveRole role={role} />}>
            Give it to a group, so that who joins the group has it.
          </Empty>
        }
      />
    </Section>
  )
}

const columnsFor = (role: Props['role'], may: boolean): readonly Column<RoleHolder>[] => [
  { key: 'name', header: 'Given to', cell: (holder) => holder.name },
  { key: 'kind', header: 'Kind', cell: (holder) => holder.kind, width: 90 },
  {
    key: 'members',
    header: 'Members',
    cell: (holder) => holder.members.toLocaleString('en'),
    align: 'right',
    width: 100,
    wideOnly: true,
  },
  {
    key: 'ends',
    header: 'Until',
    cell: (holder) => <Time at={holder.endsAt} none="for good" />,
    width: 130,
  },
  { key: 'reason', header: 'Reason', cell: (holder) => holder.reason, wideOnly: true },
  ...(may
    ? [
        {
          key: 'take',
          header: '',
          cell: (holder: RoleHolder) => <TakeRole role={role} holder={holder} />,
          align: 'right' as const,
          width: 130,
        },
      ]
    : []),
]

export function GiveRole({ role }: Props) {
  const [opened, setOpened] = useState(false)
  const [kind, setKind] = useState<HolderRef['kind']>('group')
  const [id, setId] = useState<string | null>(null)
  const [lasts, setLasts] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const holder = id === null ? undefined : { kind, id }
  const Picker = kind === 'group' ? GroupPicker : MemberPicker
  const give = useAct(
    (changeSet: string | undefined) =>
      api.post(`/api/v1/roles/${role.id}/holders`, {
        body: { holder, lasts, reason, changeSet },
        schema: givenResult,
      }),
    { refresh, done: `${role.name} given`, onDone: () => setId(null), onError: () => true },
  )
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        Give
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Give ${role.name}`}
        action="Give"
        act={
          holder && {
            kind: 'role_grant',
            roleId: role.id,
            holder,
            given: true,
            ...(lasts === null ? {} : { lasts }),
          }
        }
        onConfirm={(changeSet) => give.mutateAsync(changeSet)}
      >
        <SegmentedControl
          aria-label="Given to"
          data={[
            { value: 'group', label: 'A group' },
            { value: 'member', label: 'A member' },
          ]}
          value={kind}
          onChange={(next) => {
            setKind(next === 'member' ? 'member' : 'group')
            setId(null)
          }}
        />
        <Picker value={id} onChange={setId} />
        <LastsPicker label="For how long" value={lasts} onChange={setLasts} />
        <TextInput
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </ChangeSetConfirm>
    </>
  )
}

function TakeRole({ role, holder }: Props & { readonly holder: RoleHolder }) {
  const [opened, setOpened] = useState(false)
  const ref = { kind: holder.kind, id: holder.id }
  const take = useAct(
    (changeSet: string | undefined) =>
      api.post(`/api/v1/roles/${role.id}/holders/take`, {
        body: { holder: ref, changeSet },
        schema: takenResult,
      }),
    { refresh, done: `${role.name} taken from ${holder.name}`, onError: () => true },
  )
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpened(true)}>
        Take away…
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Take ${role.name} from ${holder.name}?`}
        action="Take away"
        danger
        act={{ kind: 'role_grant', roleId: role.id, holder: ref, given: false }}
        onConfirm={(changeSet) => take.mutateAsync(changeSet)}
      />
    </>
  )
}
