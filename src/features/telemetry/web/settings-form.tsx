import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { Section, useCan } from '#web/kit/index.ts'
import type { TelemetryPage } from '../schema.settings.ts'
import { GroupLevels } from './group-levels.tsx'
import { useSaveSettings } from './save.ts'
import { changeOf, valuesOf } from './form-values.ts'
import { levelOptions, levelWords } from './words.ts'

const days = { min: 1, max: 3650, w: 150, suffix: ' days', allowDecimal: false } as const

/** Everything but the switch. */
export function SettingsForm({ page }: { readonly page: TelemetryPage }) {
  const form = useForm({ initialValues: valuesOf(page.settings) })
  const save = useSaveSettings(page.settings, {
    onError: (error) => {
      form.setErrors(fieldsOf(error.fields))
      return error.errors.length > 0
    },
  })
  const mayKeepMore = useCan('settings.manage')
  const { level, relayUrl } = form.values
  const otherHost = page.settings.relay !== null && relayUrl !== page.settings.relay.url
  const known = page.settings.relay?.headers ?? []
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        save.mutate(changeOf(values, page.settings.relay !== null && !otherHost)),
      )}
    >
      <Section
        title="What is kept"
        about="Of what people and agents write. Decided before anything is stored; what is stored already stays as it is."
      >
        <Stack gap="md">
          {!mayKeepMore && (
            <Text size="sm" c="dimmed">
              You can have less kept. Keeping more, and passing telemetry on to another address,
              needs the permission settings.manage.
            </Text>
          )}
          <Select
            label="In the workspace"
            description={levelWords[level].means}
            data={levelOptions}
            allowDeselect={false}
            maw={360}
            {...form.getInputProps('level')}
          />
          <GroupLevels
            value={form.values.groups}
            names={page.groups}
            onChange={(groups) => form.setFieldValue('groups', groups)}
            error={form.errors['groups']}
          />
          <Textarea
            label="Patterns that are taken out"
            description="One regular expression (RE2) on each line, for “Redacted text”."
            autosize
            minRows={2}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('patterns')}
          />
        </Stack>
      </Section>
      <Section title="What clients send">
        <Stack gap="md">
          <Checkbox
            label="Metrics"
            description="Off: the client is told to send none, to the vendor neither."
            {...form.getInputProps('metrics', { type: 'checkbox' })}
          />
          <Checkbox
            label="Traces"
            description="A page for each turn, with how long its parts took."
            {...form.getInputProps('traces', { type: 'checkbox' })}
          />
          <Checkbox
            label="The text of prompts"
            description="Only where everything is kept, of the workspace and of each group named above."
            {...form.getInputProps('logUserPrompt', { type: 'checkbox' })}
          />
          <Group gap="md" align="flex-start">
            <TextInput
              label="Environment"
              description="Stands in every record."
              maxLength={60}
              {...form.getInputProps('environment')}
            />
            <Select
              label="Format"
              description="Of what is sent."
              data={[
                { value: 'binary', label: 'Protobuf' },
                { value: 'json', label: 'JSON' },
              ]}
              allowDeselect={false}
              {...form.getInputProps('protocol')}
            />
          </Group>
        </Stack>
      </Section>
      <Section title="How long it is kept">
        <Group gap="md">
          <NumberInput label="Events" {...days} {...form.getInputProps('events')} />
          <NumberInput label="Text in them" {...days} {...form.getInputProps('content')} />
          <NumberInput label="Traces" {...days} {...form.getInputProps('traceDays')} />
          <NumberInput label="Sums" {...days} {...form.getInputProps('sums')} />
        </Group>
      </Section>
      <Section
        title="Your own collector"
        about="Everything that is accepted is passed on as it came, text included: what is kept there is decided there."
      >
        <Stack gap="md">
          <TextInput
            label="Address"
            description="OTLP over HTTP; /v1/logs, /v1/metrics and /v1/traces are put behind it. There is one; it can pass on to others. Empty: nothing is passed on."
            placeholder="https://collector.example"
            {...form.getInputProps('relayUrl')}
          />
          <Textarea
            label="Headers"
            description={
              known.length > 0 && !otherHost
                ? `Sent now: ${known.join(', ')}. Fill in to replace all of them.`
                : 'One on each line, as name: value.'
            }
            autosize
            minRows={1}
            autoComplete="off"
            {...form.getInputProps('relayHeaders')}
          />
        </Stack>
      </Section>
      <Group justify="space-between" mt="md" mb="xl">
        <Text size="sm" c="dimmed">
          Clients learn it at their next start without a valid cache, at most one hour later.
        </Text>
        <Button type="submit" variant="default" loading={save.isPending}>
          Save
        </Button>
      </Group>
    </form>
  )
}

/** Complaints about a part of a field stand at the field. */
function fieldsOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  const names: readonly (readonly [string, string])[] = [
    ['content.patterns', 'patterns'],
    ['groups', 'groups'],
    ['relay.url', 'relayUrl'],
    ['relay.headers', 'relayHeaders'],
  ]
  return Object.fromEntries(
    Object.entries(fields).map(([field, message]) => {
      const found = names.find(([start]) => field.startsWith(start))
      return [found?.[1] ?? field, message]
    }),
  )
}
