import { useState } from 'react'
import { Button, Menu, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconChevronDown } from '@tabler/icons-react'
import { z } from 'zod'
import {
  api,
  ChangeSetConfirm,
  FormFoot,
  SecretOnce,
  Time,
  useAct,
  useCan,
  useSession,
} from '#web/kit/index.ts'
import { member as memberSchema, type Member, type RoleKey } from '../schema.ts'
import { InvitationLink, madeInvitation, type MadeInvitation } from './invite.tsx'
import { Leave, type Leaving } from './offboarding.tsx'
import { RolePicker } from './pickers.tsx'
import { called } from './words.tsx'

const madeLink = z.object({ url: z.string(), expiresAt: z.number() })

type Dialog = 'edit' | 'role' | 'activate' | Leaving

/** Everything that can be done with one member. The server refuses again what is hidden here. */
export function MemberActs({ member }: { readonly member: Member }) {
  const manages = useCan('members.manage')
  const gives = useCan('roles.manage')
  const self = useSession().data?.member.id === member.id
  const [dialog, setDialog] = useState<Dialog>()
  const [invitation, setInvitation] = useState<MadeInvitation>()
  const [reset, setReset] = useState<z.infer<typeof madeLink>>()
  const invite = useAct(
    () =>
      api.post('/api/v1/invitations/for-member', {
        body: { memberId: member.id },
        schema: madeInvitation,
      }),
    { refresh: ['members'], onDone: setInvitation },
  )
  const resetLink = useAct(
    () =>
      api.post('/api/v1/password-reset/links', {
        body: { memberId: member.id },
        schema: madeLink,
      }),
    { onDone: setReset },
  )
  const activate = useAct(
    (changeSet: string | undefined) =>
      api.post(`/api/v1/members/${member.id}/activate`, {
        body: { version: member.version, changeSet },
        schema: memberSchema,
      }),
    { refresh: ['members'], done: `${called(member)} is active again`, onError: () => true },
  )
  if (!manages) return null
  const close = () => setDialog(undefined)
  const away = member.status === 'suspended' || member.status === 'archived'
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={14} aria-hidden />}>Manage</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog('edit')}>Name and address…</Menu.Item>
          {gives && <Menu.Item onClick={() => setDialog('role')}>Role…</Menu.Item>}
          {!away && member.lastSeenAt === null && (
            <Menu.Item onClick={() => invite.mutate()}>New invitation link</Menu.Item>
          )}
          {member.status === 'active' && (
            <Menu.Item onClick={() => resetLink.mutate()}>Password link</Menu.Item>
          )}
          {!self && <Menu.Divider />}
          {away && <Menu.Item onClick={() => setDialog('activate')}>Make active again…</Menu.Item>}
          {member.status === 'active' && !self && (
            <Menu.Item onClick={() => setDialog('suspend')}>Suspend…</Menu.Item>
          )}
          {member.status !== 'archived' && !self && (
            <Menu.Item onClick={() => setDialog('archive')}>Archive…</Menu.Item>
          )}
          {!self && <Menu.Item onClick={() => setDialog('delete')}>Delete…</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={dialog === 'edit'} onClose={close} title="Name and address">
        <Edit member={member} onDone={close} />
      </Modal>
      <Modal opened={dialog === 'role'} onClose={close} title={`Role of ${called(member)}`}>
        <ChangeRole member={member} onDone={close} />
      </Modal>
      <ChangeSetConfirm
        opened={dialog === 'activate'}
        onClose={close}
        title={`Make ${called(member)} active again?`}
        action="Make active"
        act={{ kind: 'activate_member', memberId: member.id }}
        onConfirm={(hash) => activate.mutateAsync(hash)}
      />
      {(dialog === 'suspend' || dialog === 'archive' || dialog === 'delete') && (
        <Leave member={member} how={dialog} onClose={close} />
      )}
      <InvitationLink made={invitation} onStored={() => setInvitation(undefined)} />
      <SecretOnce secret={reset?.url} title="Password link" onStored={() => setReset(undefined)}>
        Hand it to {called(member)} in person: whoever opens it chooses the password of this
        account. It ends <Time at={reset?.expiresAt} />.
      </SecretOnce>
    </>
  )
}

interface EditProps {
  readonly member: Member
  readonly onDone: () => void
}

function Edit({ member, onDone }: EditProps) {
  const form = useForm({ initialValues: { name: member.name, email: member.email } })
  const save = useAct(
    async ({ name, email }: { name: string; email: string }) => {
      const path = `/api/v1/members/${member.id}`
      let version = member.version
      if (name !== member.name)
        version = (await api.patch(path, { body: { name, version }, schema: memberSchema })).version
      if (email !== member.email) await api.put(`${path}/email`, { body: { email, version } })
    },
    {
      refresh: ['members'],
      done: 'Saved',
      onDone,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <TextInput data-autofocus label="Name" {...form.getInputProps('name')} />
        <TextInput
          label="E-mail address"
          description="Password links go there."
          type="email"
          required
          {...form.getInputProps('email')}
        />
        <FormFoot onCancel={onDone} busy={save.isPending} action="Save" />
      </Stack>
    </form>
  )
}

function ChangeRole({ member, onDone }: EditProps) {
  const [role, setRole] = useState<RoleKey>(member.role)
  const save = useAct(
    () =>
      api.put(`/api/v1/members/${member.id}/role`, {
        body: { role, version: member.version },
        schema: memberSchema,
      }),
    { refresh: ['members', 'roles'], done: 'Role changed', onDone },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="md">
        <RolePicker value={role} onChange={setRole} />
        <FormFoot onCancel={onDone} busy={save.isPending} action="Change role" />
      </Stack>
    </form>
  )
}
