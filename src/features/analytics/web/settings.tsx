import { Button, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Loaded, Page, Section, useAct, useApi, useCan } from '#web/kit/index.ts'
import { choices, settings, type Settings } from '../schema.ts'
import { Prices } from './prices.tsx'

/** How figures are reckoned, and what tokens cost. */
export function AnalyticsSettingsScreen() {
  const answer = useApi(['analytics', 'choices'], '/api/v1/analytics/choices', choices)
  return (
    <Page
      title="Figures and prices"
      about="How the figures of Analytics are reckoned, and what tokens cost."
      width="narrow"
    >
      <Loaded of={answer}>
        {({ settings, models }) => (
          <>
            {/* Anew after each change: it begins with what is stored. */}
            <SettingsForm key={JSON.stringify(settings)} present={settings} />
            <Prices models={models} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

function SettingsForm({ present }: { readonly present: Settings }) {
  const may = useCan('settings.manage')
  const form = useForm({ initialValues: present })
  const save = useAct(
    (body: Settings) => api.put('/api/v1/analytics/settings', { body, schema: settings }),
    {
      done: 'Saved.',
      refresh: ['analytics'],
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <Section title="Figures">
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md" maw={480}>
          <Select
            label="Time zone"
            description="Where days, weeks and months begin. Whoever may not see persons sees days of UTC."
            searchable
            allowDeselect={false}
            data={zones.includes(present.zone) ? zones : [present.zone, ...zones]}
            disabled={!may}
            {...form.getInputProps('zone')}
          />
          <NumberInput
            label="People behind a figure, at least"
            description="Whoever may not see persons sees nothing about fewer. A larger number hides more."
            min={2}
            max={100}
            allowDecimal={false}
            disabled={!may}
            {...form.getInputProps('k')}
          />
          <TextInput
            label="Currency"
            description="Of the prices below, such as EUR. Nothing is converted: the numbers stay as they are."
            maxLength={3}
            disabled={!may}
            {...form.getInputProps('currency')}
          />
          {may && (
            <div>
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                Save
              </Button>
            </div>
          )}
        </Stack>
      </form>
    </Section>
  )
}
