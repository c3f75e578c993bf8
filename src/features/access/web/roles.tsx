import { useState } from 'react'
import { Button, Select, Text } from '@mantine/core'
import {
  api,
  ChangeSetConfirm,
  DataTable,
  Empty,
  LinkButton,
  Loaded,
  Page,
  plural,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import {
  customRole,
  customRolesPage,
  defaultResult,
  roleCatalogue,
  type CustomRole,
  type RoleCatalogue,
} from '../roles/schema.ts'
import { NewRole } from './new-role.tsx'

const columns: readonly Column<CustomRole>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: true,
    cell: (role) => (
      <>
        {role.name} {role.isDefault && <Status meaning="neutral">default</Status>}
      </>
    ),
  },
  {
    key: 'permissions',
    header: 'Permissions',
    cell: (role) => role.permissions.length,
    align: 'right',
    width: 110,
  },
  { key: 'groups', header: 'Groups', cell: (role) => role.groups, align: 'right', width: 90 },
  {
    key: 'members',
    header: 'Given directly',
    cell: (role) => role.members,
    align: 'right',
    width: 120,
    wideOnly: true,
  },
  {
    key: 'changed',
    header: 'Changed',
    sort: true,
    cell: (role) => <Time at={role.updatedAt} none="came with Gatehouse" />,
    align: 'right',
    width: 170,
    wideOnly: true,
  },
]

export function RolesScreen() {
  const may = useCan('roles.manage')
  return (
    <Page
      title="Roles"
      about="Named sets of permissions, given to groups or members. Somebody may do what her built-in role and all her roles hold together; who was given none holds the default role."
      actions={
        <>
          <LinkButton variant="default" to="/roles/compare" search={{ left: 'member' }}>
            Compare
          </LinkButton>
          {may && <ChooseDefault />}
          {may && <NewRole />}
        </>
      }
    >
      <DataTable
        name="roles"
        label="Roles"
        path="/api/v1/roles"
        schema={customRole}
        columns={columns}
        rowKey={(role) => role.id}
        rowLink={(role) => `/roles/${role.id}`}
        rowName={(role) => role.name}
        search="Name or description"
        defaultSort="name"
        empty={
          <Empty title="No roles yet" action={may && <NewRole />}>
            Make one from a preset, then give it to a group.
          </Empty>
        }
      />
      <BuiltIn />
    </Page>
  )
}

type BuiltInRole = RoleCatalogue['items'][number]
const builtInColumns: readonly Column<BuiltInRole>[] = [
  { key: 'name', header: 'Name', cell: (role) => role.name, width: 110 },
  { key: 'sentence', header: 'What it is for', cell: (role) => role.sentence },
  {
    key: 'permissions',
    header: 'Permissions',
    cell: (role) => role.permissions.length,
    align: 'right',
    width: 110,
    wideOnly: true,
  },
  {
    key: 'members',
    header: 'Members',
    cell: (role) => role.members.toLocaleString('en'),
    align: 'right',
    width: 100,
  },
]

function BuiltIn() {
  const catalogue = useApi(['roles', 'catalogue'], '/api/v1/roles/catalogue', roleCatalogue)
  return (
    <Section
      title="Built-in roles"
      about="Everybody has exactly one of them. They cannot be changed; custom roles add to them."
    >
      <Loaded of={catalogue}>
        {({ items }) => (
          <Rows
            label="Built-in roles"
            columns={builtInColumns}
            rows={items}
            rowKey={(role) => role.key}
          />
        )}
      </Loaded>
    </Section>
  )
}

const none = 'none'

function ChooseDefault() {
  const [opened, setOpened] = useState(false)
  const list = useApi(['roles', 'all'], '/api/v1/roles', customRolesPage, {
    query: { limit: 500 },
  })
  const roles = list.data?.items ?? []
  const present = roles.find(({ isDefault }) => isDefault)?.id ?? none
  const [chosen, setChosen] = useState<string>()
  const value = chosen ?? present
  const roleId = value === none ? null : value
  const choose = useAct(
    (changeSet: string | undefined) =>
      api.put('/api/v1/roles/default', { body: { roleId, changeSet }, schema: defaultResult }),
    {
      refresh: ['roles', 'members', 'session'],
      done: ({ touches }) => `Default role chosen: ${plural(touches, 'member')} touched`,
      onError: () => true,
    },
  )
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Default role
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title="Default role"
        action="Choose"
        act={value === present ? undefined : { kind: 'default_role', roleId }}
        onConfirm={(changeSet) => choose.mutateAsync(changeSet)}
      >
        <Text size="sm">Whoever was given no role, neither directly nor by a group, holds it.</Text>
        <Select
          label="Default role"
          data={[
            ...roles.map(({ id, name }) => ({ value: id, label: name })),
            { value: none, label: 'No default role' },
          ]}
          value={value}
          allowDeselect={false}
          onChange={(next) => setChosen(next ?? undefined)}
        />
      </ChangeSetConfirm>
    </>
  )
}
