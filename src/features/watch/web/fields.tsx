import './watch.css'
import { useState } from 'react'
import { Accordion, Select, Stack, Switch, TextInput } from '@mantine/core'
import { Section } from '#web/kit/index.ts'
import { ExtractField } from './extract-field.tsx'
import { firstAddress, type Settings } from './form.ts'
import { FetchField, RetentionField } from './limits-field.tsx'
import { ScheduleField } from './schedule-field.tsx'
import { SourcesField } from './sources-field.tsx'

interface Props {
  readonly value: Settings
  readonly errors: Readonly<Record<string, unknown>>
  readonly onChange: (value: Settings) => void
}

/** Everything about a collection that can be changed later. */
export function SettingsFields({ value, errors, onChange }: Props) {
  const [found, setFound] = useState<string>()
  const set = (patch: Partial<Settings>) => onChange({ ...value, ...patch })
  const error = (prefix: string) => (field: string) =>
    errors[`${prefix}.${field}`] as string | undefined
  return (
    <Stack gap="lg">
      <TextInput
        label="Title"
        placeholder="Codex documentation"
        required
        value={value.title}
        error={errors.title as string | undefined}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <Section title="Sources" about="Where its pages are found.">
        <SourcesField
          value={value.sources}
          fetch={value.fetch}
          errors={errors}
          onChange={(sources) => set({ sources })}
          onFound={setFound}
        />
      </Section>
      <Section title="Text" about="How a fetched page becomes the Markdown that is compared.">
        <ExtractField
          value={value.extract}
          fetch={value.fetch}
          error={error('extract')}
          suggestion={found ?? firstAddress(value.sources)}
          onChange={(extract) => set({ extract })}
        />
      </Section>
      <Section title="Schedule">
        <ScheduleField
          value={value.schedule}
          error={error('schedule')}
          onChange={(schedule) => set({ schedule })}
        />
      </Section>
      <Section title="Who sees it, and what it is">
        <Stack gap="sm">
          <Select
            label="Readers"
            allowDeselect={false}
            w={360}
            value={value.visibility}
            onChange={(visibility) => visibility !== null && set({ visibility })}
            data={[
              { value: 'members' as const, label: 'members of this workspace' },
              { value: 'public' as const, label: 'everybody with the link, without signing in' },
            ]}
          />
          <Switch
            label="It documents what policies can say"
            description="Keys and features that a step adds are compared with your policies."
            checked={value.policyDocumentation}
            onChange={(event) => set({ policyDocumentation: event.currentTarget.checked })}
          />
        </Stack>
      </Section>
      <Accordion variant="contained">
        <Accordion.Item value="fetch">
          <Accordion.Control>Politeness and limits</Accordion.Control>
          <Accordion.Panel>
            <FetchField value={value.fetch} onChange={(fetch) => set({ fetch })} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="retention">
          <Accordion.Control>What is kept</Accordion.Control>
          <Accordion.Panel>
            <RetentionField value={value.retention} onChange={(retention) => set({ retention })} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  )
}
