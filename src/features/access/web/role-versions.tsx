import { useState } from 'react'
import { Button, Text } from '@mantine/core'
import {
  api,
  ChangeSetConfirm,
  Link,
  Loaded,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { customRole, roleVersionsPage, type CustomRole, type RoleVersion } from '../roles/schema.ts'

interface Props {
  readonly role: Pick<CustomRole, 'id' | 'name' | 'version'>
}

export function RoleVersions({ role }: Props) {
  const may = useCan('roles.manage')
  const answer = useApi(
    ['roles', role.id, 'versions'],
    `/api/v1/roles/${role.id}/versions`,
    roleVersionsPage,
  )
  return (
    <Section title="Versions" about="Each with what it changed against the one before.">
      <Loaded of={answer}>
        {({ items, total }) => (
          <>
            <Rows
              label="Versions"
              columns={columnsFor(role, may)}
              rows={items}
              rowKey={(one) => String(one.version)}
            />
            {total > items.length && (
              <Text size="sm" c="dimmed">
                The newest {items.length} of {total}.
              </Text>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}

const columnsFor = (role: Props['role'], may: boolean): readonly Column<RoleVersion>[] => [
  { key: 'version', header: 'Version', cell: (one) => one.version, width: 80 },
  { key: 'what', header: 'What changed', cell: (one) => <What of={one} /> },
  { key: 'by', header: 'By', cell: (one) => one.madeBy, width: 190, wideOnly: true },
  {
    key: 'at',
    header: 'Made',
    cell: (one) => <Time at={one.madeAt} none="came with Gatehouse" />,
    align: 'right',
    width: 170,
    wideOnly: true,
  },
  {
    key: 'acts',
    header: '',
    align: 'right',
    width: 190,
    cell: (one) =>
      one.version !== role.version && (
        <>
          <Link to="/roles/compare" search={{ left: `${role.id}@${one.version}`, right: role.id }}>
            Compare
          </Link>{' '}
          {may && <PutBack role={role} version={one} />}
        </>
      ),
  },
]

function What({ of }: { readonly of: RoleVersion }) {
  if (of.added.length + of.removed.length === 0) return 'Name or description only.'
  return (
    <>
      {of.added.map((key) => (
        <div key={key}>
          <Status meaning="added">+</Status> <code>{key}</code>
        </div>
      ))}
      {of.removed.map((key) => (
        <div key={key}>
          <Status meaning="removed">−</Status> <code>{key}</code>
        </div>
      ))}
    </>
  )
}

function PutBack({ role, version }: Props & { readonly version: RoleVersion }) {
  const [opened, setOpened] = useState(false)
  const put = useAct(
    (changeSet: string | undefined) =>
      api.post(`/api/v1/roles/${role.id}/put-back`, {
        body: { to: version.version, version: role.version, changeSet },
        schema: customRole,
      }),
    {
      refresh: ['roles', 'members', 'session'],
      done: `Version ${version.version} put back`,
      onError: () => true,
    },
  )
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpened(true)}>
        Put back…
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Put version ${version.version} of ${role.name} back?`}
        action="Put back"
        act={{ kind: 'role_change', roleId: role.id, permissions: version.permissions }}
        onConfirm={(changeSet) => put.mutateAsync(changeSet)}
      />
    </>
  )
}
