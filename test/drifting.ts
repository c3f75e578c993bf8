import { expect, vi } from 'vitest'
import {
  clientPage,
  driftClientPage,
  findingPage,
  type DriftClientPage,
} from '#features/drift/schema.ts'
import { createIngestTokens, type IngestClaims } from '#features/telemetry/token.ts'
import { enqueue } from '#kernel/work.ts'
import { newMember, type Person } from './clients.ts'
import { publish } from './company.ts'
import { refreshByJson, signInClient, workspaceApp } from './oauth.ts'
import { startWorld, type World } from './world.ts'

/** A company whose one policy limits everything that clients report, and one signed-in client that reports. */
export interface Drifting {
  readonly world: World
  readonly ada: Person
  readonly policyId: string
  readonly clientId: string
  /** The version that was served to it last. */
  readonly versionId: () => Promise<string>
  readonly json: (method: string, path: string, body?: unknown) => Promise<unknown>
  readonly fetchPolicy: () => Promise<void>
  /** Reports the start of a conversation, with the token of the version that was served at first, unless another is named. */
  readonly start: (said?: Record<string, string>, versionId?: string) => Promise<void>
  readonly report: (claims: IngestClaims, said: Record<string, string>) => Promise<void>
  readonly judge: (job?: string) => Promise<unknown>
  readonly clients: (query?: string) => Promise<ReturnType<typeof clientPage.parse>>
  readonly findings: (query?: string) => Promise<ReturnType<typeof findingPage.parse>>
  /** The page of the only client. */
  readonly one: () => Promise<DriftClientPage>
  /** Waits until exactly these findings are open: what is compared, and what is reported. */
  readonly open: (expected: readonly (readonly [string, string])[], but?: string) => Promise<void>
}

const strict = `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only", "workspace-write"]

[mcp_servers.docs.identity]
command = "docs-mcp"

[plugins]
`
export const waits = { timeout: 60_000, interval: 100 }
const bundle = '/backend-api/wham/config/bundle'

export async function startDrifting(env: Record<string, string> = {}): Promise<Drifting> {
  const world = await startWorld({ env })
  const json = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await world.admin(method, path, body)
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json
  }
  const ada = await newMember(world, 'ada@acme.example')
  const { id: policyId } = (await json('POST', '/api/v1/policies', {
    name: 'Strict',
    text: strict,
  })) as { id: string }
  await publish(world, policyId, strict, 'first')
  const { revision } = (await json('GET', '/api/v1/rules')) as { revision: number }
  await json('PUT', '/api/v1/rules/default', { policyId, expectedRevision: revision })
  const signedIn = await signInClient(world, ada.cookie, workspaceApp)
  let tokens = signedIn.json as { access_token: string; refresh_token: string }
  const { items } = (await json('GET', `/api/v1/clients?member=${ada.id}`)) as {
    items: { id: string }[]
  }
  const clientId = items[0]?.id ?? ''
  const fetchPolicy = async (): Promise<void> => {
    const fetched = () => world.call('GET', bundle, { key: tokens.access_token })
    let answer = await fetched()
    if (answer.status === 401) {
      // Hours have passed.
      const renewed = await refreshByJson(world, workspaceApp, tokens.refresh_token)
      tokens = { ...tokens, ...(renewed.json as typeof tokens) }
      answer = await fetched()
    }
    expect(answer.status, answer.text).toBe(200)
  }
  const versionId = async (): Promise<string> =>
    ((await json('GET', `/api/v1/clients/${clientId}`)) as { served: { versionId: string } | null })
      .served?.versionId ?? ''
  await fetchPolicy()
  // What was served is written in batches.
  await vi.waitFor(async () => {
    expect(await versionId()).not.toBe('')
  }, waits)
  const first = await versionId()

  const ingest = createIngestTokens({ secrets: world.app.runtime.secrets })
  const report = async (claims: IngestClaims, said: Record<string, string>): Promise<void> => {
    const body = recordOf(world.clock.now, said)
    const answer = await world.call('POST', '/otlp/v1/logs', { key: ingest.make(claims), body })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.json.partialSuccess ?? {}).toEqual({})
  }
  let conversations = 0
  const clients = async (query = '') =>
    clientPage.parse(await json('GET', `/api/v1/drift/clients${query}`))
  const findings = async (query = '') =>
    findingPage.parse(await json('GET', `/api/v1/drift/findings${query}`))
  return {
    world,
    ada,
    policyId,
    clientId,
    versionId,
    json,
    fetchPolicy,
    report,
    start: (said = {}, held = first) =>
      report(
        { kind: 'client', id: clientId, principalId: ada.id, versionId: held },
        { 'conversation.id': `conversation-${++conversations}`, ...said },
      ),
    judge: (name = 'drift.judge') =>
      world.app.runtime.db.tx(() => enqueue({ name, payload: null })),
    clients,
    findings,
    async one() {
      const [client] = (await clients()).items
      return driftClientPage.parse(await json('GET', `/api/v1/drift/clients/${client?.id ?? ''}`))
    },
    async open(expected, but) {
      await vi.waitFor(async () => {
        const { items } = await findings('?limit=200')
        const there = items
          .filter((f) => f.closedAt === null && f.key !== but)
          .map((f) => [f.key, f.reported])
        expect(there.sort()).toEqual(expected)
      }, waits)
    },
  }
}

/** As the client reports the start of a conversation; nothing else of it matters here. */
function recordOf(now: number, said: Record<string, string>) {
  const attributes = {
    'event.name': 'codex.conversation_starts',
    'event.timestamp': new Date(now).toISOString(),
    'app.version': '0.169.0',
    originator: 'codex_exec',
    auth_mode: 'Chatgpt',
    approval_policy: 'on-request',
    sandbox_policy: 'read-only',
    mcp_servers: 'codex_apps, docs',
    ...said,
  }
  return {
    resourceLogs: [
      {
        resource: { attributes: [text('host.name', said['host.name'] ?? 'ada-laptop')] },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: `${now}000000`,
                attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
              },
            ],
          },
        ],
      },
    ],
  }
}
const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
