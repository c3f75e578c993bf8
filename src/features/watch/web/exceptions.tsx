import { useState } from 'react'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import {
  api,
  ConfirmButton,
  DataTable,
  Effect,
  Empty,
  Page,
  Time,
  useAct,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { outboundException } from '../schema.ts'
import type { z } from 'zod'

type Exception = z.infer<typeof outboundException>
const path = '/api/v1/watch/exceptions'

/** Hosts that may be called although they are not on the public internet. */
export function ExceptionsScreen() {
  const may = useCan('outbound.manage')
  const remove = useAct((id: string) => api.delete(`${path}/${id}`), { refresh: ['exceptions'] })
  const columns: readonly Column<Exception>[] = [
    { key: 'target', header: 'Host and port', cell: (e) => <code>{e.target}</code> },
    { key: 'note', header: 'Why', cell: (e) => e.note, wideOnly: true },
    {
      key: 'created',
      header: 'Since',
      cell: (e) =>
        e.fixed ? (
          'in the configuration of the server'
        ) : (
          <>
            <Time at={e.createdAt} /> by {e.createdBy}
          </>
        ),
    },
    {
      key: 'act',
      header: '',
      cell: (e) =>
        may &&
        !e.fixed && (
          <ConfirmButton
            label="Remove"
            title={`Remove ${e.target}?`}
            action="Remove"
            onConfirm={() => remove.mutateAsync(e.id)}
          >
            <Effect
              touches="Sources and webhooks on this host fail from their next call on."
              undo="Add it again."
            />
          </ConfirmButton>
        ),
    },
  ]
  return (
    <Page
      title="Outbound exceptions"
      trail={[{ label: 'Collections', to: '/watch' }]}
      about="Gatehouse calls hosts on the public internet only. Name here what else it may call: a wiki of your own, a private mirror."
      actions={may && <Add />}
    >
      <DataTable
        name="exceptions"
        label="Outbound exceptions"
        path={path}
        schema={outboundException}
        columns={columns}
        rowKey={(e) => e.id}
        search={false}
        exports={false}
        empty={
          <Empty title="No exceptions">
            Private, link-local and metadata addresses are refused, however they are written and
            wherever a redirect leads.
          </Empty>
        }
      />
    </Page>
  )
}

function Add() {
  const [opened, setOpened] = useState(false)
  const form = useForm({ initialValues: { target: '', note: '' } })
  const add = useAct((body: typeof form.values) => api.post(path, { body }), {
    done: 'Added',
    refresh: ['exceptions'],
    onDone: () => {
      setOpened(false)
      form.reset()
    },
    onError: (error) => {
      form.setErrors(error.fields)
      return error.errors.length > 0
    },
  })
  return (
    <>
      <Button onClick={() => setOpened(true)}>Add an exception</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Add an exception">
        <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
          <Stack gap="md">
            <TextInput
              label="Host and port"
              placeholder="wiki.corp.example:443"
              data-autofocus
              {...form.getInputProps('target')}
            />
            <TextInput label="Why" {...form.getInputProps('note')} />
            <Text size="sm" c="dimmed">
              Everybody who may add a collection can then have this host called and read its
              answers.
            </Text>
            <Group justify="flex-end">
              <Button type="submit" loading={add.isPending}>
                Add
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
