import { Button, Group, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Loaded, Page, Section, Time, useAct, useApi, useCan } from '#web/kit/index.ts'
import { settingsView, type SettingsView } from '../schema.ts'
import { path } from './words.tsx'

const at = `${path}/settings`

/** What clients are held to beside their policy, and who is told. */
export function DriftSettingsScreen() {
  const answer = useApi(['drift', 'settings'], at, settingsView)
  return (
    <Loaded of={answer}>
      {(settings) => (
        <Page
          title="What clients are held to"
          trail={[{ label: 'Drift', to: '/drift' }]}
          width="narrow"
          about={
            settings.changedAt === null ? (
              'Beside what their policy allows.'
            ) : (
              <>
                Changed <Time at={settings.changedAt} /> by {settings.changedBy}.
              </>
            )
          }
        >
          {/* Anew after each change: it begins with what is stored. */}
          <SettingsForm key={settings.revision} settings={settings} />
        </Page>
      )}
    </Loaded>
  )
}

function SettingsForm({ settings }: { readonly settings: SettingsView }) {
  const may = useCan('alerts.manage')
  const form = useForm({
    initialValues: {
      versionFloor: settings.versionFloor ?? '',
      signIn: settings.signIn ?? '',
      webhookId: settings.webhookId ?? '',
      mailTo: [...settings.mailTo],
    },
  })
  const { webhookId, webhooks } = settings
  const gone = webhookId !== null && !webhooks.some(({ id }) => id === webhookId)
  type Values = typeof form.values
  const save = useAct(
    ({ versionFloor, signIn, webhookId, mailTo }: Values) =>
      api.put(at, {
        body: {
          revision: settings.revision,
          versionFloor: versionFloor.trim() || null,
          signIn: signIn || null,
          webhookId: webhookId || null,
          mailTo,
        },
        schema: settingsView,
      }),
    {
      done: 'Saved. All clients are judged again.',
      refresh: ['drift'],
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Section title="Clients">
        <Stack gap="md" maw={480}>
          <TextInput
            label="Oldest version"
            description="A client that reports an older one disagrees. Empty: any version."
            placeholder="0.169.0"
            disabled={!may}
            {...form.getInputProps('versionFloor')}
          />
          <Select
            label="Way of signing in to the model"
            description="For machines of enrolments and clients of the configuration server. Clients that are signed in to the workspace must always report an account."
            data={[
              { value: '', label: 'Any' },
              { value: 'account', label: 'An account' },
              { value: 'api_key', label: 'An API key' },
            ]}
            allowDeselect={false}
            disabled={!may}
            {...form.getInputProps('signIn')}
          />
        </Stack>
      </Section>
      {settings.recipients && (
        <Section
          title="Tell"
          about="One message for all that newly disagree, at most every ten minutes."
        >
          <Stack gap="md" maw={480}>
            <Select
              label="Webhook"
              data={[
                { value: '', label: 'None' },
                ...webhooks.map(({ id, name }) => ({ value: id, label: name })),
                ...(gone
                  ? [{ value: webhookId, label: 'One that was deleted: nobody is told' }]
                  : []),
              ]}
              allowDeselect={false}
              disabled={!may}
              {...form.getInputProps('webhookId')}
            />
            <TagsInput
              label="Mail"
              description={
                settings.mail
                  ? 'Addresses; press Enter after each.'
                  : 'Mail is not configured on this server: nothing would be sent.'
              }
              disabled={!may}
              {...form.getInputProps('mailTo')}
            />
          </Stack>
        </Section>
      )}
      {may && (
        <Group mt="md">
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      )}
    </form>
  )
}
