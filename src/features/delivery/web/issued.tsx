import { useState } from 'react'
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { CopyBlock } from '#web/kit/index.ts'
import type { IssuedKey } from '../schema.ts'
import { SnippetTabs } from './snippet-tabs.tsx'

interface IssuedProps {
  readonly issued: IssuedKey | undefined
  readonly onStored: () => void
}

/** The address with its key and everything made from it, the one time that the key is known. */
export function Issued({ issued, onStored }: IssuedProps) {
  return (
    <Modal
      opened={issued !== undefined}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={`Put ${issued?.enrolment.name ?? ''} on machines`}
      size={860}
    >
      {issued && <Shown key={issued.keyId} issued={issued} onStored={onStored} />}
    </Modal>
  )
}

function Shown({
  issued,
  onStored,
}: {
  readonly issued: IssuedKey
  readonly onStored: () => void
}) {
  const [stored, setStored] = useState(false)
  return (
    <Stack gap="md">
      <Text size="sm">
        This is the only time the key is shown. Take the form that fits your machines, or keep the
        address in your vault. A lost key is replaced by a rotation; no machine is left without a
        policy by that.
      </Text>
      <CopyBlock title="base_url" text={issued.snippets.baseUrl} wrap />
      <SnippetTabs of={issued.snippets} />
      <Group justify="space-between">
        <Checkbox
          label="I stored it where it belongs"
          checked={stored}
          onChange={(event) => setStored(event.currentTarget.checked)}
        />
        <Button disabled={!stored} onClick={onStored}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
