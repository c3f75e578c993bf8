import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { queries, run } from '#kernel/work.ts'
import { publish, strict } from '../company.ts'
import { acts } from '../oauth.ts'
import { cookieOf, signIn, tokenOf } from '../signin.ts'
import { chosen, her, landing, startSso, type SsoWorld } from '../sso.ts'
import { Browser } from '../sso-provider.ts'
import { adminKey, owner, type Answer } from '../world.ts'

const q = queries<Record<string, Record<string, unknown>>>()

let sso: SsoWorld
beforeAll(async () => {
  sso = await startSso()
})
afterAll(() => sso.close())
beforeEach(() => sso.world.clock.advance(20 * minute))

async function group(name: string): Promise<string> {
  return (await sso.world.admin('POST', '/api/v1/groups', { name })).json.id as string
}

async function groupsOf(email: string): Promise<string[]> {
  const { json } = await sso.world.admin('GET', `/api/v1/members?q=${encodeURIComponent(email)}`)
  return (json.items as { groups: { name: string }[] }[])[0]?.groups.map((g) => g.name).sort() ?? []
} // prettier-ignore

async function mapTo(mappings: readonly { value: string; groupId: string }[]): Promise<Answer> {
  const { json } = await sso.world.admin('GET', `/api/v1/sso/providers/${sso.acme}`)
  return sso.world.admin('PUT', `/api/v1/sso/providers/${sso.acme}/groups`, {
    version: json.version as number,
    mappings,
  })
}

/** A custom role that manages service keys, given to the group. */
async function giveKeysTo(groupId: string): Promise<void> {
  const at = sso.world.clock.now
  await sso.world.app.runtime.db.tx(function* () {
    yield* run(
      q.insertInto('roles').values({
        id: 'rol_keys',
        name: 'Keyholder',
        name_key: 'keyholder',
        description: '',
        search: 'keyholder',
        permissions: '["keys.manage"]',
        created_at: at,
        created_by: 'test',
        updated_at: at,
        version: 1,
      }),
    )
    yield* run(
      q.insertInto('role_grants').values({
        id: 'gra_keys',
        role_id: 'rol_keys',
        holder_kind: 'group',
        holder_id: groupId,
        ends_at: null,
        reason: '',
        created_at: at,
        created_by: 'test',
        request_id: null,
      }),
    )
  })
}

describe('groups from claims', () => {
  it('come and go at each sign-in, of those that a value is connected to', async () => {
    const [blue, red, green] = [await group('Blue'), await group('Red'), await group('Green')]
    await mapTo([
      { value: 'b', groupId: blue },
      { value: 'r', groupId: red },
    ])
    const policy = await sso.world.admin('POST', '/api/v1/policies', {
      name: 'Strict',
      text: strict,
    })
    const policyId = policy.json.id as string
    await publish(sso.world, policyId, strict, 'first')
    const rules = await sso.world.admin('PUT', '/api/v1/rules', {
      rules: [{ groupId: blue, policyId }],
      expectedRevision: (await sso.world.admin('GET', '/api/v1/rules')).json.revision as number,
    })
    expect(rules.status).toBe(200)
    await sso.roundTrip(new Browser(sso.world), her('gina', { groups: ['b', 'unknown'] }))
    expect(await groupsOf('gina@acme.example')).toEqual(['Blue'])
    const { id } = await sso.member('gina@acme.example')
    await sso.world.admin('POST', `/api/v1/groups/${green}/members`, { add: [id], remove: [] })
    await sso.roundTrip(new Browser(sso.world), her('gina', { groups: 'r' }))
    expect(await groupsOf('gina@acme.example')).toEqual(['Green', 'Red'])
    // Said elsewhere: nothing is known, nothing changes. Not said: none.
    await sso.roundTrip(new Browser(sso.world), her('gina', { _claim_names: { groups: 'src1' } }))
    expect(await groupsOf('gina@acme.example')).toEqual(['Green', 'Red'])
    await sso.roundTrip(new Browser(sso.world), her('gina'))
    expect(await groupsOf('gina@acme.example')).toEqual(['Green'])
    const records = await acts(sso.world, 'sso.groups')
    expect(records.map((r) => [r.after, (r as { touches?: number }).touches])).toEqual([
      [{ added: ['Blue'], removed: [] }, 1],
      [{ added: ['Red'], removed: ['Blue'] }, 1],
      [{ added: [], removed: ['Red'] }, 0],
    ])
    const kept = await sso.world.admin('DELETE', `/api/v1/groups/${blue}?version=1`)
    expect([kept.status, kept.json.code]).toEqual([409, 'in_use'])
  })

  it('are connected only by whoever holds what the group gives', async () => {
    const admins = await group('Keyholders')
    await giveKeysTo(admins)
    const weak = await sso.world.admin('POST', '/api/v1/keys', {
      name: 'SSO only',
      scopes: ['signin.manage'],
    })
    const { json } = await sso.world.admin('GET', `/api/v1/sso/providers/${sso.acme}`)
    const tried = await sso.world.call('PUT', `/api/v1/sso/providers/${sso.acme}/groups`, {
      key: weak.json.secret as string,
      body: { version: json.version as number, mappings: [{ value: 'k', groupId: admins }] },
    })
    expect([tried.status, tried.json.code]).toEqual([403, 'exceeds_own_rights'])
  })
})

/** An authenticator app, as if it had been enrolled. */
async function giveApp(memberId: string): Promise<void> {
  const row = { member_id: memberId, sealed: '', created_at: 1, confirmed_at: 1, last_step: 0, last_used_at: null, failures: 0 } // prettier-ignore
  await sso.world.app.runtime.db.tx(() => run(q.insertInto('totp_secrets').values(row)))
}

