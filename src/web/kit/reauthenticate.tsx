import { useState } from 'react'
import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { api, ApiError } from '../api.ts'

type Answer = (confirmed: boolean) => void
let ask: ((answer: Answer) => void) | undefined

/** Asks for the password once more. Resolves to whether it was right; false when nobody can be asked. */
export function reauthenticate(): Promise<boolean> {
  return new Promise((resolve) => {
    if (ask === undefined) resolve(false)
    else ask(resolve)
  })
}

/** Mounted once by the application. Several calls refused at the same time share one question. */
export function ReauthenticateDialog() {
  const [waiting, setWaiting] = useState<readonly Answer[]>([])
  const settle = (confirmed: boolean) => {
    for (const answer of waiting) answer(confirmed)
    setWaiting([])
  }
  const listen = (mounted: HTMLElement | null) => {
    ask = mounted === null ? undefined : (answer) => setWaiting((before) => [...before, answer])
  }
  return (
    <div ref={listen}>
      <Modal
        opened={waiting.length > 0}
        onClose={() => settle(false)}
        title="Confirm that it is you"
        size="sm"
        zIndex={400}
      >
        <Question onConfirmed={() => settle(true)} onCancel={() => settle(false)} />
      </Modal>
    </div>
  )
}

function Question(props: { readonly onConfirmed: () => void; readonly onCancel: () => void }) {
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const confirm = async () => {
    setBusy(true)
    try {
      await api.post('/api/v1/session/reauthenticate', { body: { password } })
      props.onConfirmed()
    } catch (thrown) {
      setError(thrown instanceof ApiError ? thrown.message : 'It did not work.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // This dialog may stand inside another form's tree; React events bubble through portals.
        event.stopPropagation()
        void confirm()
      }}
    >
      <Stack gap="md">
        <Text size="sm">
          This act needs your password again. You are not asked for a while afterwards.
        </Text>
        <PasswordInput
          label="Password"
          data-autofocus
          autoComplete="current-password"
          value={password}
          error={error}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={password === ''}>
            Confirm
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
