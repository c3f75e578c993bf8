import { useState, type ReactNode } from 'react'
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import type { Act } from '#features/policies/schema.ts'
import { ApiError, ChangeSetView, Loading, useChangeSet } from '#web/kit/index.ts'

interface EffectDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** The verb on the button. */
  readonly action: string
  readonly danger?: boolean
  /** What must be typed first. */
  readonly typed?: string
  /** The act whose effect is shown. Undefined: not chosen yet, and nothing can be confirmed. */
  readonly act: Act | undefined
  readonly children?: ReactNode
  /** Gets the hash of the change set that was looked at. */
  readonly onConfirm: (hash: string | undefined) => Promise<unknown>
}

/** The question before an act that may change somebody's policy: whom it touches, what changes, when, and the way back. */
export function EffectDialog(props: EffectDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="lg">
      {props.opened && <Question {...props} />}
    </Modal>
  )
}

function Question({
  onClose,
  action,
  danger = false,
  typed,
  act,
  children,
  onConfirm,
}: EffectDialogProps) {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const preview = useChangeSet(act)
  // Somebody who may do the act but may not read policies cannot see its effect; the server counts it all the same.
  const unseen = preview.error instanceof ApiError && preview.error.status === 403
  const ready = act !== undefined && (preview.data !== undefined || unseen)
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm(preview.data?.hash)
      onClose()
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error('It did not work.'))
      if (thrown instanceof ApiError && thrown.code === 'preview_outdated') await preview.refetch()
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void confirm()
      }}
    >
      <Stack gap="md">
        {children}
        {act !== undefined && (
          <section aria-label="Effect" aria-live="polite">
            {preview.data ? (
              <ChangeSetView set={preview.data} />
            ) : unseen ? (
              <Text size="sm" c="dimmed">
                Your role does not let you see policies, so the effect cannot be shown.
              </Text>
            ) : preview.error ? (
              <Alert color="red">{preview.error.message}</Alert>
            ) : (
              <Loading lines={3} />
            )}
          </section>
        )}
        {typed !== undefined && (
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
        {error && (
          <Alert color="red" role="alert">
            {error.message} {error instanceof ApiError ? error.remedy : ''}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            {...(danger ? { color: 'red' } : {})}
            loading={busy}
            disabled={!ready || (typed !== undefined && text !== typed)}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
