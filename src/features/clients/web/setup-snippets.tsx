import { Button, Group, List, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { CopyBlock } from '#web/kit/index.ts'
import type { Setup } from '../schema.ts'
import { failsOpen } from '../schema.truths.ts'
import { Tabbed } from './tabbed.tsx'

type Snippet = Setup['routes'][number]['snippets'][number]

/** One tab for each thing to put on the machine or to run there; in each the way on, the way off, and what to know. */
export function SetupSnippets({ of }: { readonly of: readonly Snippet[] }) {
  return <Tabbed of={of}>{(item) => <One of={item} />}</Tabbed>
}

function One({ of }: { readonly of: Snippet }) {
  // The page around has said it, above everything else.
  const notes = of.notes.filter((note) => note !== failsOpen)
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" maw={640}>
          {of.where}
        </Text>
        <Button
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(of.install)}`}
          download={of.fileName}
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          Download
        </Button>
      </Group>
      <CopyBlock title={of.fileName} text={of.install} />
      {of.remove !== null && (
        <details>
          <summary>How to take it back</summary>
          <CopyBlock title={`${of.fileName}, to take it back`} text={of.remove} />
        </details>
      )}
      <List size="sm" c="dimmed" spacing={4}>
        {notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
      </List>
    </Stack>
  )
}
