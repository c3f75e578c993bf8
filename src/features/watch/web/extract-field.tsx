import { useState } from 'react'
import {
  Alert,
  Button,
  Group,
  Stack,
  Switch,
  Tabs,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { api, Facts, useAct } from '#web/kit/index.ts'
import { preview, type ExtractSettings, type FetchSettings, type Preview } from '../schema.ts'
import { Rendered } from './rendered.tsx'
import { bytesText, failureWords } from './words.ts'

interface Props {
  readonly value: ExtractSettings
  readonly fetch: FetchSettings
  readonly error: (field: string) => string | undefined
  /** A page to try it on, until another one is typed. */
  readonly suggestion: string
  readonly onChange: (value: ExtractSettings) => void
}

/** How bytes become text, tried on a real page before it is saved. */
export function ExtractField({ value, fetch, error, suggestion, onChange }: Props) {
  const [typed, setTyped] = useState<string>()
  const url = typed ?? suggestion
  const attempt = useAct(() =>
    api.post('/api/v1/watch/preview', { body: { url, extract: value, fetch }, schema: preview }),
  )
  return (
    <Stack gap="sm">
      <Switch
        label="Ask for the vendor's own Markdown first"
        description="Many vendors serve a .md beside each page: no extraction, no noise."
        checked={value.preferMarkdown}
        onChange={(event) => onChange({ ...value, preferMarkdown: event.currentTarget.checked })}
      />
      <Group grow align="flex-end">
        <TagsInput
          label="Keep only"
          description="CSS selectors. When empty: main, else article, else the body."
          value={[...value.keep]}
          error={error('keep')}
          onChange={(keep) => onChange({ ...value, keep })}
        />
        <TagsInput
          label="Leave out"
          description="CSS selectors, such as .feedback or nav."
          value={[...value.remove]}
          error={error('remove')}
          onChange={(remove) => onChange({ ...value, remove })}
        />
      </Group>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Try it on"
          placeholder="https://docs.example.com/page"
          value={url}
          onChange={(event) => setTyped(event.currentTarget.value)}
          style={{ flex: '1 1 260px' }}
        />
        <Button
          variant="default"
          loading={attempt.isPending}
          disabled={url === ''}
          onClick={() => attempt.mutate(undefined)}
        >
          Preview
        </Button>
      </Group>
      {attempt.data && <Shown of={attempt.data} />}
    </Stack>
  )
}

function Shown({ of }: { readonly of: Preview }) {
  if (!of.ok)
    return (
      <Alert color="red" role="alert" title={of.failure ? failureWords[of.failure.kind] : 'Failed'}>
        {of.failure?.message} {of.failure?.remedy}
      </Alert>
    )
  const lines = of.text.split('\n').length
  return (
    <section aria-label="Preview" role="status" className="gh-preview">
      <Facts
        of={[
          ['Title', of.title ?? 'none'],
          ['Extractor', of.extractor ?? ''],
          [
            'Fetched',
            `${bytesText(of.bytes)} in ${of.ms} ms${of.rendered ? ', in a browser' : ''}`,
          ],
          ['Text', `${lines.toLocaleString('en')} lines`],
        ]}
      />
      {of.selectors.map((s) => (
        <Text key={`${s.use} ${s.selector}`} size="sm">
          <code>{s.selector}</code> {s.use === 'keep' ? 'keeps' : 'leaves out'} {s.matches}{' '}
          {s.matches === 1 ? 'element' : 'elements'}
        </Text>
      ))}
      {of.warnings.map((warning) => (
        <Text key={warning} size="sm">
          {warning}
        </Text>
      ))}
      <Tabs defaultValue="text" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="rendered">Rendered</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="text">
          <pre className="gh-preview-text" tabIndex={0}>
            {of.text}
          </pre>
        </Tabs.Panel>
        <Tabs.Panel value="rendered">
          <Rendered html={of.html} />
        </Tabs.Panel>
      </Tabs>
    </section>
  )
}
