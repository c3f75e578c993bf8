import type { MachineChoice, MachineSetup } from '#features/clients/machine/schema.ts'
import type { SurfaceKey } from '#features/workspace/index.ts'
import type { Product } from './product.ts'

/** Every call of the admin API that this suite makes, with the service key that set-up as code uses. */
export interface Admin {
  /** Makes a policy and publishes its first version. */
  newPolicy(name: string, text: string, defaults?: string): Promise<Policy>
  /** Saves the text as the draft and publishes it as the next version; returns its number. */
  publish(policy: Policy, text: string): Promise<number>
  /** Saves the text as the draft and gives it to a group first, as the next version. */
  rollOut(policy: Policy, text: string, wish: RolloutWish): Promise<{ readonly versionId: string }>
  /** The rollout that runs; null: there is none. */
  rollout(policy: Policy): Promise<RunningRollout | null>
  decideRollout(policy: Policy, act: 'finish' | 'take-back' | 'go-on'): Promise<void>
  newGroup(name: string): Promise<string>
  setDefault(policy: Policy | null): Promise<void>
  setRules(rules: readonly { readonly groupId: string; readonly policy: Policy }[]): Promise<void>
  enrol(name: string, groupId: string | null): Promise<Enrolment>
  bind(enrolment: Enrolment, groupId: string | null): Promise<void>
  revoke(enrolment: Enrolment): Promise<void>
  /** What the builder of lines for machines makes of these answers. */
  machineSetup(choice: Partial<MachineChoice>): Promise<MachineSetup>
  setSurface(key: SurfaceKey, on: boolean, message?: string): Promise<void>
  /** Invites somebody, who accepts and chooses a password. */
  newMember(name: string, groupIds?: readonly string[]): Promise<Member>
  moveMember(member: Member, from: string, to: string): Promise<void>
  /** Nothing happens where she is so already. */
  setStatus(member: Member, act: 'suspend' | 'activate'): Promise<void>
  /** The lines by which clients sign in, as the page shows them. */
  clientSetup(): Promise<readonly SetupRoute[]>
  /** What an administrator is told that people read. */
  refusals(): Promise<readonly RefusalPlace[]>
  clientsOf(member: Member): Promise<readonly SignedIn[]>
  endClient(client: SignedIn): Promise<void>
  /** Actions of the audit trail on that target, newest first. */
  audit(targetId: string): Promise<readonly string[]>
  /** Changes the settings of telemetry; the others stay. */
  setTelemetry(change: object): Promise<void>
  /** Lets Gatehouse call a `host:port` that is not public. */
  allowCalls(target: string): Promise<void>
  /** When a client last fetched with it (ms), as the screens show it. */
  lastFetched(enrolment: Enrolment): Promise<number | null>
}

export interface Policy {
  readonly id: string
  readonly name: string
}

export interface RolloutWish {
  readonly groupId: string
  /** Halts at so many refused fetches within an hour, and is taken back then where that is wished. */
  readonly haltAt?: number
  readonly takeBackWhenHalted?: boolean
}

