import { useState, type ReactNode } from 'react'
import { Alert, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { How } from '#features/policies/approval/schema.ts'
import { changeSet, type Act, type Preview } from '#features/policies/schema.act.ts'
import { ApiError } from '../api.ts'
import { AskFields, Emergency, Needs, useAskApproval, waitsFor } from './approval.tsx'
import { ChangeSetView, useChangeSet } from './change-set.tsx'
import { FormFoot } from './form-foot.tsx'
import { ImpactLink } from './impact-link.tsx'
import { Loaded } from './states.tsx'

export interface ChangeSetConfirmProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** The verb on the button: "Publish". */
  readonly action: string
  /** The act whose effect is shown. Undefined: not chosen yet, and nothing can be confirmed. */
  readonly act: Act | undefined
  /**
   * Does it, bound to the effect that was looked at (undefined for somebody who may act but not see policies). Closes when
   * it resolves; a refusal is shown here. `emergency`: without approval, where `emergencies` are offered.
   */
  readonly onConfirm: (
    hash: string | undefined,
    emergency?: { readonly reason: string },
  ) => Promise<unknown>
  /** The act can be an emergency, and `onConfirm` sends the reason along. */
  readonly emergencies?: boolean
  /** What the fields above say about it already; else who asks for approval is asked for a message. */
  readonly message?: string
  /** What the request says beside the act: kept with what is asked for, where somebody else has to approve it first. */
  readonly how?: How
  /** What must be typed first. */
  readonly typed?: string
  readonly danger?: boolean
  /** Not ready yet: a message is missing, the text has errors. */
  readonly disabled?: boolean
  /** Fields above the effect. */
  readonly children?: ReactNode
}

/**
 * The question before an act that changes somebody's policy. When the effect has become another one meanwhile, the server
 * refuses and the dialog shows the new one: nothing happens that nobody has looked at. Where the four-eyes rule asks for a
 * second person, the dialog asks for approval instead of acting.
 */
export function ChangeSetConfirm(props: ChangeSetConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="lg">
      {props.opened && <Question {...props} />}
    </Modal>
  )
}

function Question(props: ChangeSetConfirmProps) {
  const { act, action, children, danger = false, disabled = false, typed, onClose } = props
  const client = useQueryClient()
  const answer = useChangeSet(act)
  const [text, setText] = useState('')
  const [typedWhy, setWhy] = useState('')
  const why = props.message ?? typedWhy
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const ask = useAskApproval()
  const need = answer.data?.approval
  const waits = waitsFor(need)
  // Somebody who may do the act but may not read policies cannot see its effect; the server counts it all the same.
  const unseen = answer.error instanceof ApiError && answer.error.status === 403
  const ready = act !== undefined && (answer.data !== undefined || unseen)
  const typedWell = typed === undefined || text === typed
  const attempt = async (doing: () => Promise<unknown>) => {
    setBusy(true)
    setError(undefined)
    try {
      await doing()
      onClose()
    } catch (thrown) {
      setError(thrown)
      const now = outdated(thrown)
      if (now) client.setQueryData<Preview>(['change-set', act], (old) => old && { ...old, ...now })
      if (thrown instanceof ApiError && thrown.code === 'approval_required')
        void client.invalidateQueries({ queryKey: ['change-set', act] })
    } finally {
      setBusy(false)
    }
  }
  const hash = answer.data?.hash
  const asking = waits && need?.proposal === null
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!ready) return
        void attempt(() =>
          asking
            ? ask({ act, how: props.how, message: why, changeSet: hash })
            : props.onConfirm(hash),
        )
      }}
    >
      <Stack gap="md">
        {children}
        {error !== undefined && (
          <Alert color={outdated(error) ? 'yellow' : 'red'} role="alert">
            {error instanceof Error ? error.message : 'It did not work.'}{' '}
            {error instanceof ApiError ? error.remedy : ''}
          </Alert>
        )}
        {act !== undefined && (
          <section aria-label="Effect" aria-live="polite">
            {unseen ? (
              <Text size="sm" c="dimmed">
                Your role does not let you see policies, so the effect cannot be shown.
              </Text>
            ) : (
              <Loaded of={answer}>
                {(now) => (
                  <Stack gap="sm">
                    <ChangeSetView set={now} alwaysWhen={act.kind === 'surface'} />
                    {now.touches > 0 && <ImpactLink act={act} />}
                    <Needs need={now.approval} />
                  </Stack>
                )}
              </Loaded>
            )}
          </section>
        )}
        {typed !== undefined && !waits && (
          <TextInput
            label={
              <>
                Type <code>{typed}</code> to go on
              </>
            }
            value={text}
            autoComplete="off"
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {asking && props.message === undefined && <AskFields message={why} onMessage={setWhy} />}
        {waits && props.emergencies === true && (
          <Emergency
            action={action}
            busy={busy}
            disabled={disabled}
            onConfirm={(reason) => attempt(() => props.onConfirm(hash, { reason }))}
          />
        )}
        {(!waits || asking) && (
          <FormFoot
            action={asking ? 'Ask for approval' : action}
            busy={busy}
            disabled={disabled || !ready || (asking ? why.trim() === '' : !typedWell)}
            danger={danger && !asking}
            onCancel={onClose}
          />
        )}
      </Stack>
    </form>
  )
}

/** The present change set, out of the refusal of an outdated one. */
function outdated(error: unknown) {
  if (!(error instanceof ApiError) || error.code !== 'preview_outdated') return undefined
  return changeSet.safeParse(error.document['changeSet']).data
}
