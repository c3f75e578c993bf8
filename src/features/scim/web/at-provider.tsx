import { List, Stack, Text } from '@mantine/core'
import { CopyBlock, Rows, Section, type Column } from '#web/kit/index.ts'
import type { DirectoryPage, Provider } from '../schema.ts'

/** The way through the consoles, in the words that stand there. */
const steps: Readonly<Record<Provider, readonly string[]>> = {
  okta: [
    'In the application, General, choose SCIM under Provisioning; then open Provisioning, Integration.',
    'SCIM connector base URL: the address below. Unique identifier field for users: userName.',
    'Turn on Push New Users, Push Profile Updates and Push Groups. Authentication mode: HTTP Header, with the token.',
    'Under To App turn on Create Users, Update User Attributes and Deactivate Users.',
    'Assign people to the application, and groups under Push Groups.',
  ],
  entra: [
    'In the enterprise application open Provisioning, and choose Automatic.',
    'Tenant URL: the address below. Secret Token: the token. Then Test Connection.',
    'Keep the mappings below; matching goes by userName and, for groups, by displayName.',
    'Assign users and groups, then start provisioning. Entra sends changes about every 40 minutes.',
  ],
  other: [
    'SCIM 2.0 with a bearer token, media type application/scim+json.',
    'Users need a userName and an e-mail address; groups need a displayName.',
    'It has to send active: false, or DELETE, when somebody leaves.',
  ],
}

interface Mapping {
  readonly scim: string
  readonly here: string
}

const mappings: readonly Mapping[] = [
  { scim: 'userName', here: 'what the provider tells people apart by' },
  { scim: 'emails[type eq "work"].value', here: 'the member’s address (else userName)' },
  { scim: 'displayName, or name.givenName and name.familyName', here: 'the member’s name' },
  { scim: 'active', here: 'false suspends the member' },
  { scim: 'externalId', here: 'kept for the provider' },
]

const columns: readonly Column<Mapping>[] = [
  { key: 'scim', header: 'SCIM', cell: (m) => <code>{m.scim}</code> },
  { key: 'here', header: 'In Gatehouse', cell: (m) => m.here },
]

export function AtProvider({ of }: { readonly of: DirectoryPage }) {
  return (
    <Section title="At the provider">
      <Stack gap="md">
        <List size="sm" spacing={6} type="ordered">
          {steps[of.provider].map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
        <CopyBlock title="Address" text={of.address} />
        <Rows label="Mapping" rows={mappings} columns={columns} rowKey={(m) => m.scim} />
        <Text size="sm" c="dimmed">
          Roles are given in Gatehouse, to members or to the groups that arrive here.
        </Text>
      </Stack>
    </Section>
  )
}
