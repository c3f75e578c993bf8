import { useId, useState, type ReactNode } from 'react'
import { Alert, Button, Modal, Stack, Text, TextInput, type ButtonProps } from '@mantine/core'
import { FormFoot } from './form-foot.tsx'
import { ApiError } from '../api.ts'

export interface ConfirmProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** The verb on the button: "Revoke", never "OK". */
  readonly action: string
  /** Whom it touches and how many, when the clients will know, how to take it back: use {@link Effect}. */
  readonly children: ReactNode
  /** The name that has to be typed first, for what cannot be taken back. */
  readonly typed?: string
  readonly danger?: boolean
  /** Closes when it resolves; stays open and says why when it throws. */
  readonly onConfirm: () => Promise<unknown>
  readonly size?: string | number
}

/** The question before a dangerous act. */
export function Confirm(props: ConfirmProps) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 'md'}
    >
      <Question {...props} />
    </Modal>
  )
}

function Question({ onClose, action, children, typed, danger = true, onConfirm }: ConfirmProps) {
  const id = useId()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (thrown) {
      setError(thrown)
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
        <Text component="div" size="sm">
          {children}
        </Text>
        {typed !== undefined && (
          <TextInput
            id={id}
            data-autofocus
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
        {error !== undefined && (
          <Alert color="red" role="alert">
            {error instanceof Error ? error.message : 'It did not work.'}{' '}
            {error instanceof ApiError ? error.remedy : ''}
          </Alert>
        )}
        <FormFoot
          action={action}
          busy={busy}
          disabled={typed !== undefined && text !== typed}
          danger={danger}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}

/** A button with its question: `<ConfirmButton label="Revoke" title="Revoke “laptops”?" …>effect</ConfirmButton>`. */
export function ConfirmButton({
  label,
  button = {},
  ...confirm
}: Omit<ConfirmProps, 'opened' | 'onClose'> & {
  readonly label: ReactNode
  readonly button?: ButtonProps
}) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" {...button} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <Confirm {...confirm} opened={opened} onClose={() => setOpened(false)} />
    </>
  )
}

/** What a dangerous act does, in the three answers every such question owes. */
export function Effect({
  touches,
  when,
  undo,
}: {
  readonly touches: ReactNode
  readonly when?: ReactNode
  readonly undo?: ReactNode
}) {
  return (
    <dl className="gh-effect">
      <dt>Who</dt>
      <dd>{touches}</dd>
      {when !== undefined && (
        <>
          <dt>When</dt>
          <dd>{when}</dd>
        </>
      )}
      {undo !== undefined && (
        <>
          <dt>Taking it back</dt>
          <dd>{undo}</dd>
        </>
      )}
    </dl>
  )
}
