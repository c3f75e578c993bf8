import { useState } from 'react'
import { Alert, Button, Modal, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import {
  api,
  ChangeSetConfirm,
  ConfirmButton,
  Effect,
  Facts,
  FormFoot,
  Id,
  Link,
  LinkButton,
  Loaded,
  Page,
  plural,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  useGo,
  useParam,
} from '#web/kit/index.ts'
import { customRole, roleCatalogue, rolePage, type RoleCatalogue } from '../roles/schema.ts'
import { CloneRole } from './new-role.tsx'
import { RoleFields, type RoleValues } from './role-fields.tsx'
import { GiveRole, RoleHolders } from './role-holders.tsx'
import { RoleVersions } from './role-versions.tsx'
import { grouped } from './permission-groups.ts'

type Shown = ReturnType<typeof rolePage.parse>
type Permission = RoleCatalogue['permissions'][number]

export function RoleScreen() {
  const id = useParam('roleId')
  const answer = useApi(['roles', id], `/api/v1/roles/${id}`, rolePage)
  const catalogue = useApi(['roles', 'catalogue'], '/api/v1/roles/catalogue', roleCatalogue)
  return (
    <Loaded of={answer}>
      {(role) => (
        <Loaded of={catalogue}>
          {({ permissions }) => <Role role={role} all={permissions} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function Role({ role, all }: { readonly role: Shown; readonly all: readonly Permission[] }) {
  const may = useCan('roles.manage')
  return (
    <Page
      title={role.name}
      trail={[{ label: 'Roles', to: '/roles' }]}
      {...(role.isDefault ? { mark: <Status meaning="neutral">default role</Status> } : {})}
      {...(role.description === '' ? {} : { about: role.description })}
      actions={
        <>
          <LinkButton variant="default" to="/roles/compare" search={{ left: role.id }}>
            Compare
          </LinkButton>
          {may && (
            <>
              <CloneRole role={role} />
              <DeleteRole role={role} />
              <EditRole role={role} all={all} />
              <GiveRole role={role} />
            </>
          )}
        </>
      }
    >
      <Section title="Facts">
        <Facts
          of={[
            ['Version', role.version],
            ['Changed', <Time at={role.updatedAt} none="came with Gatehouse" />],
            ['Given to', `${plural(role.groups, 'group')} and ${plural(role.members, 'member')}`],
            ['Id', <Id value={role.id} />],
          ]}
        />
      </Section>
      <Section title="Permissions" about="What everybody who has this role may do.">
        <Permissions of={all.filter(({ key }) => role.permissions.includes(key))} />
      </Section>
      <RoleHolders role={role} />
      <RoleVersions role={role} />
    </Page>
  )
}

function Permissions({ of }: { readonly of: readonly Permission[] }) {
  if (of.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None: whoever has only this role may do nothing beside her built-in role.
      </Text>
    )
  return (
    <Stack gap="md">
      {grouped(of).map(({ title, items }) => (
        <div key={title}>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <ul>
            {items.map(({ key, sentence }) => (
              <li key={key}>
                <Text size="sm">
                  {sentence} <code>{key}</code>
                </Text>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Stack>
  )
}

/** First what it shall be, then whom that touches: a change of who may use Codex is shown before it is saved. */
function EditRole({ role, all }: { readonly role: Shown; readonly all: readonly Permission[] }) {
  const [opened, setOpened] = useState(false)
  const [values, setValues] = useState<RoleValues>()
  const edited = values ?? role
  const [looking, setLooking] = useState(false)
  const close = () => {
    setOpened(false)
    setLooking(false)
    setValues(undefined)
  }
  const save = useAct(
    (changeSet: string | undefined) =>
      api.patch(`/api/v1/roles/${role.id}`, {
        body: {
          name: edited.name,
          description: edited.description,
          permissions: edited.permissions,
          version: role.version,
          changeSet,
        },
        schema: customRole,
      }),
    {
      refresh: ['roles', 'members', 'session'],
      done: (saved) => `Version ${saved.version} of ${saved.name} saved`,
      onDone: close,
      onError: () => true,
    },
  )
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Edit
      </Button>
      <Modal opened={opened && !looking} onClose={close} title={`Edit ${role.name}`} size="lg">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            setLooking(true)
          }}
        >
          <Stack gap="md">
            <RoleFields all={all} values={edited} onChange={setValues} />
            <FormFoot action="Look at the effect" busy={false} onCancel={close} />
          </Stack>
        </form>
      </Modal>
      <ChangeSetConfirm
        opened={opened && looking}
        onClose={close}
        title={`Save ${edited.name}`}
        action="Save"
        act={{ kind: 'role_change', roleId: role.id, permissions: [...edited.permissions] }}
        onConfirm={(changeSet) => save.mutateAsync(changeSet)}
      >
        <Difference before={role.permissions} after={edited.permissions} />
      </ChangeSetConfirm>
    </>
  )
}

function Difference({
  before,
  after,
}: {
  readonly before: readonly string[]
  readonly after: readonly string[]
}) {
  const added = after.filter((key) => !before.includes(key))
  const removed = before.filter((key) => !after.includes(key))
  if (added.length + removed.length === 0)
    return <Text size="sm">The permissions stay as they are.</Text>
  return (
    <Alert color="gray" title="For everybody who has this role, at once">
      {added.map((key) => (
        <div key={key}>
          <Status meaning="added">gains</Status> <code>{key}</code>
        </div>
      ))}
      {removed.map((key) => (
        <div key={key}>
          <Status meaning="removed">loses</Status> <code>{key}</code>
        </div>
      ))}
    </Alert>
  )
}

function DeleteRole({ role }: { readonly role: Shown }) {
  const go = useGo()
  const cache = useQueryClient()
  const remove = useAct(
    () => api.delete(`/api/v1/roles/${role.id}`, { query: { version: role.version } }),
    {
      done: `${role.name} deleted`,
      onDone: () => {
        // This page itself must not be asked for again, the list must.
        cache.removeQueries({ queryKey: ['roles', 'list'] })
        go('/roles')
      },
      onError: () => true,
    },
  )
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${role.name}?`}
      action="Delete"
      onConfirm={() => remove.mutateAsync()}
    >
      {role.usedBy.length > 0 ? (
        <>
          It is used:{' '}
          {role.usedBy.map((use, i) => (
            <span key={use.id}>
              {i > 0 && ', '}
              <Link to={use.link}>{use.label}</Link>
            </span>
          ))}
          . Take it away there first.
        </>
      ) : (
        <Effect
          touches="Nobody has it, so nobody loses anything. Its versions go with it."
          undo="Make it again; the audit trail keeps what it held."
        />
      )}
    </ConfirmButton>
  )
}
