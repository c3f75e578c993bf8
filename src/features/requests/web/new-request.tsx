import { useState } from 'react'
import { Alert, Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { z } from 'zod'
import type { ApiError } from '#web/kit/index.ts'
import {
  api,
  Link,
  LinkButton,
  Loaded,
  Page,
  useAct,
  useAddress,
  useApi,
  useCan,
  useGo,
} from '#web/kit/index.ts'
import { permissions, type Permission } from '#features/workspace/permissions.ts'
import { LastsPicker } from '#features/access/web/lasts.tsx'
import { aboutAnswer, request, type NewRequest, type Wanted } from '../schema.ts'
import { RefusedBy } from './refused-by.tsx'

const kinds = [
  { value: 'refusal', label: 'A command or a host that was refused' },
  { value: 'permission', label: 'Something I may not do' },
  { value: 'group', label: 'Membership of a group' },
  { value: 'role', label: 'A role' },
] as const
type Kind = (typeof kinds)[number]['value']

const text = z.string().max(200).optional().catch(undefined)
/** Whoever leads here says what is asked for: a refused sign-in the permission, a rule itself and its policy. */
const address = z.object({ permission: text, group: text, role: text, policy: text, rule: text })
type Address = z.output<typeof address>

/** Asks for access, in the words of the one who needs it. */
export function NewRequestScreen() {
  const [from] = useAddress(address)
  return (
    <Page
      title="Ask for access"
      trail={[{ label: 'My requests', to: '/requests/mine' }]}
      about="Whoever may decide reads it. Until then nothing changes."
    >
      {from.policy !== undefined && from.rule !== undefined ? (
        <FromRule from={from} policy={from.policy} rule={from.rule} />
      ) : (
        <AskForm from={from} />
      )}
    </Page>
  )
}

function FromRule({
  from,
  policy,
  rule,
}: {
  readonly from: Address
  readonly policy: string
  readonly rule: string
}) {
  const answer = useApi(['requests', 'about'], '/api/v1/requests/about', aboutAnswer, {
    query: { policy, rule },
  })
  return (
    <Loaded of={answer}>
      {(about) => (
        <Stack gap="md">
          {about.rule ? (
            <RefusedBy rule={about.rule} />
          ) : (
            <Alert color="yellow">
              The rule that refused you is in no version of that policy any more. Start your client
              anew, or say below what it refused.
            </Alert>
          )}
          <AskForm from={from} refused={about.rule?.command ?? ''} />
        </Stack>
      )}
    </Loaded>
  )
}

const isPermission = (key: string | undefined): key is Permission =>
  key !== undefined && Object.hasOwn(permissions, key)

const startOf = (from: Address): Kind =>
  isPermission(from.permission)
    ? 'permission'
    : from.group !== undefined
      ? 'group'
      : from.role !== undefined
        ? 'role'
        : 'refusal'

/** The uses of Codex first: they are what a refused client is about. */
const permissionOptions = Object.entries(permissions)
  .map(([value, label]) => ({ value, label }))
  .toSorted((a, b) => Number(b.value.startsWith('codex.')) - Number(a.value.startsWith('codex.')))

function AskForm({ from, refused = '' }: { readonly from: Address; readonly refused?: string }) {
  const [kind, setKind] = useState<Kind>(startOf(from))
  const [permission, setPermission] = useState<Permission>(
    isPermission(from.permission) ? from.permission : 'codex.local.use',
  )
  const [named, setNamed] = useState(from.group ?? from.role ?? '')
  const [what, setWhat] = useState(refused)
  const [reason, setReason] = useState('')
  const [lasts, setLasts] = useState<number | null>(8 * 3_600_000)
  const [error, setError] = useState<ApiError>()
  const go = useGo()
  const held = useCan(permission)
  const send = useAct(
    (body: NewRequest) => api.post('/api/v1/requests', { body, schema: request }),
    {
      refresh: ['requests'],
      done: 'Asked for.',
      onDone: (made) => go(`/requests/${made.id}`),
      onError: (e) => {
        setError(e)
        return true
      },
    },
  )
  const wanted = (): Wanted => {
    if (kind === 'permission') return { kind, permission }
    if (kind !== 'refusal') return { kind, name: named.trim() }
    return { kind, what: what.trim(), policyId: from.policy ?? null, rule: from.rule ?? null }
  }
  const missing =
    reason.trim() === '' ||
    (kind === 'refusal' && what.trim() === '') ||
    ((kind === 'group' || kind === 'role') && named.trim() === '')
  const earlier = error?.document['accessRequestId']
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setError(undefined)
        send.mutate({ wanted: wanted(), reason: reason.trim(), lasts })
      }}
    >
      <Stack gap="md" maw={640}>
        <Select
          label="What do you need?"
          data={[...kinds]}
          value={kind}
          allowDeselect={false}
          onChange={(next) => setKind(next as Kind)}
        />
        {kind === 'refusal' && (
          <TextInput
            label="What was refused"
            description="The command with what follows it, or the name of the host."
            required
            maxLength={200}
            value={what}
            onChange={(event) => setWhat(event.currentTarget.value)}
          />
        )}
        {kind === 'permission' && (
          <Select
            label="What you want to do"
            searchable
            data={permissionOptions}
            value={permission}
            allowDeselect={false}
            onChange={(next) => setPermission(next as Permission)}
            {...(held ? { description: 'You may do this already.' } : {})}
          />
        )}
        {(kind === 'group' || kind === 'role') && (
          <TextInput
            label={kind === 'group' ? 'Which group' : 'Which role'}
            description="Its name, as somebody told you."
            required
            maxLength={200}
            value={named}
            onChange={(event) => setNamed(event.currentTarget.value)}
          />
        )}
        <Textarea
          label="What for"
          description="Whoever decides knows only what stands here."
          required
          autosize
          minRows={3}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <LastsPicker label="For how long" value={lasts} onChange={setLasts} />
        {error && (
          <Alert color="red" role="alert">
            {error.message} {error.remedy}{' '}
            {typeof earlier === 'string' && (
              <Link to={`/requests/${earlier}`} underline="always">
                Open it
              </Link>
            )}
          </Alert>
        )}
        <Group gap="xs">
          <Button type="submit" loading={send.isPending} disabled={missing}>
            Ask
          </Button>
          <LinkButton variant="default" to="/requests/mine">
            My requests
          </LinkButton>
        </Group>
      </Stack>
    </form>
  )
}
