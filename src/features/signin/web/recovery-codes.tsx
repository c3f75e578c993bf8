import './recovery-codes.css'
import { useState } from 'react'
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { CopyBlock } from '#web/kit/index.ts'

/** New recovery codes, the one time they are seen: to copy, to print, to keep. */
export function RecoveryCodes({
  codes,
  onStored,
}: {
  readonly codes: readonly string[]
  readonly onStored: () => void
}) {
  const [stored, setStored] = useState(false)
  return (
    <Stack gap="md">
      <Text size="sm">
        Each of them signs you in once, with your password, on the day when your passkey or your
        authenticator app is lost. They are shown only now. Keep them where you find them without
        this device.
      </Text>
      <div className="gh-print">
        <CopyBlock title={`Recovery codes of ${window.location.host}`} text={codes.join('\n')} />
      </div>
      <Checkbox
        label="I have kept them"
        checked={stored}
        onChange={(event) => setStored(event.currentTarget.checked)}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => window.print()}>
          Print
        </Button>
        <Button disabled={!stored} onClick={onStored}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}

/** The same over a screen; a stray click does not take them away. */
export function RecoveryCodesDialog({
  codes,
  onStored,
}: {
  readonly codes: readonly string[] | null
  readonly onStored: () => void
}) {
  return (
    <Modal
      opened={codes !== null}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your recovery codes"
    >
      {codes !== null && <RecoveryCodes codes={codes} onStored={onStored} />}
    </Modal>
  )
}
