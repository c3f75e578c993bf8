import { useState } from 'react'
import { Button, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import {
  api,
  DataTable,
  Empty,
  FormFoot,
  Page,
  Time,
  useAct,
  useCan,
  useGo,
  type Column,
} from '#web/kit/index.ts'
import { group, type Group } from '../schema.ts'
import { sources } from './words.tsx'

const columns: readonly Column<Group>[] = [
  { key: 'name', header: 'Name', cell: (g) => g.name, sort: true },
  {
    key: 'description',
    header: 'Description',
    cell: (g) => (
      <Text span inherit c="dimmed">
        {g.description}
      </Text>
    ),
    wideOnly: true,
  },
  {
    key: 'source',
    header: 'Source',
    cell: (g) => sources[g.source],
    width: 100,
    wideOnly: true,
  },
  {
    key: 'members',
    header: 'Members',
    cell: (g) => g.members.toLocaleString('en'),
    sort: true,
    align: 'right',
    width: 110,
  },
  {
    key: 'created',
    header: 'Made',
    cell: (g) => <Time at={g.createdAt} />,
    sort: true,
    align: 'right',
    width: 140,
    wideOnly: true,
  },
]

export function GroupsScreen() {
  const may = useCan('members.manage')
  return (
    <Page
      title="Groups"
      about="Group rules give policies to groups; who is in a group decides which policy they get."
      actions={may && <NewGroup />}
    >
      <DataTable
        name="groups"
        label="Groups"
        path="/api/v1/groups"
        schema={group}
        columns={columns}
        rowKey={(g) => g.id}
        rowLink={(g) => `/groups/${g.id}`}
        rowName={(g) => g.name}
        search="Name or description"
        defaultSort="name"
        empty={
          <Empty title="No groups yet" action={may && <NewGroup />}>
            Groups are what rules give policies to: a team, a country, a level of trust.
          </Empty>
        }
      />
    </Page>
  )
}

function NewGroup() {
  const [opened, setOpened] = useState(false)
  const go = useGo()
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        New group
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New group">
        <GroupForm
          action="Make group"
          initial={{ name: '', description: '' }}
          save={(body) => api.post('/api/v1/groups', { body, schema: group })}
          onCancel={() => setOpened(false)}
          onDone={(made) => go(`/groups/${made.id}`)}
        />
      </Modal>
    </>
  )
}

interface GroupFormProps {
  readonly action: string
  readonly initial: { readonly name: string; readonly description: string }
  readonly save: (values: { name: string; description: string }) => Promise<Group>
  readonly onDone: (group: Group) => void
  readonly onCancel: () => void
}

export function GroupForm({ action, initial, save, onDone, onCancel }: GroupFormProps) {
  const form = useForm({ initialValues: { ...initial } })
  const act = useAct(save, {
    refresh: ['groups'],
    done: (made) => `${made.name} saved`,
    onDone,
    onError: (error) => {
      form.setErrors(error.fields)
      return error.errors.length > 0
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => act.mutate(values))}>
      <Stack gap="md">
        <TextInput data-autofocus required label="Name" {...form.getInputProps('name')} />
        <Textarea
          label="Description"
          description="Who belongs here."
          autosize
          minRows={2}
          {...form.getInputProps('description')}
        />
        <FormFoot action={action} busy={act.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}
