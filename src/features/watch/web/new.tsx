import { useState } from 'react'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Page, Section, useAct, useGo } from '#web/kit/index.ts'
import { collectionHead } from '../schema.ts'
import { SettingsFields } from './fields.tsx'
import { freshSettings, type Settings } from './form.ts'

const slugs = [
  ['vendor', 'Vendor', 'openai'],
  ['product', 'Product', 'codex'],
  ['set', 'Set', 'docs'],
  ['language', 'Language', 'en'],
] as const

/** A new collection: its address, its sources tried, its extraction seen on a real page, then saved. */
export function NewCollectionScreen() {
  const go = useGo()
  const [settings, setSettings] = useState<Settings>(() => ({
    ...freshSettings(),
    sources: [{ kind: 'llms', url: '', include: [], exclude: [] }],
  }))
  const form = useForm({ initialValues: { vendor: '', product: '', set: 'docs', language: 'en' } })
  const add = useAct(
    () =>
      api.post('/api/v1/watch/collections', {
        body: { ...settings, ...form.values },
        schema: collectionHead,
      }),
    {
      done: 'Added. The first check takes in every page.',
      refresh: ['collections'],
      onDone: (c) => go(`/watch/${c.path}`),
      onError: (error) => {
        form.setErrors(error.fields)
        return false
      },
    },
  )
  return (
    <Page
      title="Add a collection"
      trail={[{ label: 'Collections', to: '/watch' }]}
      about="A set of pages whose every version is kept."
      width="narrow"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate(undefined)
        }}
      >
        <Stack gap="lg">
          <Section title="Address" about="It stands in every link and cannot be changed later.">
            <Group grow align="flex-start">
              {slugs.map(([key, label, placeholder]) => (
                <TextInput
                  key={key}
                  label={label}
                  placeholder={placeholder}
                  required
                  {...form.getInputProps(key)}
                />
              ))}
            </Group>
          </Section>
          <SettingsFields value={settings} errors={form.errors} onChange={setSettings} />
          <Group justify="flex-end">
            <Button type="submit" loading={add.isPending}>
              Add and watch
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  )
}