describe('enforced', () => {
  it('closes other ways for all but break-glass owners, of whom one has to be ready', async () => {
    const jo = { email: 'jo@acme.example' }
    const cookie = cookieOf(await sso.invite(jo.email))
    const enforce = (enforced: boolean) =>
      sso.world.admin('PUT', `/api/v1/sso/providers/${sso.acme}/enforced`, { enforced })
    const { json } = await sso.world.admin('GET', `/api/v1/sso/providers/${sso.acme}`)
    await sso.world.admin('PATCH', `/api/v1/sso/providers/${sso.acme}`, {
      version: json.version as number,
      scopes: 'openid email',
    })
    const refusal = async () => (await enforce(true)).json.detail as string
    expect(await refusal()).toBe('Nobody has come back from Acme ID since it was changed.')
    await sso.roundTrip(new Browser(sso.world), her('prover'))
    expect(await refusal()).toContain('No break-glass owner')

    const boss = await sso.member(owner.email)
    const mark = (id: string, on: boolean) =>
      sso.world.admin('PUT', `/api/v1/members/${id}/break-glass`, { on })
    expect((await mark((await sso.member(jo.email)).id, true)).json.code).toBe('wrong_state')
    expect((await mark(boss.id, true)).status).toBe(204)
    expect(await refusal()).toContain('No break-glass owner')
    await giveApp(boss.id)
    const done = await enforce(true)
    expect(done.json).toMatchObject({ enforced: true, endedSessions: 1 })
    expect((await sso.world.call('GET', '/api/v1/session', { cookie })).status).toBe(401)

    // Whoever does not know the password learns nothing; whoever does learns where to go.
    expect((await signIn(sso.world, jo.email, 'wrong')).json.code).toBe('wrong_credentials')
    const told = await signIn(sso.world, jo.email, chosen)
    expect([told.status, told.json.code]).toEqual([403, 'single_sign_on_required'])
    expect(told.json.providers).toMatchObject([{ startUrl: `/sso/start/${sso.acme}` }])
    const late = await sso.world.admin('POST', '/api/v1/invitations', { email: 'kim@acme.example' })
    const accepting = await sso.world.call('POST', '/api/v1/invitations/accept', {
      body: { token: tokenOf(late.json.link.url as string), name: 'Kim', password: chosen },
    })
    expect(accepting.json.code).toBe('single_sign_on_required')
    const browser = new Browser(sso.world)
    await sso.roundTrip(browser, her('jo'))
    expect(await sso.session(browser)).toBe(jo.email)
    // The break-glass owner gets in, and stays one.
    expect((await signIn(sso.world, owner.email, owner.password)).status).toBe(200)
    expect((await mark(boss.id, false)).json.code).toBe('last_owner')
    const reset = await sso.world.admin('DELETE', `/api/v1/members/${boss.id}/factors`)
    expect(reset.json.code).toBe('last_owner')
    // Whoever holds the machine lets an owner in past the provider.
    const second = { email: 'second@acme.example', role: 'owner' }
    expect((await sso.world.admin('POST', '/api/v1/members', second)).status).toBe(201)
    const { link, breakGlass } = await sso.world.app.ownerReset({ email: second.email })
    expect(breakGlass).toBe(true)
    const replaced = await sso.world.call('POST', '/api/v1/password-reset/complete', {
      body: { token: tokenOf(link), password: chosen },
    })
    expect([replaced.status, replaced.text]).toEqual([200, replaced.text])
    const suspended = await sso.world.admin('POST', `/api/v1/members/${boss.id}/suspend`, {
      version: boss.version,
    })
    expect(suspended.json.detail).toContain('the last break-glass owner')
    const imported = await sso.world.call('POST', '/api/v1/members/import', {
      key: adminKey,
      headers: { 'content-type': 'text/csv' },
      body: `email,role\n${owner.email},member\n`,
    })
    expect(imported.json.code).toBe('last_owner')

    await enforce(false)
    expect((await signIn(sso.world, jo.email, chosen)).status).toBe(200)
    expect((await mark(boss.id, false)).status).toBe(204)
  })

  it('for everybody sends whoever has no provider of her domain to the first', async () => {
    const boss = await sso.member(owner.email)
    await sso.world.admin('PUT', `/api/v1/members/${boss.id}/break-glass`, { on: true })
    await sso.invite('lu@nowhere.example')
    expect((await sso.world.admin('PUT', '/api/v1/sso/enforced', { enforced: true })).status).toBe(
      200,
    )
    const told = await signIn(sso.world, 'lu@nowhere.example', chosen)
    expect(told.json.code).toBe('single_sign_on_required')
    const options = await sso.world.call('GET', '/api/v1/sign-in-options')
    expect(options.json).toMatchObject({ enforced: true })
    expect(options.json.providers).toContainEqual(
      expect.objectContaining({ id: sso.acme, name: 'Acme ID' }),
    )
    await sso.world.admin('PUT', '/api/v1/sso/enforced', { enforced: false })
  })

  it('ends the sessions that came through a provider when it is turned off', async () => {
    const browser = new Browser(sso.world)
    await sso.roundTrip(browser, her('ivy'))
    expect(await sso.session(browser)).toBe('ivy@acme.example')
    const { json } = await sso.world.admin('GET', `/api/v1/sso/providers/${sso.acme}`)
    const off = await sso.world.admin('PATCH', `/api/v1/sso/providers/${sso.acme}`, {
      version: json.version as number,
      on: false,
    })
    expect(off.json.on).toBe(false)
    expect(await sso.session(browser)).toBeUndefined()
    expect(landing(await browser.open(`/sso/start/${sso.acme}`))).toMatch(/\/sign-in$/)
    const options = await sso.world.call('GET', '/api/v1/sign-in-options')
    expect(options.json.providers).toEqual([])
  })
})
