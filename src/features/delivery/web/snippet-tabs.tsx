import { List, Stack, Tabs, Text } from '@mantine/core'
import { CopyBlock } from '#web/kit/index.ts'
import type { Snippet, Snippets } from '../schema.ts'

/** One tab for each way to set machines up; in each the way on, the way off, and what to know. */
export function SnippetTabs({ of }: { readonly of: Snippets }) {
  return (
    <Tabs defaultValue="requirements" keepMounted={false}>
      <Tabs.List>
        {of.items.map((item) => (
          <Tabs.Tab key={item.id} value={item.id}>
            {item.title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {of.items.map((item) => (
        <Tabs.Panel key={item.id} value={item.id} pt="md">
          <One of={item} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function One({ of }: { readonly of: Snippet }) {
  return (
    <Stack gap="sm">
      <Text size="sm">{of.where}</Text>
      <CopyBlock title={of.fileName} text={of.install} />
      {of.remove !== null && (
        <details>
          <summary>How to take it off again</summary>
          <CopyBlock title={`${of.fileName}, to take it off`} text={of.remove} />
        </details>
      )}
      <List size="sm" c="dimmed" spacing={4}>
        {of.notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
      </List>
    </Stack>
  )
}
