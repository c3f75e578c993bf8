import { useState, type ReactNode } from 'react'
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { CopyBlock } from './copy-block.tsx'

export interface SecretOnceProps {
  /** The secret, or undefined while there is none to show. */
  readonly secret: string | undefined
  readonly title: string
  /** Where it goes, and what happens when it is lost. */
  readonly children?: ReactNode
  readonly onStored: () => void
}

/** Shows a secret the one time it exists in clear; cannot be dismissed by a stray click or Escape. */
export function SecretOnce({ secret, title, children, onStored }: SecretOnceProps) {
  return (
    <Modal
      opened={secret !== undefined}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={title}
      size="lg"
    >
      {secret !== undefined && (
        <Shown key={secret} secret={secret} onStored={onStored}>
          {children}
        </Shown>
      )}
    </Modal>
  )
}

function Shown({
  secret,
  children,
  onStored,
}: {
  readonly secret: string
  readonly children: ReactNode
  readonly onStored: () => void
}) {
  const [stored, setStored] = useState(false)
  return (
    <Stack gap="md">
      <Text component="div" size="sm">
        This is the only time it is shown. {children}
      </Text>
      <CopyBlock text={secret} wrap />
      <Checkbox
        label="I stored it where it belongs"
        checked={stored}
        onChange={(event) => setStored(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button disabled={!stored} onClick={onStored}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
