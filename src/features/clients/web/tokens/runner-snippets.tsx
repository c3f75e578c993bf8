import { List, Stack } from '@mantine/core'
import { CopyBlock } from '#web/kit/index.ts'
import type { RunnerSnippet } from '../../tokens/schema.ts'
import { Tabbed } from '../tabbed.tsx'

/** One tab for each kind of runner. */
export function RunnerSnippets({ of }: { readonly of: readonly RunnerSnippet[] }) {
  return (
    <Tabbed of={of}>
      {(item) => (
        <Stack gap="sm">
          <CopyBlock title={item.fileName} text={item.text} />
          <List size="sm" c="dimmed" spacing={4}>
            {item.notes.map((note) => (
              <List.Item key={note}>{note}</List.Item>
            ))}
          </List>
        </Stack>
      )}
    </Tabbed>
  )
}
