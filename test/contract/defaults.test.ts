import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { laxer, strict } from '../company.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let policyId: string
let key: string
let tests = 0

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

beforeEach(async () => {
  tests += 1
  const made = { name: `Base ${tests}`, text: strict, defaults: 'model = "first"\n' }
  policyId = (await ok('POST', '/api/v1/policies', made)).id as string
  await ok('POST', `${path()}/publish`, { message: 'first', draftRevision: 1 })
  const { revision } = await ok('GET', '/api/v1/rules')
  await ok('PUT', '/api/v1/rules/default', { policyId, expectedRevision: revision })
  key = (await ok('POST', '/api/v1/enrolments', { name: `Machines ${tests}` })).key as string
})

const path = (): string => `/api/v1/policies/${policyId}`

async function ok(method: string, address: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, address, body)
  if (answer.status >= 400) throw new Error(`${answer.status} ${answer.text}`)
  return answer.json
}

async function save(defaults: string, text = strict): Promise<number> {
  const { revision } = await ok('GET', `${path()}/draft`)
  return (await ok('PUT', `${path()}/draft`, { text, defaults, revision })).revision as number
}

const publish = (draftRevision: number): Promise<Answer> =>
  world.admin('POST', `${path()}/publish`, { message: 'next', draftRevision })

/** The delivered config.toml, as a machine gets it; on PostgreSQL a change takes a moment to be there (docs/speed.md). */
async function delivered(): Promise<string | undefined> {
  const { json } = await world.call('GET', `/c/${key}/codex/config/bundle`)
  return json.config_toml?.enterprise_managed?.[0]?.contents as string | undefined
}

const arrives = () => expect.poll(delivered)

describe('the overridable defaults of a policy', () => {
  it('are delivered beside its requirements, and go as they came', async () => {
    await arrives().toContain('model = "first"')
    expect((await publish(await save('model = "second"\n'))).status).toBe(201)
    await arrives().toContain('model = "second"')
    const old = { version: 1, publishedVersion: 2 }
    await ok('POST', `${path()}/put-back`, old)
    await arrives().toContain('model = "first"')
    expect((await publish(await save(''))).status).toBe(201)
    await arrives().toBeUndefined()
  })

  it.each([
    ['model =\n', 'syntax', 1],
    ['# ours\nmodel = 3\n', 'wrong_type', 2],
    ['approval_policy = "untrusted"\n', 'approval_retired', 1],
    ['default_permissions = "ours"\n', 'profile_undefined', 1],
  ])('are refused where they would stop clients: %j', async (defaults, code, line) => {
    const refused = await publish(await save(defaults))
    expect(refused.status).toBe(422)
    expect(refused.json).toMatchObject({
      code: 'policy_refused',
      errors: [{ field: 'defaults', code, line }],
    })
    expect(refused.json.detail).toContain(`Defaults, line ${line}`)
    await arrives().toContain('model = "first"')
  })

  it('are judged beside the requirements, and say which of the two texts a complaint is about', async () => {
    const asked = { text: `${strict}zzz = 1\n`, defaults: 'sandbox_mode = "workspace-write"\n' }
    const checked = await ok('POST', '/api/v1/policies/check', asked)
    expect(checked.publishable).toBe(true)
    expect(checked.complaints).toMatchObject([
      { document: 'requirements', code: 'unknown_key', line: 2 },
      { document: 'defaults', code: 'against_requirements', line: 1, key: 'sandbox_mode' },
    ])
    const wider = await ok('POST', '/api/v1/policies/check', { ...asked, text: laxer })
    expect(wider.complaints).toEqual([])
  })

  it('stand in a change set as what they are', async () => {
    await save('model = "second"\n', laxer)
    const act = { kind: 'publish', policyId }
    const { changes } = await ok('POST', '/api/v1/change-sets/preview', { act })
    expect(changes[0].keys).toEqual([
      {
        document: 'requirements',
        key: 'allowed_sandbox_modes',
        before: '["read-only"]',
        after: '["read-only", "workspace-write"]',
      },
      { document: 'defaults', key: 'model', before: '"first"', after: '"second"' },
    ])
  })

  it('stand in the look-up of whoever gets them', async () => {
    const { policy } = await ok('GET', `/api/v1/lookup?enrolment=Machines ${tests}`)
    expect(policy).toMatchObject({ name: `Base ${tests}`, defaults: 'model = "first"\n' })
  })

  it('are shown with every version, and kept when a draft is saved without them', async () => {
    await publish(await save('model = "second"\n'))
    expect((await ok('GET', `${path()}/versions/1`)).defaults).toBe('model = "first"\n')
    expect((await ok('GET', `${path()}/versions/2`)).defaults).toBe('model = "second"\n')
    const { revision } = await ok('GET', `${path()}/draft`)
    const saved = await ok('PUT', `${path()}/draft`, { text: laxer, revision })
    expect(saved.defaults).toBe('model = "second"\n')
  })
})
