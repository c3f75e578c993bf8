import { useState } from 'react'
import { Button, Modal, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { GroupsPicker } from '#features/access/web/pickers.tsx'
import { ChangeSetConfirm, FormFoot, useAct, useGo } from '#web/kit/index.ts'
import type { Account } from '../../accounts/schema.ts'
import { endedToken, tokenFailsOpen } from '../../schema.truths.ts'
import { AccountFields, ownerMissing, type AccountValues } from './account-fields.tsx'
import { changeAccount, deleteAccount, touched } from './calls.ts'

interface Props {
  readonly of: Account
}

/** Name, purpose and who answers for it. */
export function EditAccount({ of }: Props) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Edit
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Edit ${of.name}`} size="lg">
        <Edit of={of} onClose={() => setOpened(false)} />
      </Modal>
    </>
  )
}

function Edit({ of, onClose }: Props & { readonly onClose: () => void }) {
  const form = useForm<AccountValues>({
    initialValues: {
      name: of.name,
      purpose: of.purpose,
      ownerKind: of.owner.kind,
      ownerId: of.owner.present ? of.owner.id : null,
    },
    validate: { ownerId: ownerMissing },
  })
  const save = useAct(
    ({ name, purpose, ownerKind, ownerId }: AccountValues) =>
      changeAccount(of, { name, purpose, owner: { kind: ownerKind, id: ownerId ?? '' } }),
    {
      refresh: touched,
      done: 'Saved',
      onDone: onClose,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <AccountFields form={form} known={of.owner} />
        <FormFoot action="Save" busy={save.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}

/** Other groups are another policy, so the effect is looked at before it happens. */
export function ChangeGroups({ of }: Props) {
  const before = of.groups.map(({ id }) => id)
  const [opened, setOpened] = useState(false)
  const [groupIds, setGroupIds] = useState<readonly string[]>(before)
  const change = useAct(
    (changeSet: string | undefined) => changeAccount(of, { groupIds, changeSet }),
    { refresh: touched, done: 'Changed', onError: () => true },
  )
  const same = groupIds.length === before.length && groupIds.every((id) => before.includes(id))
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setGroupIds(before)
          setOpened(true)
        }}
      >
        Change groups
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Which policy for ${of.name}?`}
        action="Change groups"
        act={{ kind: 'service_account', accountId: of.id, groupIds, status: of.status }}
        disabled={same}
        onConfirm={(hash) => change.mutateAsync(hash)}
      >
        <GroupsPicker
          label="Groups"
          description="None: the default policy."
          value={groupIds}
          onChange={setGroupIds}
        />
      </ChangeSetConfirm>
    </>
  )
}

/** Its tokens rest until it is active again. */
export function SetStatus({ of }: Props) {
  const [opened, setOpened] = useState(false)
  const status = of.status === 'active' ? 'suspended' : 'active'
  const verb = of.status === 'active' ? 'Suspend' : 'Activate'
  const change = useAct(
    (changeSet: string | undefined) => changeAccount(of, { status, changeSet }),
    { refresh: touched, done: `${of.name} is ${status}.`, onError: () => true },
  )
  const groupIds = of.groups.map(({ id }) => id)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {verb}
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`${verb} ${of.name}?`}
        action={verb}
        act={{ kind: 'service_account', accountId: of.id, groupIds, status }}
        danger={status === 'suspended'}
        onConfirm={(hash) => change.mutateAsync(hash)}
      >
        {status === 'suspended' && (
          <span>
            {endedToken} {tokenFailsOpen}
          </span>
        )}
      </ChangeSetConfirm>
    </>
  )
}

export function DeleteAccount({ of }: Props) {
  const go = useGo()
  const [opened, setOpened] = useState(false)
  const remove = useAct((changeSet: string | undefined) => deleteAccount(of, changeSet), {
    refresh: touched,
    done: `${of.name} is deleted.`,
    onDone: () => go('/service-accounts'),
    onError: () => true,
  })
  return (
    <>
      <Button variant="light" color="red" onClick={() => setOpened(true)}>
        Delete
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Delete ${of.name}?`}
        action="Delete"
        act={{ kind: 'remove_service_account', accountId: of.id }}
        typed={of.name}
        danger
        onConfirm={(hash) => remove.mutateAsync(hash)}
      >
        <span>
          All its tokens end. {endedToken} {tokenFailsOpen}
        </span>
      </ChangeSetConfirm>
    </>
  )
}
