import { signIn } from './signin.ts'
import { adminKey, owner, type Answer, type World } from './world.ts'

export const strict = 'allowed_sandbox_modes = ["read-only"]\n'
export const laxer = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n'

/** What is shown only once, and must still open what it opened. */
export interface CompanySecrets {
  readonly key: string
  readonly enrolments: readonly string[]
}

/** A small company: a policy with two versions, a rule, people, a service key, two enrolments. */
export async function settleCompany(
  world: World,
): Promise<{ readonly policyId: string; readonly secrets: CompanySecrets }> {
  const group = await made(world, 'POST', '/api/v1/groups', { name: 'Opérations ✓' })
  good(
    await world.call('POST', '/api/v1/members/import?createGroups=true', {
      key: adminKey,
      headers: { 'content-type': 'text/csv' },
      body: 'email,name,role,groups\nada@acme.example,Ada ‘O’Neil’ \\ 😀,member,Opérations ✓\n',
    }),
  )
  const policy = await made(world, 'POST', '/api/v1/policies', { name: 'Base', text: strict })
  const policyId = policy.id as string
  good(await publish(world, policyId, strict, 'first'))
  good(await publish(world, policyId, laxer, 'second'))
  const { revision } = await made(world, 'GET', '/api/v1/rules')
  const rules = [{ groupId: group.id, policyId }]
  await made(world, 'PUT', '/api/v1/rules', { rules, expectedRevision: revision })
  const bound = await made(world, 'POST', '/api/v1/enrolments', {
    name: 'Laptops',
    groupId: group.id,
  })
  const free = await made(world, 'POST', '/api/v1/enrolments', { name: 'Unbound' })
  const key = await made(world, 'POST', '/api/v1/keys', { name: 'CI', scopes: ['policies.read'] })
  return { policyId, secrets: { key: key.secret, enrolments: [bound.key, free.key] } }
}

/** Saves the text as the draft, whatever it is now, and publishes it. */
export async function publish(
  world: World,
  policyId: string,
  text: string,
  message: string,
): Promise<Answer> {
  const path = `/api/v1/policies/${policyId}`
  const { revision } = await made(world, 'GET', `${path}/draft`)
  const saved = await world.admin('PUT', `${path}/draft`, { text, revision })
  if (saved.status >= 400) return saved
  return world.admin('POST', `${path}/publish`, { message, draftRevision: saved.json.revision })
}

/** Everything that must be answered the same by a Gatehouse that was restored or upgraded. */
export async function answersOf(world: World, secrets: CompanySecrets) {
  const paths = [
    '/api/v1/members?sort=name',
    '/api/v1/groups',
    '/api/v1/policies',
    '/api/v1/rules',
    '/api/v1/keys',
    '/api/v1/lookup?email=ada@acme.example',
    '/api/v1/enrolments',
  ]
  const { items } = await made(world, 'GET', '/api/v1/policies')
  for (const { id } of items as readonly { id: string }[]) {
    const path = `/api/v1/policies/${id}/versions`
    const versions = await made(world, 'GET', path)
    for (const { number } of versions.items as readonly { number: number }[])
      paths.push(`${path}/${number}`)
  }
  const texts: Record<string, unknown> = {}
  for (const path of paths) texts[path] = withoutTimes(await made(world, 'GET', path))
  const bundles = []
  for (const key of secrets.enrolments) {
    const { status, text, headers } = await world.call('GET', `/c/${key}/codex/config/bundle`)
    bundles.push({ status, text, etag: headers.get('etag') })
  }
  return {
    texts,
    bundles,
    key: (await world.call('GET', '/api/v1/policies', { key: secrets.key })).status,
    signIn: (await signIn(world, owner.email, owner.password)).status,
  }
}

/** What moves by asking: the times of last use, and what fetches are counted. */
function withoutTimes(value: unknown): unknown {
  const moving = /^(lastUsedAt|lastFetched|lastFetchedAt|lastSeenAt|fetchesToday|addresses24h)$/
  return JSON.parse(
    JSON.stringify(value, (name, inner: unknown) => (moving.test(name) ? undefined : inner)),
  )
}

async function made(
  world: World,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer['json']> {
  return good(await world.admin(method, path, body)).json
}

function good(answer: Answer): Answer {
  if (answer.status >= 400) throw new Error(`${answer.status} ${answer.text}`)
  return answer
}

/** A service key with these scopes and no other. */
export async function keyWith(world: World, ...scopes: readonly string[]): Promise<string> {
  const key = await made(world, 'POST', '/api/v1/keys', { name: scopes.join(' '), scopes })
  return key.secret as string
}
