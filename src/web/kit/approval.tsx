import { useState } from 'react'
import { Alert, Button, Collapse, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { proposal, type How, type ProposedAct } from '#features/policies/approval/schema.ts'
import type { ApprovalNeed } from '#features/policies/schema.act.ts'
import { api, ApiError } from '../api.ts'
import { useGo } from '../use-address.ts'
import { Link } from './link.tsx'
import { MessageField } from './message-field.tsx'

interface Wish {
  readonly act: ProposedAct
  readonly how?: How | undefined
  readonly message: string
  /** The hash that was looked at. */
  readonly changeSet: string | undefined
}

/** Asks for approval of an act, then leads to the page where it waits. */
export function useAskApproval(): (wish: Wish) => Promise<void> {
  const client = useQueryClient()
  const go = useGo()
  return async ({ act, how = {}, message, changeSet }) => {
    const made = await api.post('/api/v1/approvals', {
      body: { act, how, message, changeSet },
      schema: proposal,
    })
    notifications.show({ message: 'Asked for approval. Nothing has happened yet.' })
    for (const key of ['approvals', 'four-eyes', 'change-set'])
      void client.invalidateQueries({ queryKey: [key] })
    go(`/approvals/${made.id}`)
  }
}

/** Nobody has approved it yet, and somebody has to. */
export const waitsFor = (need: ApprovalNeed | undefined): boolean =>
  need?.needed === true && need.proposal?.state !== 'approved'

/** What the four-eyes rule says about an act; nothing where it has nothing to say. */
export function Needs({ need }: { readonly need: ApprovalNeed }) {
  if (need.reviewed)
    return (
      <Alert color="yellow">
        It happens at once. With the four-eyes rule on, somebody else has to review it afterwards.
      </Alert>
    )
  if (!need.needed) return null
  if (need.proposal?.state === 'approved')
    return (
      <Alert color="green">
        Somebody else has{' '}
        <Link to={`/approvals/${need.proposal.id}`} underline="always">
          approved it
        </Link>
        : it can be done now.
      </Alert>
    )
  if (need.proposal)
    return (
      <Alert color="yellow">
        It was proposed and{' '}
        <Link to={`/approvals/${need.proposal.id}`} underline="always">
          waits for somebody to approve it
        </Link>
        .
      </Alert>
    )
  return (
    <Alert color="yellow">The four-eyes rule is on: somebody else has to approve it first.</Alert>
  )
}

export function AskFields(props: {
  readonly message: string
  readonly onMessage: (message: string) => void
}) {
  return (
    <MessageField
      label="For who approves: what changes, and why"
      required
      value={props.message}
      onChange={props.onMessage}
    />
  )
}

interface EmergencyProps {
  readonly action: string
  readonly busy: boolean
  readonly disabled: boolean
  readonly onConfirm: (reason: string) => Promise<unknown>
}

/** The way past the rule, for what gives back what was served before. */
export function Emergency({ action, busy, disabled, onConfirm }: EmergencyProps) {
  const [opened, setOpened] = useState(false)
  const [reason, setReason] = useState('')
  return (
    <div>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        It cannot wait…
      </Button>
      <Collapse expanded={opened}>
        <Stack gap="xs" mt="xs" align="flex-start">
          <Text size="sm">
            It happens now, without approval. It stands as an alarm until somebody else has reviewed
            it.
          </Text>
          <MessageField label="Why it cannot wait" w="100%" value={reason} onChange={setReason} />
          <Button
            color="red"
            loading={busy}
            disabled={disabled || reason.trim() === ''}
            onClick={() => void onConfirm(reason)}
          >
            {action} now
          </Button>
        </Stack>
      </Collapse>
    </div>
  )
}

/** Where an act was refused that somebody else has to approve first: the way to ask for that. Else nothing. */
export function ApprovalRequired({ error, how }: { readonly error: unknown; readonly how?: How }) {
  const ask = useAskApproval()
  const [message, setMessage] = useState('')
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string>()
  if (!(error instanceof ApiError) || error.code !== 'approval_required') return null
  const { act, approval, changeSet } = error.document as Refused
  if (approval?.proposal) return <Needs need={approval} />
  if (!act)
    return <Alert color="red">{error.message} It is too large to be asked for at once.</Alert>
  const send = async () => {
    setBusy(true)
    try {
      await ask({ act, how, message, changeSet: changeSet?.hash })
    } catch (thrown) {
      setRefused(thrown instanceof Error ? thrown.message : 'It did not work.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Alert color="yellow" title="Somebody else has to approve it first">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error.message}</Text>
        <MessageField
          label="For who approves: what changes, and why"
          w="100%"
          value={message}
          onChange={setMessage}
        />
        {refused !== undefined && (
          <Text size="sm" c="red" role="alert">
            {refused}
          </Text>
        )}
        <Button loading={busy} disabled={message.trim() === ''} onClick={() => void send()}>
          Ask for approval
        </Button>
      </Stack>
    </Alert>
  )
}

interface Refused {
  readonly act?: ProposedAct
  readonly approval?: ApprovalNeed
  readonly changeSet?: { readonly hash: string } | null
}
