import type { Page } from 'playwright-core'
import { call } from './acts.ts'
import { fetchAsClient, type Product } from './product.ts'

/** A machine whose client reports, as the real one does: with nothing but what its bundle says. */
export interface Reporter {
  /** One turn, just now: a prompt, a command that ran and one that a rule forbids, with the trace of it. */
  readonly turn: (conversation: string, commands: Commands) => Promise<void>
}

interface Commands {
  readonly ran: string
  readonly forbidden: string
}

const policy = `[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Acme keeps its files" },
]
`

/** Turns telemetry on, as whoever is signed in, with a policy that forbids `rm`, and enrols a machine. */
export async function startReporter(page: Page, product: Product, host: string): Promise<Reporter> {
  const api = <T>(method: string, path: string, body?: unknown) =>
    call<T>(page, method, `/api/v1${path}`, body)
  const made = await api<{ id: string }>('POST', '/policies', { name: 'Baseline', defaults: '' })
  const { revision } = await api<{ revision: number }>('GET', `/policies/${made.id}/draft`)
  const draft = await api<{ revision: number }>('PUT', `/policies/${made.id}/draft`, {
    text: policy,
    revision,
  })
  await api('POST', `/policies/${made.id}/publish`, {
    message: 'No rm',
    draftRevision: draft.revision,
  })
  const rules = await api<{ revision: number }>('GET', '/rules')
  await api('PUT', '/rules/default', { policyId: made.id, expectedRevision: rules.revision })
  const { settings } = await api<{ settings: object }>('GET', '/telemetry/settings')
  const content = { level: 'commands', patterns: [] }
  await api('PUT', '/telemetry/settings', { ...settings, collect: true, traces: true, content })
  const { snippets } = await api<{ snippets: { baseUrl: string } }>('POST', '/enrolments', {
    name: 'Laptops',
    groupId: null,
  })
  const bundle = await fetchAsClient(product, snippets.baseUrl)
  const token = /Bearer (git_[\w-]+\.[\w-]+)/.exec(bundle.body)?.[1]
  if (token === undefined) throw new Error(`The bundle has no ingest token: ${bundle.body}`)
  const resource = { attributes: attributes({ 'host.name': host, 'service.name': 'codex_cli_rs' }) }
  const send = async (signal: string, body: object): Promise<void> => {
    const answer = await fetch(`${product.url}/otlp/v1/${signal}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${signal}: ${answer.status} ${await answer.text()}`)
  }
  return {
    async turn(conversation, commands) {
      const traceId = conversation.replaceAll(/[^0-9a-f]/g, '').padEnd(32, '0')
      const logRecords = eventsOf(commands).map(([name, values], i) => ({
        observedTimeUnixNano: `${Date.now() + i}000000`,
        traceId,
        attributes: attributes({
          'event.name': name,
          'conversation.id': conversation,
          'app.version': '0.169.0',
          originator: 'codex_cli_rs',
          model: 'gpt-5.5',
          ...values,
        }),
      }))
      await send('logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] })
      const at = BigInt(Date.now()) * 1_000_000n
      const spans = [
        ['turn', '1', '', 900],
        ['exec_command', '2', '1', 300],
      ].map(([name, id, parent, ms]) => ({
        traceId,
        spanId: String(id).padStart(16, '0'),
        parentSpanId: parent === '' ? '' : String(parent).padStart(16, '0'),
        name,
        startTimeUnixNano: String(at),
        endTimeUnixNano: String(at + BigInt(Number(ms) * 1_000_000)),
      }))
      await send('traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })
    },
  }
}

type Values = Readonly<Record<string, string>>

/** What the client 0.169 says of such a turn. */
const eventsOf = ({ ran, forbidden }: Commands): readonly (readonly [string, Values])[] => [
  [
    'codex.conversation_starts',
    { approval_policy: 'on-request', sandbox_policy: 'workspace-write', mcp_servers: 'docs' },
  ],
  ['codex.user_prompt', { prompt_length: '231', prompt: '[REDACTED]' }],
  ['codex.api_request', { duration_ms: '840', 'http.response.status_code': '200' }],
  ['codex.sse_event', { 'event.kind': 'response.completed', ...tokensOf }],
  [
    'codex.tool_decision',
    { tool_name: 'exec_command', call_id: 'call_1', decision: 'approved', source: 'User' },
  ],
  ['codex.tool_result', { call_id: 'call_1', success: 'true', ...callOf(ran) }],
  ['codex.tool_result', { call_id: 'call_2', success: 'false', ...callOf(forbidden) }],
  ['codex.something_new', { 'new.number': '7' }],
]

const tokensOf: Values = {
  input_token_count: '12000',
  cached_token_count: '9000',
  output_token_count: '345',
}

const callOf = (cmd: string): Values => ({
  tool_name: 'exec_command',
  duration_ms: '120',
  arguments: JSON.stringify({ cmd }),
  output: '',
})

const attributes = (of: Values) =>
  Object.entries(of).map(([key, stringValue]) => ({ key, value: { stringValue } }))
