import { useState } from 'react'
import { Button, Modal, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { GroupsPicker } from '#features/access/web/pickers.tsx'
import { FormFoot, useAct, useGo } from '#web/kit/index.ts'
import { AccountFields, ownerMissing, type AccountValues } from './account-fields.tsx'
import { makeAccount, touched } from './calls.ts'

/** It has no token yet: nobody gets anything by making it. */
export function NewAccount() {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        New service account
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New service account" size="lg">
        <Form onCancel={() => setOpened(false)} />
      </Modal>
    </>
  )
}

function Form({ onCancel }: { readonly onCancel: () => void }) {
  const go = useGo()
  const [groupIds, setGroupIds] = useState<string[]>([])
  const form = useForm<AccountValues>({
    initialValues: { name: '', purpose: '', ownerKind: 'member', ownerId: null },
    validate: { ownerId: ownerMissing },
  })
  const make = useAct(
    ({ name, purpose, ownerKind, ownerId }: AccountValues) =>
      makeAccount({ name, purpose, owner: { kind: ownerKind, id: ownerId ?? '' }, groupIds }),
    {
      refresh: touched,
      onDone: ({ id }) => go(`/service-accounts/${id}`),
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="md">
        <AccountFields form={form} />
        <GroupsPicker
          label="Groups"
          description="They decide its policy, and give it no other right. None: the default policy."
          value={groupIds}
          onChange={setGroupIds}
        />
        <FormFoot action="Make service account" busy={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
