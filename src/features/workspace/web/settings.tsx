import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import {
  api,
  Facts,
  Loaded,
  Page,
  Section,
  Status,
  useAct,
  useApi,
  useCan,
  useSession,
} from '#web/kit/index.ts'
import { RequestAddressSetting } from '#features/policies/web/request-address.tsx'
import { mailSettings, testMailResult, workspace, type Workspace } from '../schema.ts'

export function SettingsScreen() {
  const answer = useApi(['workspace'], '/api/v1/workspace', workspace)
  return (
    <Page
      title="Settings"
      about="What the configuration of the machine decides is shown here and changed there."
    >
      <Stack gap="lg">
        <Loaded of={answer}>{(w) => <Name of={w} />}</Loaded>
        <Mail />
        <RequestAddressSetting />
        <Section title="API" about="Everything these pages do, scripts can do with a service key.">
          <Group>
            <Button component="a" href="/api/v1/docs" variant="default">
              API documentation
            </Button>
            <Button component="a" href="/api/v1/openapi.json" variant="default">
              OpenAPI 3.1
            </Button>
            <Button component="a" href="/ca.crt" variant="default">
              CA certificate
            </Button>
          </Group>
        </Section>
      </Stack>
    </Page>
  )
}

function Name({ of }: { readonly of: Workspace }) {
  const may = useCan('settings.manage')
  const form = useForm({ initialValues: { name: of.name } })
  const rename = useAct(
    (body: { name: string }) => api.patch('/api/v1/workspace', { body, schema: workspace }),
    { done: 'Renamed', refresh: ['workspace', 'overview', 'session'] },
  )
  return (
    <Section title="Workspace">
      <form onSubmit={form.onSubmit((values) => rename.mutate(values))}>
        <Group align="flex-end">
          <TextInput
            label="Name"
            maxLength={100}
            required
            disabled={!may}
            {...form.getInputProps('name')}
          />
          {may && (
            <Button type="submit" variant="default" loading={rename.isPending}>
              Save
            </Button>
          )}
        </Group>
      </form>
    </Section>
  )
}

function Mail() {
  const answer = useApi(['mail'], '/api/v1/settings/mail', mailSettings)
  const may = useCan('settings.manage')
  return (
    <Section title="Mail" about="For invitations and forgotten passwords.">
      <Loaded of={answer}>
        {(mail) =>
          mail.configured ? (
            <Stack>
              <Facts
                of={[
                  ['Server', mail.host],
                  ['User', mail.user ?? 'none'],
                  ['Sender', mail.from],
                ]}
              />
              {may && <TestMail />}
            </Stack>
          ) : (
            <Text size="sm">
              Mail is not configured. Set GATEHOUSE_SMTP_URL and GATEHOUSE_MAIL_FROM on the machine
              and restart; until then links are copied by hand.
            </Text>
          )
        }
      </Loaded>
    </Section>
  )
}

function TestMail() {
  const me = useSession()
  const form = useForm({ initialValues: { to: me.data?.member.email ?? '' } })
  const send = useAct((body: { to: string }) =>
    api.post('/api/v1/settings/test-mail', { body, schema: testMailResult }),
  )
  return (
    <form onSubmit={form.onSubmit((values) => send.mutate(values))}>
      <Group align="flex-end">
        <TextInput
          label="Send a test mail to"
          type="email"
          required
          {...form.getInputProps('to')}
        />
        <Button type="submit" variant="default" loading={send.isPending}>
          Send
        </Button>
      </Group>
      {send.data && (
        <Text size="sm" mt="xs" role="status">
          <Status meaning={send.data.sent ? 'allowed' : 'forbidden'}>
            {send.data.sent ? 'sent' : 'not sent'}
          </Status>{' '}
          {send.data.detail}
        </Text>
      )}
    </form>
  )
}
