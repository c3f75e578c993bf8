import { useState } from 'react'
import { Alert, Button, FileButton, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { api, Loading, notifyError, plural, saveFile, Section, useAct } from '#web/kit/index.ts'
import { replayed, type Impact } from '../../impact/schema.ts'
import type { Act } from '../../schema.act.ts'
import { ReplayResult } from './replay-result.tsx'
import { pairOptions } from './words.ts'

const path = '/api/v1/impact/replay'
/** As the API takes it (bytes). */
const largest = 16 * 1024 * 1024

interface Props {
  readonly act: Act
  readonly impact: Impact
}

/** Commands that were run, decided by the policies before and after: what people would notice. */
export function ImpactReplay({ act, impact }: Props) {
  const pairs = impact.pairs.filter((pair) => starts(pair.beforeIs) && starts(pair.afterIs))
  const [text, setText] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [pair, setPair] = useState<string | null>(null)
  const replay = useAct(async () => {
    const source = file ? await file.text() : text
    const given = source.trim() === '' ? {} : { text: source }
    const body = { act, ...given, ...(pair === null ? {} : { pair }) }
    return { body, result: await api.post(path, { body, schema: replayed }) }
  })
  if (pairs.length === 0) return null
  const tooLarge = (file?.size ?? 0) > largest
  return (
    <Section
      title="Try commands"
      about="Commands that agents ran, decided by the command rules before and after. Nothing is run, nothing is kept."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          replay.mutate(undefined)
        }}
      >
        <Stack gap="sm" maw={720}>
          {impact.recordedCommands ? (
            <Text size="sm" c="dimmed">
              Left empty: the commands that clients reported lately, as far as their text is kept.
            </Text>
          ) : (
            <Text size="sm" c="dimmed">
              There are no reported commands to try: no client has reported any, their text is not
              kept, or your role does not include <code>analytics.persons</code>. Give it commands:
              one shell line each, or JSONL or CSV with <code>command</code> and, where known,{' '}
              <code>principal</code>.
            </Text>
          )}
          <Textarea
            label="Commands"
            autosize
            minRows={3}
            maxRows={10}
            placeholder={'git push origin main\nrm -rf build'}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            value={text}
            disabled={file !== null}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group gap="xs" align="flex-end">
            <FileButton onChange={setFile} accept=".txt,.csv,.json,.jsonl,text/plain">
              {(props) => (
                <Button variant="default" {...props}>
                  {file ? file.name : 'Choose a file…'}
                </Button>
              )}
            </FileButton>
            {file && (
              <Button variant="subtle" color="gray" onClick={() => setFile(null)}>
                Without the file
              </Button>
            )}
            {pairs.length > 1 && (
              <Select
                label="Decide for"
                w={300}
                clearable
                placeholder="Who ran it, else the largest"
                data={pairOptions(pairs)}
                value={pair}
                onChange={setPair}
              />
            )}
            <Button
              type="submit"
              variant="default"
              loading={replay.isPending}
              disabled={
                tooLarge || (!impact.recordedCommands && file === null && text.trim() === '')
              }
            >
              Try them
            </Button>
          </Group>
          {tooLarge && (
            <Alert color="red">This file is larger than 16 MiB. Split it, or take a sample.</Alert>
          )}
        </Stack>
      </form>
      <div aria-live="polite" style={{ marginTop: 16 }}>
        {replay.isPending ? (
          <Loading lines={4} />
        ) : (
          replay.data && (
            <Stack gap="sm">
              <Text size="sm">{plural(replay.data.result.commands, 'command')} decided.</Text>
              <ReplayResult
                of={replay.data.result}
                onExport={() => {
                  const body = { ...replay.data.body, format: 'csv' }
                  saveFile(path, body, 'replay.csv').catch(notifyError)
                }}
              />
            </Stack>
          )
        )}
      </div>
    </Section>
  )
}

const starts = (is: string): boolean => is === 'policy' || is === 'nothing'
