import { useState } from 'react'
import { Button, Checkbox } from '@mantine/core'
import { GroupPicker } from '#features/access/web/pickers.tsx'
import { api, ChangeSetConfirm, useAct, useCan } from '#web/kit/index.ts'
import { enrolmentDetail, type EnrolmentDetail } from '../schema.ts'

/** Binding to another group changes what the machines get, so it is looked at before it happens. */
export function Bind({ of }: { readonly of: EnrolmentDetail }) {
  const [opened, setOpened] = useState(false)
  const [groupId, setGroupId] = useState<string | null>(of.group?.id ?? null)
  const seesPolicies = useCan('policies.read')
  const seesGroups = useCan('members.read')
  const bind = useAct(
    (changeSet: string | undefined) =>
      api.put(`/api/v1/enrolments/${of.id}/group`, {
        body: { groupId, version: of.version, changeSet },
        schema: enrolmentDetail,
      }),
    // The dialog itself shows what went wrong.
    { refresh: ['enrolments', 'groups'], done: 'Bound', onError: () => true },
  )
  if (!seesPolicies || !seesGroups) return null
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setGroupId(of.group?.id ?? null)
          setOpened(true)
        }}
      >
        Change group
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Which policy for ${of.name}?`}
        action="Bind"
        act={{ kind: 'enrolment', enrolmentId: of.id, groupId }}
        disabled={groupId === (of.group?.id ?? null)}
        onConfirm={(hash) => bind.mutateAsync(hash)}
      >
        <GroupPicker value={groupId} onChange={setGroupId} />
        <Checkbox
          label="No group: the default policy"
          checked={groupId === null}
          onChange={(event) =>
            setGroupId(event.currentTarget.checked ? null : (of.group?.id ?? null))
          }
        />
      </ChangeSetConfirm>
    </>
  )
}
