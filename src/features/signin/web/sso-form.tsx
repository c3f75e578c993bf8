import { Checkbox, PasswordInput, Radio, Stack, TagsInput, TextInput } from '@mantine/core'
import type { useForm } from '@mantine/form'
import type { Provider } from '../sso/schema.ts'

/** What is typed about a provider. */
export interface ProviderValues {
  readonly name: string
  readonly button: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: string
  readonly groupsClaim: string
  readonly domains: string[]
  readonly justInTime: boolean
  readonly secondFactor: Provider['secondFactor']
}

export const noProvider: ProviderValues = {
  name: '',
  button: '',
  issuer: '',
  clientId: '',
  clientSecret: '',
  scopes: 'openid email profile',
  groupsClaim: '',
  domains: [],
  justInTime: false,
  secondFactor: 'amr',
}

export const valuesOf = (p: Provider): ProviderValues => ({
  name: p.name,
  button: p.button,
  issuer: p.issuer,
  clientId: p.clientId,
  clientSecret: '',
  scopes: p.scopes,
  groupsClaim: p.groupsClaim ?? '',
  domains: p.domains.map(({ domain }) => domain),
  justInTime: p.justInTime,
  secondFactor: p.secondFactor,
})

/** The fields of a provider, for a new one and for one that is there, whose issuer stays. */
export function ProviderFields({
  form,
  present,
}: {
  readonly form: ReturnType<typeof useForm<ProviderValues>>
  readonly present?: Provider
}) {
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="As people here call it."
        required
        withAsterisk={false}
        {...form.getInputProps('name')}
      />
      {present ? (
        <TextInput
          label="On the sign-in page"
          description="What the button says behind “Continue with”."
          {...form.getInputProps('button')}
        />
      ) : (
        <TextInput
          label="Issuer"
          description="Exactly as the provider writes it; its metadata is asked for before anything is saved."
          placeholder="https://id.acme.example"
          required
          withAsterisk={false}
          {...form.getInputProps('issuer')}
        />
      )}
      <TextInput
        label="Client id"
        required
        withAsterisk={false}
        {...form.getInputProps('clientId')}
      />
      <PasswordInput
        label="Client secret"
        description={
          present?.hasSecret === true
            ? 'There is one. Leave this empty to keep it.'
            : 'Empty for a public client; PKCE is used in any case.'
        }
        autoComplete="off"
        {...form.getInputProps('clientSecret')}
      />
      <TagsInput
        label="Domains it speaks for"
        description="Of addresses that only your organisation gives out. You state this; it is not checked with the name servers. Sign-ins are matched to members by address at these domains only."
        placeholder="acme.example"
        splitChars={[',', ' ']}
        {...form.getInputProps('domains')}
      />
      <Checkbox
        label="Make a member of whoever comes for the first time"
        description="With the role “member”, if the address is verified and at one of these domains."
        {...form.getInputProps('justInTime', { type: 'checkbox' })}
      />
      <Radio.Group label="Second factor" {...form.getInputProps('secondFactor')}>
        <Stack gap={6} mt={6}>
          <Radio value="amr" label="Counts where the provider says that there was one (amr: mfa)" />
          <Radio value="always" label="The provider asks everybody for one; I state this" />
        </Stack>
      </Radio.Group>
      <TextInput
        label="Groups claim"
        description="The claim that lists somebody’s groups. Empty: the provider says nothing about groups."
        placeholder="groups"
        {...form.getInputProps('groupsClaim')}
      />
      <TextInput label="Scopes" {...form.getInputProps('scopes')} />
    </Stack>
  )
}
