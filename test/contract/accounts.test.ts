import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { enqueue } from '#kernel/work.ts'
import { behindProxy, newMember, theOwner, type Person } from '../clients.ts'
import { openInbox } from '../signin.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
let inbox: Awaited<ReturnType<typeof openInbox>>
let ada: Person
let strict: string
let base: string
beforeAll(async () => {
  inbox = await openInbox()
  world = await startWorld({ env: { ...behindProxy, ...inbox.env } })
  ada = await newMember(world, 'ada@acme.example')
  strict = await newGroup('Release')
  await publish('Strict', 'allowed_sandbox_modes = ["read-only"]\n', strict)
  base = await newGroup('Others')
})
afterAll(async () => {
  await world.close()
  await inbox.close()
})

const ok = async (answer: Promise<Answer>): Promise<Answer['json']> => {
  const { status, text, json } = await answer
  expect(status, text).toBeLessThan(300)
  return json as unknown
}
const newGroup = async (name: string): Promise<string> =>
  (await ok(world.admin('POST', '/api/v1/groups', { name }))).id as string

async function publish(name: string, text: string, groupId: string): Promise<void> {
  const { id } = await ok(world.admin('POST', '/api/v1/policies', { name }))
  const path = `/api/v1/policies/${id as string}`
  const { revision } = await ok(world.admin('GET', `${path}/draft`))
  const saved = await ok(world.admin('PUT', `${path}/draft`, { text, revision }))
  const message = 'first'
  await ok(
    world.admin('POST', `${path}/publish`, { message, draftRevision: saved.revision as number }),
  )
  const rules = await ok(world.admin('GET', '/api/v1/rules'))
  await ok(
    world.admin('PUT', '/api/v1/rules', {
      rules: [{ groupId, policyId: id as string }],
      expectedRevision: rules.revision as number,
    }),
  )
}

const accounts = '/api/v1/service-accounts'
let made = 0
const newAccount = (wish: object = {}): Promise<Answer['json']> =>
  ok(
    world.admin('POST', accounts, {
      name: `release-${++made}`,
      purpose: 'Publishes the packages',
      owner: { kind: 'member', id: ada.id },
      groupIds: [strict],
      ...wish,
    }),
  )
async function newToken(accountId: string, days: number | null = 30) {
  const wish = { name: 'ci', expiresInDays: days }
  const json = await ok(world.admin('POST', `${accounts}/${accountId}/tokens`, wish))
  return { id: json.token.id as string, secret: json.secret as string }
}
const bundle = (secret: string) =>
  world.call('GET', '/backend-api/wham/config/bundle', { key: secret })
/** As soon as this process has heard of the change. */
const becomes = (secret: string, status: number) =>
  expect.poll(async () => (await bundle(secret)).status).toBe(status)
const change = async (id: string, body: object) => {
  const { version } = await ok(world.admin('GET', `${accounts}/${id}`))
  return world.admin('PATCH', `${accounts}/${id}`, { version: version as number, ...body })
}

