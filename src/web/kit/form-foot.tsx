import { Button, Group } from '@mantine/core'

interface FormFootProps {
  /** What the button that sends the form says. */
  readonly action: string
  readonly busy: boolean
  readonly disabled?: boolean
  readonly danger?: boolean
  readonly onCancel: () => void
}

/** The last line of a form in a dialog. */
export function FormFoot({
  action,
  busy,
  disabled = false,
  danger = false,
  onCancel,
}: FormFootProps) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
      <Button
        type="submit"
        loading={busy}
        disabled={disabled}
        {...(danger ? { color: 'red' } : {})}
      >
        {action}
      </Button>
    </Group>
  )
}
