import { UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useCopy } from './copy.ts'

interface IdProps {
  readonly value: string
  /** Shown instead of the whole id; the whole one is copied. */
  readonly label?: string
}

/** An id in monospace that copies on click. */
export function Id({ value, label }: IdProps) {
  const [state, copy] = useCopy()
  const Sign = state === 'copied' ? IconCheck : IconCopy
  return (
    <UnstyledButton className="gh-id" title={`Copy ${value}`} onClick={() => copy(value)}>
      <code>{label ?? value}</code>
      <Sign size={12} aria-hidden />
      <VisuallyHidden role="status">
        {state === 'copied' ? 'Copied' : state === 'failed' ? 'Copying failed' : ''}
      </VisuallyHidden>
    </UnstyledButton>
  )
}