describe('a service account', () => {
  it('takes the policy of its groups with a token that is tied to no person', async () => {
    const account = await newAccount()
    const { id, secret } = await newToken(account.id as string)
    await becomes(secret, 200)
    expect((await bundle(secret)).text).toContain('read-only')
    const who = await world.call('GET', '/v1/user-auth-credential/whoami', { key: secret })
    expect(who.json).toMatchObject({ email: null, chatgpt_user_id: account.id as string })
    expect((await ok(world.admin('GET', `/api/v1/access-tokens/${id}`))).of).toEqual({
      kind: 'service_account',
      id: account.id as string,
      name: account.name as string,
      email: null,
    })
    const { principal, policy } = await ok(
      world.admin('GET', `/api/v1/lookup?account=${account.name as string}`),
    )
    expect([principal.kind, policy.name]).toEqual(['service_account', 'Strict'])
  })

  it('is a change set where its groups change, which says whom it touches', async () => {
    const account = await newAccount()
    const act = {
      kind: 'service_account',
      accountId: account.id as string,
      groupIds: [base],
      status: 'active',
    }
    const seen = await ok(world.admin('POST', '/api/v1/change-sets/preview', { act }))
    expect(seen).toMatchObject({
      touches: 1,
      members: 0,
      enrolments: 0,
      accounts: 1,
      changes: [{ afterIs: 'nothing', sample: [{ kind: 'service_account', id: account.id }] }],
    })
    const impact = await ok(world.admin('POST', '/api/v1/impact', { act }))
    expect(impact).toMatchObject({ touches: 1, accounts: 1 })
    const { secret } = await newToken(account.id as string)
    const other = await change(account.id as string, { groupIds: [base], changeSet: 'another' })
    expect([other.status, other.json.code]).toEqual([409, 'preview_outdated'])
    await ok(change(account.id as string, { groupIds: [base], changeSet: seen.hash as string }))
    await expect.poll(async () => (await bundle(secret)).text).toBe('{}')
  })

  it('rests while it is suspended, and is refused in words', async () => {
    const account = await newAccount()
    const { id, secret } = await newToken(account.id as string)
    await ok(change(account.id as string, { status: 'suspended' }))
    await becomes(secret, 403)
    expect((await bundle(secret)).json.error.code).toBe('account_suspended')
    expect((await ok(world.admin('GET', `/api/v1/access-tokens/${id}`))).state).toBe('suspended')
    await ok(change(account.id as string, { status: 'active' }))
    await becomes(secret, 200)
  })

  it('is deleted with all its tokens, and its name is free again', async () => {
    const account = await newAccount()
    const { id, secret } = await newToken(account.id as string, null)
    await ok(world.admin('DELETE', `${accounts}/${account.id as string}`))
    expect((await bundle(secret)).status).toBe(401)
    expect((await world.admin('GET', `${accounts}/${account.id as string}`)).status).toBe(404)
    expect(await ok(world.admin('GET', `/api/v1/access-tokens/${id}`))).toMatchObject({
      state: 'revoked',
      of: { name: account.name as string },
    })
    await newAccount({ name: account.name as string })
  })

  it('gives nobody a right, whatever its groups give to people', async () => {
    const role = await ok(
      world.admin('POST', '/api/v1/roles', { name: 'Auditor', permissions: ['audit.read'] }),
    )
    const auditors = await newGroup('Auditors')
    const holder = { kind: 'group', id: auditors }
    const id = (role.role?.id ?? role.id) as string
    await ok(
      world.admin('POST', `/api/v1/roles/${id}/holders`, { holder, lasts: null, reason: '' }),
    )
    const account = await newAccount({ groupIds: [auditors] })
    const { secret } = await newToken(account.id as string)
    for (const path of ['/api/v1/activity', '/api/v1/me', accounts, '/api/v1/access-tokens'])
      expect([path, (await world.call('GET', path, { key: secret })).status]).toEqual([path, 401])
  })

  it('keeps its tokens to itself: none of another account, nor of a person', async () => {
    const [one, two] = [await newAccount(), await newAccount()]
    const { id } = await newToken(one.id as string)
    const path = `${accounts}/${two.id as string}/tokens/${id}`
    expect((await world.admin('DELETE', path)).status).toBe(404)
    const wish = { expiresInDays: 7, oldEndsInHours: 0 }
    expect((await world.admin('POST', `${path}/rotate`, wish)).status).toBe(404)
    const list = await ok(world.admin('GET', `${accounts}/${two.id as string}/tokens`))
    expect(list.total).toBe(0)
  })

  it('is found by name with its tokens, by whoever may see them', async () => {
    const account = await newAccount({ name: 'Lighthouse' })
    await ok(
      world.admin('POST', `${accounts}/${account.id as string}/tokens`, {
        name: 'lighthouse nightly',
        expiresInDays: 30,
      }),
    )
    const kinds = async (scopes: readonly string[]): Promise<readonly string[]> => {
      const key = await ok(world.admin('POST', '/api/v1/keys', { name: 'finder', scopes }))
      const found = await ok(
        world.call('GET', '/api/v1/find?q=Lightho', { key: key.secret as string }),
      )
      return (found.items as { kind: string }[]).map(({ kind }) => kind)
    }
    const may = ['workspace.read', 'service_accounts.manage', 'access_tokens.manage']
    expect(await kinds(may)).toEqual(['access token', 'service account'])
    expect(await kinds(may.slice(0, 1))).toEqual([])
  })

  it('rotates a token by a service key as well', async () => {
    const account = await newAccount()
    const { id, secret } = await newToken(account.id as string)
    const rotated = await ok(
      world.admin('POST', `${accounts}/${account.id as string}/tokens/${id}/rotate`, {
        expiresInDays: 90,
        oldEndsInHours: 24,
      }),
    )
    const both = [await bundle(secret), await bundle(rotated.secret as string)]
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    world.clock.advance(day)
    const after = [await bundle(secret), await bundle(rotated.secret as string)]
    expect(after.map(({ status }) => status)).toEqual([401, 200])
  })

  it.each([
    ['an owner who is not there', { owner: { kind: 'member', id: 'mem_0' } }, 404],
    ['a group that is not there', { groupIds: ['grp_0'] }, 404],
    ['no purpose', { purpose: '' }, 400],
    ['the name of another', { name: 'RELEASE-1' }, 409],
  ])('is not made with %s', async (_, wish, status) => {
    const answer = await world.admin('POST', accounts, {
      name: 'x',
      purpose: 'y',
      owner: { kind: 'member', id: ada.id },
      ...wish,
    })
    expect(answer.status, answer.text).toBe(status)
  })

  it('is not changed from a picture that is out of date', async () => {
    const account = await newAccount()
    const path = `${accounts}/${account.id as string}`
    await ok(world.admin('PATCH', path, { version: 1, purpose: 'One' }))
    const late = await world.admin('PATCH', path, { version: 1, purpose: 'Two' })
    expect([late.status, late.json.code]).toEqual([409, 'edited_meanwhile'])
  })

  it('has the one who answers for it told a week and a day before a token ends, and says then that it has', async () => {
    const account = await newAccount({ name: 'told-bot' })
    const { id } = await newToken(account.id as string)
    const watch = () =>
      world.app.runtime.db.tx(() => enqueue({ name: 'clients.watch-tokens', payload: null }))
    for (const days of [7, 1]) {
      const token = await ok(world.admin('GET', `/api/v1/access-tokens/${id}`))
      world.clock.now = (token.expiresAt as number) - days * day
      await watch()
      const mail = await inbox.next(new RegExp(`/service-accounts/${account.id as string}`))
      expect([mail.to, mail.text]).toEqual([ada.email, expect.stringContaining('Rotate it here')])
      // Once each.
      await watch()
    }
    world.clock.advance(day)
    await watch()
    await expect
      .poll(async () => (await ok(world.admin('GET', `/api/v1/access-tokens/${id}`))) as unknown)
      .toMatchObject({ state: 'expired', endedAt: world.clock.now })
  })

  it('keeps its group from being deleted, and goes on when the one who answers for it leaves', async () => {
    const group = await newGroup('Short lived')
    const account = await newAccount({ groupIds: [group] })
    const refused = await world.admin('DELETE', `/api/v1/groups/${group}?version=1`)
    expect([refused.status, refused.json.code]).toEqual([409, 'in_use'])
    const { secret } = await newToken(account.id as string)
    const shown = await ok(world.admin('GET', `/api/v1/members/${ada.id}/offboarding`))
    expect(shown.archive).toContainEqual(expect.objectContaining({ kind: 'service_account' }))
    const { version } = await ok(world.admin('GET', `/api/v1/members/${ada.id}`))
    await ok(world.admin('POST', `/api/v1/members/${ada.id}/archive`, { version }))
    expect((await bundle(secret)).status).toBe(200)
    const after = await ok(world.admin('GET', `${accounts}/${account.id as string}`))
    expect(after.owner).toMatchObject({ id: ada.id, present: false })
  })

  it('is refused like everybody while access tokens are off, which its change set says', async () => {
    const owner = await theOwner(world)
    const account = await newAccount({ owner: { kind: 'member', id: owner.id } })
    const { secret } = await newToken(account.id as string)
    const act = { kind: 'surface', key: 'access_tokens', on: false }
    const seen = await ok(world.admin('POST', '/api/v1/change-sets/preview', { act }))
    expect(seen.touches).toBe(seen.accounts)
    expect(seen.changes).toContainEqual(expect.objectContaining({ afterIs: 'refused' }))
    await ok(world.admin('PUT', '/api/v1/surfaces/access_tokens', { on: false }))
    await becomes(secret, 403)
    await ok(world.admin('PUT', '/api/v1/surfaces/access_tokens', { on: true }))
    await becomes(secret, 200)
  })
})
