import { Button, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useCopy } from './copy.ts'

interface CopyBlockProps {
  readonly text: string
  /** What it is: a file's name, or what to do with it. */
  readonly title?: string
  readonly wrap?: boolean
}

/** Text to be taken elsewhere: lines of a file, a command. Scrolls sideways, copies whole. */
export function CopyBlock({ text, title, wrap = false }: CopyBlockProps) {
  const [state, copy] = useCopy()
  return (
    <figure className="gh-copy-block">
      <Group component="figcaption" justify="space-between" wrap="nowrap" className="gh-copy-head">
        <Text size="xs" c="dimmed" ff="monospace" truncate>
          {title}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={
            state === 'copied' ? (
              <IconCheck size={13} aria-hidden />
            ) : (
              <IconCopy size={13} aria-hidden />
            )
          }
          onClick={() => copy(text)}
          aria-label={title === undefined ? 'Copy' : `Copy ${title}`}
        >
          <span role="status">
            {state === 'copied' ? 'Copied' : state === 'failed' ? 'Select it and copy' : 'Copy'}
          </span>
        </Button>
      </Group>
      <pre className={wrap ? 'gh-copy-text gh-wrap' : 'gh-copy-text'} tabIndex={0}>
        {text}
      </pre>
    </figure>
  )
}