export interface RunningRollout {
  readonly revision: number
  readonly state: string
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

/** Somebody who can sign in at the pages. */
export interface Member {
  readonly id: string
  readonly email: string
  readonly password: string
}

export interface SetupRoute {
  readonly route: 'config_server' | 'workspace'
  readonly summary: string
  readonly ensures: readonly string[]
  readonly doesNot: readonly string[]
  readonly snippets: readonly Snippet[]
}

export interface RefusalPlace {
  readonly id: string
  readonly reads: string
}

/** A signed-in client, as the lists show it. */
export interface SignedIn {
  readonly id: string
  readonly route: 'config_server' | 'workspace'
  readonly flow: 'code' | 'browser' | 'device'
  readonly state: 'active' | 'suspended' | 'ended'
  readonly endReason: string | null
  readonly program: string
  readonly fetches: number
  readonly served: { readonly name: string } | null
  readonly lastUsedAt: number | null
}

export function adminOf(product: Product): Admin {
  const call = (method: string, path: string, body?: unknown) =>
    request(product, method, `/api/v1${path}`, body)
  const saveDraft = async ({ id }: Policy, text: string) => {
    const before = (await call('GET', `/policies/${id}/draft`)) as { revision: number }
    return (await call('PUT', `/policies/${id}/draft`, { text, revision: before.revision })) as {
      revision: number
    }
  }
  const publish = async (policy: Policy, text: string) => {
    const saved = await saveDraft(policy, text)
    const { version } = (await call('POST', `/policies/${policy.id}/publish`, {
      message: 'Conformance',
      draftRevision: saved.revision,
    })) as { version: { number: number } }
    return version.number
  }
  const running = async ({ id }: Policy) =>
    ((await call('GET', `/policies/${id}/rollout`)) as { current: RunningRollout | null }).current
  const rulesRevision = async () => ((await call('GET', '/rules')) as { revision: number }).revision
  const enrolmentState = async (id: string) =>
    (await call('GET', `/enrolments/${id}`)) as { version: number; lastFetchedAt: number | null }
  return {
    newPolicy: async (name, text, defaults = '') => {
      const policy = (await call('POST', '/policies', { name, defaults })) as Policy
      await publish(policy, text)
      return { id: policy.id, name }
    },
    publish,
    rollOut: async (policy, text, { groupId, haltAt, takeBackWhenHalted = false }) => {
      const { revision } = await saveDraft(policy, text)
      const { version } = (await call('POST', `/policies/${policy.id}/rollout`, {
        message: 'Conformance',
        draftRevision: revision,
        stage: { groupIds: [groupId] },
        bounds: { refusedFetches: haltAt === undefined ? null : { count: haltAt, minutes: 60 } },
        takeBackWhenHalted,
      })) as { version: { id: string } }
      return { versionId: version.id }
    },
    rollout: running,
    decideRollout: async (policy, act) => {
      const { revision } = (await running(policy)) ?? { revision: 0 }
      await call('POST', `/policies/${policy.id}/rollout/${act}`, { revision })
    },
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
    setSurface: async (key, on, message = '') => {
      await call('PUT', `/surfaces/${key}`, { on, message })
    },
    newMember: async (name, groupIds = []) => {
      const email = `${name.toLowerCase()}@acme.example`
      const password = `${name} keeps 3 tall lamps`
      const invited = (await call('POST', '/invitations', { email, name, groupIds })) as {
        member: { id: string }
        link: { url: string }
      }
      const token = new URL(invited.link.url).hash.slice(1)
      await call('POST', '/invitations/accept', { token, name, password })
      return { id: invited.member.id, email, password }
    },
    moveMember: async ({ id }, from, to) => {
      await call('POST', `/groups/${to}/members`, { add: [id] })
      await call('POST', `/groups/${from}/members`, { remove: [id] })
    },
    setStatus: async ({ id }, act) => {
      const now = (await call('GET', `/members/${id}`)) as { version: number; status: string }
      if (now.status === (act === 'suspend' ? 'suspended' : 'active')) return
      await call('POST', `/members/${id}/${act}`, { version: now.version })
    },
    clientSetup: async () =>
      ((await call('GET', '/client-setup')) as { routes: readonly SetupRoute[] }).routes,
    machineSetup: async (choice) =>
      (await call(
        'GET',
        `/client-setup/machine?${new URLSearchParams(choice).toString()}`,
      )) as MachineSetup,
    refusals: async () =>
      ((await call('GET', '/clients/refusals')) as { items: readonly RefusalPlace[] }).items,
    clientsOf: async ({ id }) =>
      ((await call('GET', `/clients?member=${id}`)) as { items: readonly SignedIn[] }).items,
    endClient: async ({ id }) => {
      await call('DELETE', `/clients/${id}`)
    },
    audit: async (targetId) =>
      (
        (await call('GET', `/activity?target=${targetId}`)) as {
          items: readonly { action: string }[]
        }
      ).items.map(({ action }) => action),
    setTelemetry: async (change) => {
      const { settings } = (await call('GET', '/telemetry/settings')) as { settings: object }
      await call('PUT', '/telemetry/settings', { ...settings, ...change })
    },
    allowCalls: async (target) => {
      await call('POST', '/watch/exceptions', { target })
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

/** Two groups, each with a policy of its own: whoever is moved from one to the other has to notice. */
export async function deskAndLab(
  admin: Admin,
  texts: { readonly strict: string; readonly laxer: string },
): Promise<{ readonly desk: string; readonly lab: string }> {
  const desk = await admin.newGroup('Desk')
  const lab = await admin.newGroup('Lab')
  await admin.setRules([
    { groupId: desk, policy: await admin.newPolicy('Strict', texts.strict) },
    { groupId: lab, policy: await admin.newPolicy('Laxer', texts.laxer) },
  ])
  return { desk, lab }
}
