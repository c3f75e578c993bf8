import type { Product } from './product.ts'

/** Every call of the admin API that this suite makes, with the service key that set-up as code uses. */
export interface Admin {
  /** Makes a policy and publishes its first version. */
  newPolicy(name: string, text: string): Promise<Policy>
  /** Saves the text as the draft and publishes it as the next version; returns its number. */
  publish(policy: Policy, text: string): Promise<number>
  newGroup(name: string): Promise<string>
  setDefault(policy: Policy | null): Promise<void>
  setRules(rules: readonly { readonly groupId: string; readonly policy: Policy }[]): Promise<void>
  enrol(name: string, groupId: string | null): Promise<Enrolment>
  bind(enrolment: Enrolment, groupId: string | null): Promise<void>
  revoke(enrolment: Enrolment): Promise<void>
  setCodexLocal(on: boolean): Promise<void>
  /** When a client last fetched with it (ms), as the screens show it. */
  lastFetched(enrolment: Enrolment): Promise<number | null>
}

export interface Policy {
  readonly id: string
  readonly name: string
}

export interface Enrolment {
  readonly id: string
  readonly key: string
  readonly baseUrl: string
  readonly snippets: readonly Snippet[]
}

/** A way to put the enrolment on a machine, as the page shows it. */
export interface Snippet {
  readonly id: string
  readonly install: string
  readonly remove: string | null
}

export function adminOf(product: Product): Admin {
  const call = (method: string, path: string, body?: unknown) =>
    request(product, method, `/api/v1${path}`, body)
  const publish = async ({ id }: Policy, text: string) => {
    const before = (await call('GET', `/policies/${id}/draft`)) as { revision: number }
    const saved = (await call('PUT', `/policies/${id}/draft`, {
      text,
      revision: before.revision,
    })) as { revision: number }
    const { version } = (await call('POST', `/policies/${id}/publish`, {
      message: 'Conformance',
      draftRevision: saved.revision,
    })) as { version: { number: number } }
    return version.number
  }
  const rulesRevision = async () => ((await call('GET', '/rules')) as { revision: number }).revision
  const enrolmentState = async (id: string) =>
    (await call('GET', `/enrolments/${id}`)) as { version: number; lastFetchedAt: number | null }
  return {
    newPolicy: async (name, text) => {
      const policy = (await call('POST', '/policies', { name })) as Policy
      await publish(policy, text)
      return { id: policy.id, name }
    },
    publish,
    newGroup: async (name) => ((await call('POST', '/groups', { name })) as { id: string }).id,
    setDefault: async (policy) => {
      const expectedRevision = await rulesRevision()
      await call('PUT', '/rules/default', { policyId: policy?.id ?? null, expectedRevision })
    },
    setRules: async (rules) => {
      const expectedRevision = await rulesRevision()
      await call('PUT', '/rules', {
        rules: rules.map(({ groupId, policy }) => ({ groupId, policyId: policy.id })),
        expectedRevision,
      })
    },
    enrol: async (name, groupId) => {
      const made = (await call('POST', '/enrolments', { name, groupId })) as {
        enrolment: { id: string }
        key: string
        snippets: { baseUrl: string; items: readonly Snippet[] }
      }
      return {
        id: made.enrolment.id,
        key: made.key,
        baseUrl: made.snippets.baseUrl,
        snippets: made.snippets.items,
      }
    },
    bind: async ({ id }, groupId) => {
      const { version } = await enrolmentState(id)
      await call('PUT', `/enrolments/${id}/group`, { groupId, version })
    },
    revoke: async ({ id }) => {
      await call('POST', `/enrolments/${id}/revoke`)
    },
    setCodexLocal: async (on) => {
      await call('PUT', '/surfaces/codex_local', { on })
    },
    lastFetched: async ({ id }) => (await enrolmentState(id)).lastFetchedAt,
  }
}

async function request(product: Product, method: string, path: string, body: unknown) {
  const response = await fetch(product.plainUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${product.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as unknown
}
