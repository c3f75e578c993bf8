import { people, type Person } from './company.ts'
import type { Visitor } from './visitor.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0'
/** Whom the agency sends; one of the contractors had left before. */
const sent = people.filter((p) => p.groups.includes('Contractors') && !p.name.startsWith('Dina'))

/** The contractors come from the directory of their agency, which takes them over two days ago; one of them leaves today. */
export function createDirectory(visitor: Visitor) {
  let token = ''

  async function ask(method: string, path: string, json?: object): Promise<{ id: string }> {
    const answer = await visitor.speak(
      { address: '10.60.0.4', agent: 'Okta SCIM Client 1.0.0' },
      method,
      `/scim/v2${path}`,
      { bearer: token, ...(json ? { json } : {}) },
    )
    const text = await answer.text()
    return text === '' ? { id: '' } : (JSON.parse(text) as { id: string })
  }

  const push = async (person: Person): Promise<string> => {
    await ask('GET', `/Users?filter=${encodeURIComponent(`userName eq "${person.email}"`)}`)
    const [givenName = '', familyName = ''] = person.name.split(' ')
    const { id } = await ask('POST', '/Users', {
      schemas: [`${core}:User`],
      userName: person.email,
      name: { givenName, familyName },
      emails: [{ primary: true, value: person.email, type: 'work' }],
      displayName: person.name,
      active: true,
    })
    return id
  }

  const ids = new Map<string, string>()

  async function begin(): Promise<void> {
    const made = await visitor.call<{ secret: string }>(people[0], 'POST', '/api/v1/directories', {
      name: 'Aerie Staffing',
      provider: 'okta',
      adopts: true,
    })
    token = made.secret
    for (const person of sent) ids.set(person.email, await push(person))
    await ask('POST', '/Groups', {
      schemas: [`${core}:Group`],
      displayName: 'Contractors',
      members: [...ids.values()].map((value) => ({ value })),
    })
  }

  async function today(): Promise<void> {
    // Somebody at the agency assigned an owner by mistake: no directory takes one over.
    if (people[0]) await push(people[0])
    const leaver = sent.at(-1)
    await ask('PATCH', `/Users/${ids.get(leaver?.email ?? '') ?? ''}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active: false } }],
    })
  }

  return {
    /** What the agency sends on the n-th day. */
    async live(day: number): Promise<void> {
      if (day === 54) await begin()
      if (day === 56) await today()
    },
  }
}
