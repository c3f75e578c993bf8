import './setup.css'
import { Alert, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { z } from 'zod'
import { Loaded, Page, Rows, Status, useAddress, useApi, type Column } from '#web/kit/index.ts'
import {
  machineRoutes,
  machineSetup,
  mcpStores,
  methods,
  stores,
  systems,
  type MachineChoice,
  type MachineKey,
  type MachineSetup,
} from '../machine/schema.ts'
import { SetupSnippets } from './setup-snippets.tsx'

const view = z.object({
  route: z.enum(machineRoutes).catch('config_server'),
  system: z.enum(systems).catch('linux'),
  methods: z.enum(methods).catch('any'),
  workspace: z.string().max(100).catch(''),
  signOut: z.enum(['yes', 'no']).catch('no'),
  store: z.enum(stores).catch('any'),
  mcpStore: z.enum(mcpStores).catch('any'),
})

/** The lines that bind how people sign in on a machine: a few questions, and the files that follow from the answers. */
export function MachineScreen() {
  const [choice, setView] = useAddress(view)
  const answer = useApi(['client-setup', 'machine'], '/api/v1/client-setup/machine', machineSetup, {
    query: choice,
    keep: true,
  })
  return (
    <Page
      title="Lines for machines"
      trail={[{ label: 'Connect clients', to: '/clients/setup' }]}
      about="What root puts on a machine so that people sign in there as the organisation wants it. Nothing is stored here; the answers stand in the address."
    >
      <Stack gap="xl">
        <Questions of={choice} onChange={setView} workspaceId={answer.data?.workspaceId} />
        <Loaded of={answer}>{(made) => <Made of={made} />}</Loaded>
      </Stack>
    </Page>
  )
}

type Options<K extends keyof MachineChoice> = Readonly<Record<MachineChoice[K], string>>

const routeNames: Options<'route'> = {
  config_server: 'A person’s sign-in to the configuration server',
  workspace: 'A person’s sign-in to the workspace',
  enrolment: 'The key of an enrolment (shared machines, automation)',
}
const systemNames: Options<'system'> = { linux: 'Linux', macos: 'macOS', windows: 'Windows' }
const methodNames: Options<'methods'> = {
  any: 'Any',
  chatgpt: 'Accounts only',
  api: 'API keys only',
}
const signOutNames: Options<'signOut'> = {
  no: 'Passed over',
  yes: 'Signed out at the next start',
}
const storeNames: Options<'store'> = {
  any: 'Left to the person',
  keyring: 'Keyring',
  file: 'File',
  auto: 'Keyring, else file',
  ephemeral: 'Memory only',
}
const mcpStoreNames: Options<'mcpStore'> = {
  any: 'Left to the person',
  keyring: 'Keyring',
  file: 'File',
  auto: 'Keyring, else file',
}

interface QuestionsProps {
  readonly of: MachineChoice
  readonly onChange: (next: Partial<MachineChoice>) => void
  readonly workspaceId: string | undefined
}

function Questions({ of, onChange, workspaceId }: QuestionsProps) {
  const choice = (
    key: keyof MachineChoice,
    label: string,
    options: Readonly<Record<string, string>>,
    description?: string,
  ) => (
    <Select
      label={label}
      {...(description === undefined ? {} : { description })}
      data={Object.entries(options).map(([value, name]) => ({ value, label: name }))}
      value={of[key]}
      allowDeselect={false}
      onChange={(value) => onChange({ [key]: value ?? undefined })}
    />
  )
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
      {choice('route', 'The policy comes by', routeNames)}
      {choice('system', 'Operating system', systemNames)}
      {choice('methods', 'Sign-ins to the model', methodNames)}
      {choice('signOut', 'Who is signed in otherwise is', signOutNames)}
      <TextInput
        label="The only workspace"
        description={
          of.route === 'workspace' && workspaceId !== undefined
            ? `This workspace is ${workspaceId}. Empty: any.`
            : 'Its id at the vendor. Empty: any.'
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={of.workspace}
        maxLength={100}
        onChange={(event) => onChange({ workspace: event.currentTarget.value })}
      />
      {choice('store', 'Sign-ins are kept in', storeNames)}
      {choice('mcpStore', 'Sign-ins to MCP servers are kept in', mcpStoreNames)}
    </SimpleGrid>
  )
}

const columns: readonly Column<MachineKey>[] = [
  {
    key: 'key',
    header: 'Key',
    cell: ({ key, file, measured }) => (
      <>
        <code>{key}</code>
        <div className="gh-under">{file}</div>
        <div className="gh-under">{measured ? 'measured' : 'after the documentation'}</div>
      </>
    ),
  },
  { key: 'does', header: 'What it does', cell: ({ does }) => does },
  { key: 'doesNot', header: 'What it does not', cell: ({ doesNot }) => doesNot },
  {
    key: 'override',
    header: 'Who can override it',
    cell: ({ override }) => override,
    wideOnly: true,
  },
]

function Made({ of: { keys, forms, warnings } }: { readonly of: MachineSetup }) {
  return (
    <>
      {warnings.map((warning) => (
        <Alert
          key={warning}
          color="yellow"
          icon={<IconAlertTriangle size={18} aria-hidden />}
          title="Look at this first"
        >
          {warning}
        </Alert>
      ))}
      <section>
        <Title order={2} mb="xs">
          On the machine
        </Title>
        {forms.length === 0 ? (
          <Status>These answers ask for no line.</Status>
        ) : (
          <SetupSnippets key={forms.map(({ id }) => id).join(' ')} of={forms} />
        )}
      </section>
      {keys.length > 0 && (
        <section className="gh-machine-keys">
          <Title order={2} mb={4}>
            Each line
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            Measured: seen with Codex 0.169 on Linux.
          </Text>
          <Rows label="The lines, one by one" columns={columns} rows={keys} rowKey={(k) => k.key} />
        </section>
      )}
    </>
  )
}
