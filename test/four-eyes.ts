import { expect } from 'vitest'
import { newMember, theOwner, type Person } from './clients.ts'
import { laxer, strict } from './company.ts'
import { startWorld, type Answer, type World, type WorldOptions } from './world.ts'

export type Asks = (method: string, path: string, body?: unknown) => Promise<Answer>

/** A workspace of three admins, with a policy for everybody and the four-eyes rule on. */
export interface FourEyes {
  readonly world: World
  /** The owner, and two admins. */
  readonly ann: Person
  readonly bob: Person
  readonly cleo: Person
  readonly as: (who: Person) => Asks
  readonly policyId: string
  readonly groupId: string
  /** Saves a text as the draft; the revision of it. */
  readonly save: (who: Person, text: string) => Promise<number>
  readonly publish: (who: Person | undefined, more?: object) => Promise<Answer>
  readonly propose: (who: Person, act: unknown, more?: object) => Promise<Answer>
  readonly decide: (who: Person, id: string, what: 'approve' | 'decline') => Promise<Answer>
  /** The proposal as somebody sees it. */
  readonly shown: (who: Person, id: string) => Promise<any> // eslint-disable-line @typescript-eslint/no-explicit-any
  /** The version that everybody is served. */
  readonly served: () => Promise<number>
}

export async function startFourEyes(options: WorldOptions = {}): Promise<FourEyes> {
  const world = await startWorld(options)
  const ann = await theOwner(world)
  const bob = await newMember(world, 'bob@acme.example', 'admin')
  const cleo = await newMember(world, 'cleo@acme.example', 'admin')
  const as =
    ({ cookie }: Person): Asks =>
    (method, path, body) =>
      world.call(method, `/api/v1${path}`, { cookie, ...(body === undefined ? {} : { body }) })
  const made = good(await as(ann)('POST', '/policies', { name: 'Base', text: strict }))
  const policyId = made.id as string
  good(
    await as(ann)('POST', `/policies/${policyId}/publish`, { message: 'first', draftRevision: 1 }),
  )
  const rules = good(await as(ann)('GET', '/rules'))
  good(
    await as(ann)('PUT', '/rules/default', {
      policyId,
      expectedRevision: rules.revision as number,
    }),
  )
  const group = good(await as(ann)('POST', '/groups', { name: 'Builders' }))
  good(await as(ann)('PUT', '/settings/four-eyes', { on: true }))
  return {
    world,
    ann,
    bob,
    cleo,
    as,
    policyId,
    groupId: group.id as string,
    async save(who, text) {
      const { revision } = good(await as(who)('GET', `/policies/${policyId}/draft`))
      const draft = good(await as(who)('PUT', `/policies/${policyId}/draft`, { text, revision }))
      return draft.revision as number
    },
    async publish(who, more = {}) {
      const draft = good(await world.admin('GET', `/api/v1/policies/${policyId}/draft`))
      const body = { message: 'next', draftRevision: draft.revision as number, ...more }
      return who
        ? as(who)('POST', `/policies/${policyId}/publish`, body)
        : world.admin('POST', `/api/v1/policies/${policyId}/publish`, body)
    },
    propose: (who, act, more = {}) =>
      as(who)('POST', '/approvals', { act, message: 'please', ...more }),
    decide: (who, id, what) =>
      as(who)('POST', `/approvals/${id}/${what}`, { comment: 'I have looked at it' }),
    shown: async (who, id) => good(await as(who)('GET', `/approvals/${id}`)) as unknown,
    served: async () =>
      good(await world.admin('GET', `/api/v1/policies/${policyId}`)).published.number as number,
  }
}

export function good(answer: Answer): Answer['json'] {
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}

export { laxer, strict }
