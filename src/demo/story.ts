import {
  enrolments,
  openDraft,
  openRollout,
  people,
  policies,
  rules,
  type Person,
} from './company.ts'
import type { Visitor } from './visitor.ts'

interface Known {
  readonly id: string
  readonly name: string
}
interface Draft {
  readonly revision: number
}

/** What happens in the company on the n-th day, told to the API by the people who did it. */
export function createStory(visitor: Visitor) {
  const keys = new Map<string, { id: string; key: string }>()
  const made = new Map<string, string>()
  const person = (n: number): Person => {
    const found = people[n]
    if (!found) throw new Error(`The company has no person ${n}.`)
    return found
  }
  const groupId = async (name: string): Promise<string> => {
    const { items } = await visitor.call<{ items: Known[] }>(
      person(0),
      'GET',
      '/api/v1/groups?limit=100',
    )
    return items.find((g) => g.name === name)?.id ?? ''
  }
  const memberByName = async (name: string): Promise<{ id: string; version: number }> => {
    const path = `/api/v1/members?q=${encodeURIComponent(name)}`
    const { items } = await visitor.call<{ items: { id: string; version: number }[] }>(
      person(0),
      'GET',
      path,
    )
    const [found] = items
    if (!found) throw new Error(`The company has no ${name}.`)
    return found
  }

  async function writePolicies(today: number): Promise<void> {
    for (const { name, description, versions } of policies)
      for (const { by, message, text, defaults } of versions.filter((v) => v.day === today)) {
        const author = person(by)
        let id = made.get(name)
        if (id === undefined) {
          const policy = await visitor.call<Known>(author, 'POST', '/api/v1/policies', {
            name,
            description,
            text,
          })
          id = policy.id
          made.set(name, id)
        } else await saveDraft(author, id, text, defaults)
        const { revision } = await visitor.call<Draft>(
          author,
          'GET',
          `/api/v1/policies/${id}/draft`,
        )
        await visitor.call(author, 'POST', `/api/v1/policies/${id}/publish`, {
          message,
          draftRevision: revision,
        })
      }
  }

  async function saveDraft(
    author: Person,
    id: string,
    text: string,
    defaults?: string,
  ): Promise<Draft> {
    const path = `/api/v1/policies/${id}/draft`
    const { revision } = await visitor.call<Draft>(author, 'GET', path)
    const draft = { text, revision, ...(defaults !== undefined && { defaults }) }
    return visitor.call<Draft>(author, 'PUT', path, draft)
  }

  async function rollOut(): Promise<void> {
    const { by, message, percent, text, policy } = openRollout
    const id = made.get(policy) ?? ''
    const { revision } = await saveDraft(person(by), id, text)
    await visitor.call(person(by), 'POST', `/api/v1/policies/${id}/rollout`, {
      message,
      draftRevision: revision,
      stage: { groupIds: [], enrolmentIds: [], percent },
    })
  }

  async function orderRules(today: number): Promise<void> {
    const present = rules.filter((rule) => rule.day <= today)
    if (today === 2) {
      const { revision } = await visitor.call<Draft>(person(1), 'GET', '/api/v1/rules')
      const policyId = made.get('Kestrel baseline')
      await visitor.call(person(1), 'PUT', '/api/v1/rules/default', {
        policyId,
        expectedRevision: revision,
      })
    }
    if (!rules.some((rule) => rule.day === today)) return
    const { revision } = await visitor.call<Draft>(person(1), 'GET', '/api/v1/rules')
    const list = []
    for (const rule of present)
      list.push({ groupId: await groupId(rule.group), policyId: made.get(rule.policy) })
    await visitor.call(person(1), 'PUT', '/api/v1/rules', {
      rules: list,
      expectedRevision: revision,
    })
  }

  async function enrol(today: number): Promise<void> {
    for (const { name, group, day, revokedOn } of enrolments) {
      if (day === today) {
        const body = { name, groupId: group === null ? null : await groupId(group) }
        const issued = await visitor.call<{ enrolment: Known; key: string }>(
          person(3),
          'POST',
          '/api/v1/enrolments',
          body,
        )
        keys.set(name, { id: issued.enrolment.id, key: issued.key })
      }
      const known = keys.get(name)
      if (revokedOn === today && known)
        await visitor.call(person(1), 'POST', `/api/v1/enrolments/${known.id}/revoke`)
    }
    const laptops = keys.get('Laptops')
    if (today === 50 && laptops) {
      const path = `/api/v1/enrolments/${laptops.id}/keys`
      const { key } = await visitor.call<{ key: string }>(person(3), 'POST', path, {
        endOldAfterDays: 14,
      })
      keys.set('Laptops', { ...laptops, key })
    }
  }

  /** Machines start their clients all through a working day; runners also at the weekend. */
  async function work(today: number, pass: (minutes: number) => void): Promise<void> {
    const weekend = today % 7 >= 5
    for (const { name, daily } of enrolments) {
      const known = keys.get(name)
      if (!known || (weekend && name !== 'Build runners')) continue
      for (let n = 0; n < daily; n++) {
        // Spread over the building's networks, the same ones every day.
        await visitor.fetchBundle(
          known.key,
          `10.${20 + (n % 3)}.${n % 7}.${10 + ((n * 7 + today) % 40)}`,
        )
        if (n % 12 === 11) pass(9)
      }
    }
  }

  async function changePeople(today: number): Promise<void> {
    if (today === 15)
      await visitor.call(person(3), 'POST', '/api/v1/keys', {
        name: 'Policy checks in CI',
        scopes: ['policies.read', 'policies.edit'],
      })
    if (today === 47) {
      const { id, version } = await memberByName('Samuel')
      await visitor.call(person(0), 'POST', `/api/v1/members/${id}/suspend`, { version })
    }
    if (today === 52) {
      const { id, version } = await memberByName('Dina')
      await visitor.call(person(0), 'POST', `/api/v1/members/${id}/archive`, { version })
    }
    if (today === openRollout.day) await rollOut()
    if (today === 55) {
      const id = made.get(openDraft.policy)
      if (id !== undefined) await saveDraft(person(openDraft.by), id, openDraft.text)
    }
  }

  return {
    async live(today: number, pass: (minutes: number) => void): Promise<void> {
      await writePolicies(today)
      pass(25)
      await orderRules(today)
      pass(25)
      await enrol(today)
      await changePeople(today)
      await work(today, pass)
    },
    /** What each enrolment is given now; undefined: it is refused. */
    async bundles(): Promise<readonly (readonly [name: string, bundle: string | undefined])[]> {
      const given = []
      for (const [name, { key }] of keys) {
        const answer = await visitor.fetchBundle(key, '10.20.0.30')
        given.push([name, answer.ok ? await answer.text() : undefined] as const)
      }
      return given
    },
  }
}
