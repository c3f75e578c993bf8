import { useState } from 'react'
import { Alert, Button, Group, Stack } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Facts,
  Section,
  useAct,
  useGo,
  plural,
} from '#web/kit/index.ts'
import type { Collection } from '../schema.ts'
import type { Addresses } from './address.ts'
import { SettingsFields } from './fields.tsx'
import { settingsOf, type Settings } from './form.ts'
import { IgnoreRules } from './ignore-rules.tsx'
import { SourceSecrets } from './secrets.tsx'
import { bytesText } from './words.ts'

interface Props {
  readonly at: Addresses
  readonly of: Collection
}

/** What can be changed about a collection, what it takes up, and how it ends. */
export function CollectionSettings({ at, of: c }: Props) {
  // A change by somebody else starts the form again from what is true now.
  return <Form key={c.revision} at={at} of={c} />
}

function Form({ at, of: c }: Props) {
  const go = useGo()
  const [value, setValue] = useState<Settings>(() => settingsOf(c))
  // What is typed and not yet read (a list of addresses) goes as well when the changes are discarded.
  const [round, setRound] = useState(0)
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const changed = JSON.stringify(value) !== JSON.stringify(settingsOf(c))
  const reextract = JSON.stringify(value.extract) !== JSON.stringify(c.extract)
  const save = useAct(() => api.patch(at.api, { body: { revision: c.revision, ...value } }), {
    done: 'Saved',
    refresh: ['collections', 'snapshots'],
    onError: (error) => {
      setErrors(error.fields)
      return false
    },
  })
  const remove = useAct(() => api.delete(at.api), {
    done: 'Deleted',
    refresh: ['collections'],
    onDone: () => go('/watch'),
  })
  return (
    <Stack gap="xl" maw={860}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(undefined)
        }}
      >
        <Stack gap="lg">
          <SettingsFields key={round} value={value} errors={errors} onChange={setValue} />
          <IgnoreRules
            at={at}
            value={value.ignore}
            errors={errors}
            onChange={(ignore) => setValue({ ...value, ignore })}
          />
          {reextract && (
            <Alert color="gray">
              History is extracted anew from the bytes that are kept, without announcing anything.
            </Alert>
          )}
          <Group justify="flex-end">
            <Button
              variant="default"
              disabled={!changed}
              onClick={() => {
                setValue(settingsOf(c))
                setErrors({})
                setRound(round + 1)
              }}
            >
              Discard
            </Button>
            <Button type="submit" disabled={!changed} loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
      <SourceSecrets at={at} of={c} />
      <Section title="What it takes up">
        <Facts
          of={[
            ['Versions', c.stored.versions.toLocaleString('en')],
            ['Text', bytesText(c.stored.textBytes)],
            ['Fetched bytes', bytesText(c.stored.rawBytes)],
            ['Search index', bytesText(c.stored.indexBytes)],
            ['Extractor', c.extractor],
          ]}
        />
      </Section>
      <Section title="Delete">
        <ConfirmButton
          label="Delete this collection"
          title={`Delete ${c.path}?`}
          action="Delete"
          typed={c.path}
          onConfirm={() => remove.mutateAsync(undefined)}
        >
          <Effect
            touches={`${plural(c.pages, 'page')} with ${plural(c.snapshots, 'snapshot')}, and everybody who follows it.`}
            when="At once."
            undo="Not possible. Export it first (gatehouse watch export)."
          />
        </ConfirmButton>
      </Section>
    </Stack>
  )
}
