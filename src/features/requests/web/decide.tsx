import { useState } from 'react'
import { Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core'
import { api, ChangeSetConfirm, FormFoot, Loaded, Section, useAct, useApi } from '#web/kit/index.ts'
import type { Act } from '#features/policies/schema.act.ts'
import { LastsPicker, lastsWords } from '#features/access/web/lasts.tsx'
import { GroupPicker } from '#features/access/web/pickers.tsx'
import { request as requestSchema, ways, type RequestPage, type Ways } from '../schema.ts'

/** For who may decide: gives it by a role or a group, for a time or for good, or declines. */
export function Decide({ request }: { readonly request: RequestPage }) {
  const answer = useApi(
    ['requests', request.id, 'ways'],
    `/api/v1/requests/${request.id}/ways`,
    ways,
  )
  return (
    <Section title="Decide" about="What you give is at most what you hold yourself.">
      <Loaded of={answer}>{(known) => <Deciding request={request} ways={known} />}</Loaded>
    </Section>
  )
}

interface Props {
  readonly request: RequestPage
  readonly ways: Ways
}

type Kind = 'role' | 'group'

/** Where a rule was in the way, only another policy helps, and that comes with a group. */
const startOf = ({ request, ways: known }: Props): Kind =>
  known.groups && (request.wanted.kind === 'group' || request.wanted.kind === 'refusal')
    ? 'group'
    : 'role'

function Deciding(props: Props) {
  const { request, ways: known } = props
  const [kind, setKind] = useState<Kind>(startOf(props))
  const [role, setRole] = useState(known.roles.find(({ fits }) => fits)?.id ?? null)
  const [group, setGroup] = useState<string | null>(known.group?.id ?? null)
  const [lasts, setLasts] = useState(request.lasts)
  const [note, setNote] = useState('')
  const [asking, setAsking] = useState(false)
  const [declining, setDeclining] = useState(false)
  const chosen = kind === 'role' ? role : group
  const grant = useAct(
    (changeSet: string | undefined) =>
      api.post(`/api/v1/requests/${request.id}/grant`, {
        body: { way: { kind, id: chosen }, lasts, note: note.trim(), changeSet },
        schema: requestSchema,
      }),
    {
      refresh: ['requests', 'members', 'groups', 'roles'],
      done: `Granted ${lastsWords(lasts)}`,
      onError: () => true,
    },
  )
  const kinds = [
    { value: 'role', label: 'A role', disabled: known.roles.length === 0 },
    { value: 'group', label: 'Membership of a group', disabled: !known.groups },
  ]
  if (kinds.every(({ disabled }) => disabled))
    return (
      <Stack gap="md" align="flex-start">
        <Text size="sm">
          You hold no role that you could give, and may not change who is in groups. Somebody who
          does can grant it; you can decline.
        </Text>
        <DeclineButton request={request} opened={declining} setOpened={setDeclining} />
      </Stack>
    )
  return (
    <Stack gap="md" maw={640}>
      <Select
        label="Give it by"
        description={
          request.wanted.kind === 'refusal'
            ? 'A group can bring another policy, which lets through what was refused.'
            : undefined
        }
        data={kinds}
        value={kind}
        allowDeselect={false}
        onChange={(next) => setKind(next === 'group' ? 'group' : 'role')}
      />
      {kind === 'role' ? (
        <Select
          label="Role"
          searchable
          data={known.roles.map(({ id, name, fits }) => ({
            value: id,
            label: fits ? `${name} (fits)` : name,
          }))}
          value={role}
          onChange={setRole}
          nothingFoundMessage="No role that you may give has this in its name"
        />
      ) : (
        <GroupPicker
          value={group}
          onChange={setGroup}
          known={known.group && { value: known.group.id, label: known.group.name }}
        />
      )}
      <LastsPicker
        label="For how long"
        description={`Asked: ${lastsWords(request.lasts)}. What has an end ends by itself.`}
        value={lasts}
        onChange={setLasts}
      />
      <Textarea
        label="For the one who asked"
        autosize
        minRows={2}
        maxLength={1000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button disabled={chosen === null} onClick={() => setAsking(true)}>
          Grant…
        </Button>
        <DeclineButton request={request} opened={declining} setOpened={setDeclining} />
      </Group>
      <ChangeSetConfirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Give ${request.requester.label} ${kind === 'role' ? 'the role' : 'membership of the group'} ${lastsWords(lasts)}?`}
        action="Grant"
        act={chosen === null ? undefined : actOf(kind, chosen, request.requester.id, lasts)}
        onConfirm={(hash) => grant.mutateAsync(hash)}
      />
    </Stack>
  )
}

function actOf(kind: Kind, id: string, memberId: string, lasts: number | null): Act {
  const terms = lasts === null ? {} : { lasts }
  return kind === 'role'
    ? {
        kind: 'role_grant',
        roleId: id,
        holder: { kind: 'member', id: memberId },
        given: true,
        ...terms,
      }
    : { kind: 'membership', groupId: id, add: [memberId], remove: [], ...terms }
}

function DeclineButton({
  request,
  opened,
  setOpened,
}: {
  readonly request: RequestPage
  readonly opened: boolean
  readonly setOpened: (opened: boolean) => void
}) {
  const [reason, setReason] = useState('')
  const close = () => setOpened(false)
  const decline = useAct(
    () =>
      api.post(`/api/v1/requests/${request.id}/decline`, {
        body: { reason: reason.trim() },
        schema: requestSchema,
      }),
    { refresh: ['requests'], done: 'Declined', onDone: close },
  )
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Decline…
      </Button>
      <Modal opened={opened} onClose={close} title="Decline this request?">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            decline.mutate()
          }}
        >
          <Stack gap="md">
            <Textarea
              label="Why"
              description="The one who asked reads it."
              required
              autosize
              minRows={2}
              maxLength={1000}
              data-autofocus
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <FormFoot
              action="Decline"
              danger
              busy={decline.isPending}
              disabled={reason.trim() === ''}
              onCancel={close}
            />
          </Stack>
        </form>
      </Modal>
    </>
  )
}
