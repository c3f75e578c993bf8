import type { z } from 'zod'
import type { Answer, Row } from '#features/analytics/index.ts'
import type { usagePage, UsageRow } from '#features/analytics/schema.platform.ts'
import type { Conversation } from '#features/analytics/conversations/schema.ts'
import type { logs } from '#features/compliance/schema.ts'
import type {
  clientPage,
  DriftClient,
  DriftClientPage,
  Settings,
  SettingsView,
} from '#features/drift/schema.ts'
import type { IssuedEndpoint } from '#features/notify/schema.ts'
import { day } from '#kernel/clock.ts'
import type { Product } from './product.ts'

/** What stands in the product about what clients did, by the addresses that its screens and other programs read. */
export interface Proof {
  /** A question of the dashboard, for this month. */
  ask(question: string): Promise<readonly Row[]>
  /** The page of a conversation by the client's own id of it. */
  conversation(name: string): Promise<Conversation | undefined>
  /** As programs made for the vendor's analytics API ask for the workspace. */
  usage(): Promise<readonly UsageRow[]>
  /** Every line of CODEX_LOG, downloaded file by file. */
  codexLog(): Promise<readonly Record<string, unknown>[]>
  driftOf(refId: string): Promise<readonly DriftClient[]>
  driftClient(id: string): Promise<DriftClientPage>
  /** Tells a webhook at this address of drift; the secret that signs. */
  tellOfDrift(url: string): Promise<string>
}

export async function proofOf(product: Product): Promise<Proof> {
  const call = async <T>(path: string, method = 'GET', body?: unknown): Promise<T> => {
    const answer = await calling(product, path, method, body)
    return (await answer.json()) as T
  }
  const { id: workspace } = await call<{ id: string }>('/api/v1/workspace')
  const logsAt = `/v1/compliance/workspaces/${workspace}/logs`
  return {
    ask: async (question) =>
      (await call<Answer>(`/api/v1/analytics/questions/${question}?from=${yesterday()}&unit=month`))
        .rows,
    conversation: async (name) => {
      const list = `/api/v1/conversations?q=${encodeURIComponent(name)}`
      return (await call<{ items: readonly Conversation[] }>(list)).items[0]
    },
    usage: async () => {
      const from = Math.floor(Date.now() / 1000) - 3600
      return (
        await call<z.infer<typeof usagePage>>(
          `/v1/analytics/codex/workspaces/${workspace}/usage?start_time=${from}&group=workspace`,
        )
      ).data
    },
    codexLog: async () => {
      const { data } = await call<z.infer<typeof logs>>(`${logsAt}?event_type=CODEX_LOG`)
      const lines: Record<string, unknown>[] = []
      for (const { id } of data) {
        // Answers with a redirect; what is behind it takes no key.
        const text = await (await calling(product, `${logsAt}/${id}`)).text()
        for (const line of text.split('\n').filter((one) => one !== ''))
          lines.push(JSON.parse(line) as Record<string, unknown>)
      }
      return lines
    },
    driftOf: async (refId) =>
      (await call<z.infer<typeof clientPage>>(`/api/v1/drift/clients?enrolment=${refId}`)).items,
    driftClient: (id) => call(`/api/v1/drift/clients/${id}`),
    tellOfDrift: async (url) => {
      const { endpoint, secret } = await call<IssuedEndpoint>('/api/v1/webhooks', 'POST', {
        name: 'Watch',
        kind: 'signed',
        url,
      })
      const { revision, versionFloor, signIn, mailTo } =
        await call<SettingsView>('/api/v1/drift/settings')
      const change: Partial<Settings> = { revision, versionFloor, signIn, mailTo }
      await call('/api/v1/drift/settings', 'PUT', { ...change, webhookId: endpoint.id })
      return secret ?? ''
    },
  }
}

/** A run may go on past midnight. */
const yesterday = (): string => new Date(Date.now() - day).toISOString().slice(0, 10)

async function calling(
  product: Product,
  path: string,
  method = 'GET',
  body?: unknown,
): Promise<Response> {
  const answer = await fetch(product.plainUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${product.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer
}
