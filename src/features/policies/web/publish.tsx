import { useState } from 'react'
import { Button, Textarea, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { checkRequirements, isPublishable } from '#requirements/index.ts'
import { api, ChangeSetConfirm, useCan } from '#web/kit/index.ts'
import { draft as draftSchema, published } from '../schema.ts'
import type { DraftState } from './use-draft.ts'
import { plural, type PolicyDetail } from './words.ts'

interface Props {
  readonly policy: PolicyDetail
  readonly draft: DraftState
  readonly served: string | undefined
}

/** Publishing: a message, and first who gets what by it. */
export function PublishButton({ policy, draft, served }: Props) {
  const may = useCan('policies.publish')
  const [revision, setRevision] = useState<number>()
  const [message, setMessage] = useState('')
  const client = useQueryClient()
  if (!may || policy.archivedAt !== null) return null
  const same = served === draft.text
  const why = same
    ? 'The draft says exactly what is published'
    : draft.conflict
      ? 'Decide first which text to go on with'
      : undefined
  const path = `/api/v1/policies/${policy.id}`
  const next = (policy.published?.number ?? 0) + 1
  const publish = async (changeSet: string | undefined) => {
    const body = { message, draftRevision: revision, changeSet }
    const made = await api.post(`${path}/publish`, { body, schema: published })
    notifications.show({
      message: `Version ${made.version.number} is published; it changes the policy of ${plural(made.touches, 'principal')}.`,
    })
    setMessage('')
    draft.take(await api.get(`${path}/draft`, { schema: draftSchema }))
    for (const key of ['policies', 'policy-draft', 'policy-versions', 'rules', 'lookup'])
      void client.invalidateQueries({ queryKey: [key] })
  }
  return (
    <>
      <Tooltip label={why} disabled={why === undefined}>
        <Button
          disabled={why !== undefined}
          onClick={() => {
            void draft.save().then(setRevision)
          }}
        >
          Publish…
        </Button>
      </Tooltip>
      <ChangeSetConfirm
        opened={revision !== undefined}
        onClose={() => setRevision(undefined)}
        title={`Publish version ${next} of ${policy.name}`}
        action="Publish"
        act={{ kind: 'publish', policyId: policy.id }}
        disabled={message.trim() === '' || !isPublishable(checkRequirements(draft.text))}
        onConfirm={publish}
      >
        <Textarea
          label="What changes, and why"
          description="Stands in the timeline and in the activity list."
          required
          data-autofocus
          autosize
          minRows={2}
          maxLength={500}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
      </ChangeSetConfirm>
    </>
  )
}
