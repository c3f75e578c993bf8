import { day, hour } from '#kernel/clock.ts'
import { people } from './company.ts'
import type { Visitor } from './visitor.ts'

interface Asked {
  readonly day: number
  /** The number of the person in the company; her client is signed in by then, so she has a password. */
  readonly person: number
  readonly wanted: object
  readonly reason: string
  readonly lasts: number | null
  /** What became of it on the same day; left out: it still waits. */
  readonly then?:
    | { readonly grant: { readonly group: string; readonly note: string } }
    | { readonly decline: string }
}

const requests: readonly Asked[] = [
  {
    day: 47,
    person: 12,
    wanted: { kind: 'group', name: 'Perception' },
    reason: 'I label the training data of the new camera this week.',
    lasts: 7 * day,
    then: { grant: { group: 'Perception', note: 'Until the labels are done.' } },
  },
  {
    day: 52,
    person: 26,
    wanted: { kind: 'permission', permission: 'audit.read' },
    reason: 'I want to see who changed the default policy.',
    lasts: null,
    then: { decline: 'The activity list is for administrators. Ask me, I will look.' },
  },
  {
    day: 56,
    person: 20,
    wanted: { kind: 'group', name: 'Data' },
    reason: 'The quarterly report needs one query on their tables.',
    lasts: day,
    then: { grant: { group: 'Data', note: '' } },
  },
  {
    day: 56,
    person: 9,
    wanted: { kind: 'refusal', what: 'terraform apply' },
    reason: 'The staging cluster has to grow before tonight’s test flight. Plan is in ticket 4711.',
    lasts: 8 * hour,
  },
  {
    day: 56,
    person: 12,
    wanted: { kind: 'permission', permission: 'codex.access_tokens.create' },
    reason: 'My nightly script summarises the flight logs.',
    lasts: null,
  },
]

/** People ask for access, and the owner decides. */
export function createRequests(visitor: Visitor) {
  const owner = people[0]

  async function decide(id: string, asked: Asked): Promise<void> {
    if (!asked.then) return
    const path = `/api/v1/requests/${id}`
    if ('decline' in asked.then) {
      await visitor.call(owner, 'POST', `${path}/decline`, { reason: asked.then.decline })
      return
    }
    const { group, note } = asked.then.grant
    const list = `/api/v1/groups?q=${encodeURIComponent(group)}`
    const { items } = await visitor.call<{ items: { id: string }[] }>(owner, 'GET', list)
    await visitor.call(owner, 'POST', `${path}/grant`, {
      way: { kind: 'group', id: items[0]?.id },
      lasts: asked.lasts,
      note,
    })
  }

  return {
    /** What is asked and decided on the n-th day. */
    async live(today: number): Promise<void> {
      for (const asked of requests.filter((one) => one.day === today)) {
        const { wanted, reason, lasts } = asked
        const { id } = await visitor.call<{ id: string }>(
          people[asked.person],
          'POST',
          '/api/v1/requests',
          { wanted, reason, lasts },
        )
        await decide(id, asked)
      }
    },
  }
}
