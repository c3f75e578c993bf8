import { useState } from 'react'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import {
  api,
  ApiError,
  LinkButton,
  MessageField,
  Needs,
  plural,
  Section,
  useAskApproval,
  useGo,
  waitsFor,
} from '#web/kit/index.ts'
import type { Impact } from '../impact/schema.ts'
import { published, type Draft } from '../schema.ts'
import {
  bothTimes,
  choiceMissing,
  choiceVerb,
  howOf,
  publishAct,
  publishRequest,
  type Choice,
} from './rollout/choice.ts'
import { RolloutChoice } from './rollout/rollout-choice.tsx'
import type { PolicyDetail } from './words.ts'

interface Props {
  readonly policy: PolicyDetail
  readonly draft: Draft
  readonly choice: Choice
  readonly onChoice: (choice: Choice) => void
  /** Undefined while the effect of the present choice is being worked out: nothing is published that nobody has looked at. */
  readonly impact: Impact | undefined
  readonly refresh: () => void
}

/** The message, to whom it goes, and the act. */
export function PublishForm({ policy, draft, choice, onChoice, impact, refresh }: Props) {
  const [message, setMessage] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const client = useQueryClient()
  const go = useGo()
  const wrong = impact?.complaints.some(({ severity }) => severity === 'error') ?? false
  // The server has the last word on whether a time has passed.
  const [now, setNow] = useState(Date.now)
  const missing = choiceMissing(choice, now)
  const need = impact?.approval
  const waits = waitsFor(need)
  const asking = waits && need?.proposal === null
  const ask = useAskApproval()
  const send = async () => {
    setBusy(true)
    setError(undefined)
    try {
      if (asking) {
        const act = publishAct(policy.id, choice)
        await ask({ act, how: howOf(choice), message, changeSet: impact?.hash })
        return
      }
      const what = { message, draftRevision: draft.revision, changeSet: impact?.hash }
      const { path, body } = publishRequest(policy.id, choice, what)
      const made = await api.post(path, { body, schema: published })
      notifications.show({ message: doneWords(choice, made) })
      // The editor must begin with the draft as it stands on the new version, not with what was here.
      client.removeQueries({ queryKey: ['policy-draft', policy.id] })
      for (const key of ['policies', 'policy-versions', 'rules', 'lookup'])
        void client.invalidateQueries({ queryKey: [key] })
      go(`/policies/${policy.id}`, toAllAtOnce(choice) ? {} : { tab: 'rollout' })
    } catch (thrown) {
      setError(thrown)
      const code = thrown instanceof ApiError ? thrown.code : ''
      if (code === 'preview_outdated' || code === 'approval_required') refresh()
      if (code === 'edited_meanwhile') void client.invalidateQueries({ queryKey: ['policy-draft'] })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Section title="Publish">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <Stack gap="md" maw={640}>
          <MessageField
            label="What changes, and why"
            description="Stands in the timeline and in the audit trail."
            required
            value={message}
            onChange={setMessage}
          />
          <RolloutChoice
            value={choice}
            onChange={(next) => {
              setNow(Date.now())
              onChoice(next)
            }}
            published={policy.published !== null}
          />
          {wrong && (
            <Alert color="red">
              The check finds errors that would stop clients. Correct them in the editor first.
            </Alert>
          )}
          {need && <Needs need={need} />}
          {error !== undefined && <Refusal error={error} />}
          {missing !== undefined && (
            <Text size="sm" c="dimmed">
              {missing}
            </Text>
          )}
          <Group gap="xs">
            <Button
              type="submit"
              loading={busy}
              disabled={
                wrong ||
                (waits && !asking) ||
                impact === undefined ||
                message.trim() === '' ||
                missing !== undefined
              }
            >
              {asking ? 'Ask for approval' : choiceVerb(choice)}
            </Button>
            <LinkButton variant="default" to={`/policies/${policy.id}`}>
              Back to the editor
            </LinkButton>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}

const toAllAtOnce = ({ to, at }: Choice): boolean => to === 'all' && at === null

function doneWords(choice: Choice, { version, touches }: z.output<typeof published>): string {
  if (typeof choice.at === 'number')
    return `Version ${version.number} is scheduled for ${bothTimes(choice.at)}.`
  return choice.to === 'all'
    ? `Version ${version.number} is published; it changes the policy of ${plural(touches, 'principal')}.`
    : `Version ${version.number} goes to ${plural(touches, 'principal')} first.`
}

function Refusal({ error }: { readonly error: unknown }) {
  const again = error instanceof ApiError && error.code === 'preview_outdated'
  return (
    <Alert color={again ? 'yellow' : 'red'} role="alert">
      {error instanceof Error ? error.message : 'It did not work.'}{' '}
      {error instanceof ApiError ? error.remedy : ''}
      {again && ' The effect above is the present one.'}
    </Alert>
  )
}
