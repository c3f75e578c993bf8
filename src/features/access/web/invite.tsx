import { useState } from 'react'
import { Button, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { z } from 'zod'
import { api, FormFoot, SecretOnce, Time, useAct } from '#web/kit/index.ts'
import { member, type RoleKey } from '../schema.ts'
import { GroupsPicker, RolePicker } from './pickers.tsx'

/** The part of signin's answer that is shown. */
export const madeInvitation = z.object({
  link: z.object({ url: z.string(), expiresAt: z.number(), mailed: z.boolean() }),
})
export type MadeInvitation = z.infer<typeof madeInvitation>

/** The button, the form behind it, and the link that is shown once. */
export function AddMember({ variant }: { readonly variant?: 'default' }) {
  const [opened, setOpened] = useState(false)
  const [made, setMade] = useState<MadeInvitation>()
  return (
    <>
      <Button
        {...(variant === undefined ? {} : { variant })}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        Add member
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Add a member" size="md">
        <Form
          onDone={(invitation) => {
            setOpened(false)
            setMade(invitation)
          }}
          onCancel={() => setOpened(false)}
        />
      </Modal>
      <InvitationLink made={made} onStored={() => setMade(undefined)} />
    </>
  )
}

/** The one-time link, as long as this page shows it. */
export function InvitationLink({
  made,
  onStored,
}: {
  readonly made: MadeInvitation | undefined
  readonly onStored: () => void
}) {
  return (
    <SecretOnce secret={made?.link.url} title="Invitation link" onStored={onStored}>
      {made?.link.mailed === true
        ? 'It is on its way by mail, too.'
        : 'Hand it to the person yourself: mail is not configured.'}{' '}
      Whoever opens it first chooses the password of this account. It ends{' '}
      <Time at={made?.link.expiresAt} />.
    </SecretOnce>
  )
}

interface Values {
  readonly way: 'invite' | 'govern'
  readonly email: string
  readonly name: string
  readonly role: RoleKey
  readonly groupIds: string[]
}

function Form({
  onDone,
  onCancel,
}: {
  readonly onDone: (made: MadeInvitation | undefined) => void
  readonly onCancel: () => void
}) {
  const form = useForm<Values>({
    initialValues: { way: 'invite', email: '', name: '', role: 'member', groupIds: [] },
  })
  const add = useAct(
    async ({ way, ...body }: Values): Promise<MadeInvitation | undefined> => {
      if (way === 'invite') return api.post('/api/v1/invitations', { body, schema: madeInvitation })
      await api.post('/api/v1/members', { body, schema: member })
      return undefined
    },
    {
      refresh: ['members', 'groups'],
      done: (made) => (made ? 'Invited' : 'Added'),
      onDone,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Stack gap="md">
        <Radio.Group label="What for" {...form.getInputProps('way')}>
          <Stack gap={6} mt={4}>
            <Radio value="invite" label="To sign in here, with an invitation link" />
            <Radio
              value="govern"
              label="Only to be governed: their agent gets a policy, nobody signs in"
            />
          </Stack>
        </Radio.Group>
        <TextInput
          data-autofocus
          label="E-mail address"
          type="email"
          required
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <TextInput label="Name" autoComplete="off" {...form.getInputProps('name')} />
        <RolePicker
          value={form.values.role}
          onChange={(role) => form.setFieldValue('role', role)}
        />
        <GroupsPicker
          label="Groups"
          description="Decide which policy they get."
          value={form.values.groupIds}
          onChange={(ids) => form.setFieldValue('groupIds', ids)}
        />
        <FormFoot
          action={form.values.way === 'invite' ? 'Invite' : 'Add'}
          busy={add.isPending}
          onCancel={onCancel}
        />
      </Stack>
    </form>
  )
}
