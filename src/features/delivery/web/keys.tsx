import { useState } from 'react'
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Rows,
  Section,
  Time,
  useAct,
  type Column,
} from '#web/kit/index.ts'
import {
  enrolmentDetail,
  issuedKey,
  type EnrolmentDetail,
  type EnrolmentKey,
  type IssuedKey,
} from '../schema.ts'
import { Issued } from './issued.tsx'
import { KeyState, When } from './words.tsx'

interface KeysProps {
  readonly of: EnrolmentDetail
  readonly may: boolean
}

/** The keys with their state, the rotation, and the end of the older one. */
export function Keys({ of, may }: KeysProps) {
  const answering = of.keys.filter((key) => key.state !== 'ended')
  const columns: readonly Column<EnrolmentKey>[] = [
    {
      key: 'prefix',
      header: 'Key',
      cell: (key) => <code title={key.prefix}>gh_enr_…{key.prefix.slice(-6)}</code>,
    },
    { key: 'state', header: 'State', cell: (key) => <KeyState of={key} /> },
    {
      key: 'used',
      header: 'Last used',
      cell: (key) => <When at={key.lastFetchedAt} />,
      align: 'right',
    },
    {
      key: 'made',
      header: 'Made',
      cell: (key) => <Time at={key.createdAt} />,
      align: 'right',
      wideOnly: true,
    },
    {
      key: 'end',
      header: 'Act',
      align: 'right',
      cell: (key) =>
        may && answering.length > 1 && key.state !== 'ended' ? <EndKey of={of} key_={key} /> : null,
    },
  ]
  return (
    <Section
      title="Keys"
      about={
        answering.length > 1
          ? 'A rotation is under way: both keys answer. End the older one when it has fallen silent.'
          : 'Only the beginning of a key is known after it was made.'
      }
      actions={may && answering.length < 2 && <Rotate of={of} />}
    >
      <Rows label="Keys" rows={[...of.keys].reverse()} columns={columns} rowKey={(key) => key.id} />
    </Section>
  )
}

function EndKey({ of, key_ }: { readonly of: EnrolmentDetail; readonly key_: EnrolmentKey }) {
  const end = useAct(
    () => api.delete(`/api/v1/enrolments/${of.id}/keys/${key_.id}`, { schema: enrolmentDetail }),
    { refresh: ['enrolments'], done: 'The key has ended' },
  )
  return (
    <ConfirmButton
      label="End"
      button={{ size: 'compact-xs' }}
      title="End this key?"
      action="End key"
      onConfirm={() => end.mutateAsync(undefined)}
    >
      <Effect
        touches={
          key_.lastFetchedAt === null ? (
            'Nobody has used this key.'
          ) : (
            <>
              Machines that still have this key. It was last used <Time at={key_.lastFetchedAt} />.
            </>
          )
        }
        when="They refuse to start the client as soon as their cache is older than one hour."
        undo="Not possible. Such a machine needs the newer key."
      />
    </ConfirmButton>
  )
}

const ends = [
  { value: '', label: 'When an administrator ends it' },
  { value: '7', label: 'After 7 days' },
  { value: '30', label: 'After 30 days' },
  { value: '90', label: 'After 90 days' },
]

function Rotate({ of }: { readonly of: EnrolmentDetail }) {
  const [opened, setOpened] = useState(false)
  const [days, setDays] = useState('')
  const [issued, setIssued] = useState<IssuedKey>()
  const rotate = useAct(
    () =>
      api.post(`/api/v1/enrolments/${of.id}/keys`, {
        body: { endOldAfterDays: days === '' ? null : Number(days) },
        schema: issuedKey,
      }),
    {
      refresh: ['enrolments'],
      onDone: (made) => {
        setOpened(false)
        setIssued(made)
      },
    },
  )
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Rotate
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Make a second key?">
        <Stack gap="md">
          <Text size="sm">
            Both keys answer until the older one ends, so that you can change machines in your own
            time. The page shows when each was last used.
          </Text>
          <Select
            label="The older key ends"
            data={ends}
            value={days}
            allowDeselect={false}
            onChange={(value) => setDays(value ?? '')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button loading={rotate.isPending} onClick={() => rotate.mutate(undefined)}>
              Make key
            </Button>
          </Group>
        </Stack>
      </Modal>
      <Issued issued={issued} onStored={() => setIssued(undefined)} />
    </>
  )
}
