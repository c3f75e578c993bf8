import { SegmentedControl, Stack, TextInput, Textarea } from '@mantine/core'
import type { useForm } from '@mantine/form'
import { GroupPicker, MemberPicker } from '#features/access/web/pickers.tsx'
import type { Account } from '../../accounts/schema.ts'

export interface AccountValues {
  name: string
  purpose: string
  ownerKind: 'member' | 'group'
  ownerId: string | null
}

export const ownerMissing = (id: string | null): string | null =>
  id === null ? 'Choose who answers for it.' : null

type Form = Pick<
  ReturnType<typeof useForm<AccountValues>>,
  'values' | 'errors' | 'getInputProps' | 'setValues'
>

/** What every service account says of itself. */
export function AccountFields({
  form,
  known,
}: {
  readonly form: Form
  readonly known?: Account['owner'] | undefined
}) {
  const { ownerKind, ownerId } = form.values
  const wrong = form.errors['ownerId']
  const picker = {
    label: 'Who answers for it',
    value: ownerId,
    onChange: (id: string | null) => form.setValues({ ownerId: id }),
    known: known && known.kind === ownerKind ? { value: known.id, label: known.name } : null,
    error: typeof wrong === 'string' ? wrong : undefined,
  }
  return (
    <Stack gap="md">
      <TextInput
        data-autofocus
        required
        label="Name"
        description="What runs with it, such as release-bot."
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <Textarea
        required
        label="Purpose"
        description="What stops working without it."
        autosize
        minRows={2}
        {...form.getInputProps('purpose')}
      />
      <SegmentedControl
        aria-label="Who answers for it is"
        value={ownerKind}
        onChange={(kind) => form.setValues({ ownerKind: kind, ownerId: null })}
        data={[
          { value: 'member', label: 'A member' },
          { value: 'group', label: 'A group' },
        ]}
      />
      {ownerKind === 'member' ? <MemberPicker {...picker} /> : <GroupPicker {...picker} />}
    </Stack>
  )
}
