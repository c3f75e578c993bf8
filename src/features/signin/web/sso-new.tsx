import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, CopyBlock, LinkButton, Page, Section, useAct, useGo } from '#web/kit/index.ts'
import { provider } from '../sso/schema.ts'
import { noProvider, ProviderFields, type ProviderValues } from './sso-form.tsx'
import { ssoKey, useProviders } from './sso-providers.tsx'

/** Connects a provider: what it needs to know of us, and what we need to know of it. */
export function NewProviderScreen() {
  const go = useGo()
  const { data } = useProviders()
  const form = useForm<ProviderValues>({ initialValues: noProvider })
  const add = useAct(
    ({ button: _, groupsClaim, ...values }: ProviderValues) =>
      api.post('/api/v1/sso/providers', {
        body: { ...values, groupsClaim: groupsClaim === '' ? null : groupsClaim },
        schema: provider,
      }),
    {
      done: 'Added; it is off until you turn it on.',
      refresh: [ssoKey],
      onDone: ({ id }) => go(`/settings/sign-in/providers/${id}`),
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <Page
      title="Add a provider"
      trail={[{ label: 'Sign-in', to: '/settings/sign-in' }]}
      about="Any provider of OpenID Connect with the authorization code flow."
      width="narrow"
    >
      <Section title="There" about="Register Gatehouse at the provider as a web application.">
        <CopyBlock title="Redirect URI, exactly so" text={data?.redirectUri ?? ''} />
      </Section>
      <Section title="Here">
        <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
          <Stack gap="lg">
            <ProviderFields form={form} />
            <Group gap="xs">
              <Button type="submit" loading={add.isPending}>
                Add the provider
              </Button>
              <LinkButton to="/settings/sign-in" variant="default">
                Cancel
              </LinkButton>
            </Group>
          </Stack>
        </form>
      </Section>
    </Page>
  )
}
