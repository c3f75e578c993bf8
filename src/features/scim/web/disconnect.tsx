import { useState } from 'react'
import { Radio, Stack } from '@mantine/core'
import { api, ConfirmButton, Effect, plural, useAct } from '#web/kit/index.ts'
import { directoryPage, type DirectoryPage } from '../schema.ts'

export function Disconnect({ of }: { readonly of: DirectoryPage }) {
  const [people, setPeople] = useState<'keep' | 'suspend'>('keep')
  const disconnect = useAct(
    () =>
      api.post(`/api/v1/directories/${of.id}/disconnect`, {
        body: { people, version: of.version },
        schema: directoryPage,
      }),
    { done: 'Disconnected', refresh: ['directories', 'members', 'groups'] },
  )
  return (
    <ConfirmButton
      label="Disconnect"
      title={`Disconnect “${of.name}”?`}
      action="Disconnect"
      typed={of.name}
      onConfirm={() => disconnect.mutateAsync(undefined)}
    >
      <Stack gap="md">
        <Radio.Group
          label="What becomes of its people"
          value={people}
          onChange={(value) => setPeople(value === 'suspend' ? 'suspend' : 'keep')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="keep" label="They stay as they are, and are kept by hand from then on" />
            <Radio value="suspend" label="They are suspended, but for owners" />
          </Stack>
        </Radio.Group>
        <Effect
          touches={`${plural(of.users, 'user', 'users')} and ${plural(of.groups, 'group', 'groups')} of this directory.`}
          when="Its tokens end at once; its people are gone through in the next minutes."
          undo="Connect a directory that may take over members and groups: it finds them by address and name."
        />
      </Stack>
    </ConfirmButton>
  )
}
