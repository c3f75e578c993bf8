import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, deskAndLab, type Admin, type Member } from './admin.ts'
import { emptyHome, forgetBundle, type Home } from './codex.ts'
import { startKeyring, type Keyring } from './keyring.ts'
import { loginEnvironment, runSnippet, snippetIn } from './machine.ts'
import { startBrowsers, type Browsers, type Person } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { setupOf, startGatewayLogin } from './sign-in.ts'
import { expireAccessTokens } from './database.ts'

// The route of the configuration server with OAuth. One home for all: the client derives a key anew from its keyring at
// every start on this route, which takes seconds.

const strict = 'allowed_sandbox_modes = ["read-only"]\n'
const laxer = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n'
const signInFirst = "Sign in to the configuration server to load your organization's settings"

let product: Product
let admin: Admin
let keyring: Keyring
let browsers: Browsers
let member: Member
let person: Person
let home: Home
let desk: string
let lab: string

beforeAll(async () => {
  ;[keyring, product, browsers] = await Promise.all([
    startKeyring(),
    startProduct(),
    startBrowsers(),
  ])
  admin = adminOf(product)
  ;({ desk, lab } = await deskAndLab(admin, { strict, laxer }))
  member = await admin.newMember('Imani', [desk])
  person = await browsers.person(member)
  // An enrolment of another group has been there before: from now on it does not decide.
  const enrolled = await admin.enrol('Before', lab)
  runSnippet(snippetIn(enrolled.snippets, 'shell').install)
  runSnippet(snippetIn((await setupOf(admin, 'config_server')).snippets, 'shell').install)
  home = newHome()
})

afterAll(async () => {
  await browsers.close()
  await keyring.stop()
  await product.stop()
})

const newHome = () => emptyHome({ ...loginEnvironment(), ...keyring.environment })
const newest = async () => (await admin.clientsOf(member))[0]
const uncached = async () => {
  forgetBundle(home)
  return home.startupConfig()
}
const modes = async () => (await uncached()).requirements?.['allowedSandboxModes']
const tokens = () => join(home.folder, '.codex', 'secrets', 'gateway_oauth.age')
const kept = () => join(home.folder, 'kept.age')

describe('a machine with the lines of the configuration server', () => {
  it('starts no client before somebody has signed in', async () => {
    const { error, run } = await home.startupConfig()
    expect(run.code).toBe(1)
    expect(error).toMatchObject({ errorCode: 'Auth', action: 'relogin', detail: signInFirst })
  })

  it('signs nobody in who does not agree, and says why in the browser only', async () => {
    const { running, address } = await startGatewayLogin(home)
    await person.open(address)
    await person.answer('Deny')
    const run = await running.done
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('Gateway sign-in failed; check the gateway configuration')
    expect(await newest()).toBeUndefined()
  })

  it('asks in the browser who, what and with which consequence, and then has the policy of the member', async () => {
    const { running, address } = await startGatewayLogin(home)
    const asked = new URL(address)
    expect(asked.searchParams.get('client_id')).toBe('gatehouse-codex')
    await person.open(address)
    const question = await person.reads()
    expect(question).toContain('Strict, version 1')
    expect(question).toContain(new URL(asked.searchParams.get('redirect_uri') ?? '').host)
    await person.answer('Allow')
    const run = await running.done
    expect(run.stderr).toContain('Successfully logged in')
    expect(run.code).toBe(0)
    // It has fetched at once; the enrolment that was there before belongs to the other group.
    const { requirements } = await home.startupConfig()
    expect(requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
    await expect
      .poll(newest)
      .toMatchObject({ route: 'config_server', state: 'active', served: { name: 'Strict v1' } })
  })

  it('has the policy of the other group at the next start without a cache', async () => {
    await admin.moveMember(member, desk, lab)
    expect(await modes()).toEqual(['read-only', 'workspace-write'])
  })
})

describe('when the access token has run out', () => {
  // Two processes of one home wait for each other on this route: the client locks its file (0.169).
  it('the next start renews it, and a process whose answer was lost gets the same', async () => {
    const client = await newest()
    cpSync(tokens(), kept())
    await expireAccessTokens(product)
    expect(await modes()).toEqual(['read-only', 'workspace-write'])
    // As if the process had died before it wrote the new tokens down.
    cpSync(kept(), tokens())
    expect(await modes()).toEqual(['read-only', 'workspace-write'])
    expect(await newest()).toMatchObject({ id: client?.id, state: 'active' })
  })

  it('an older token than that is taken for theft, and the client has to sign in again', async () => {
    await expireAccessTokens(product)
    expect(await modes()).toEqual(['read-only', 'workspace-write'])
    cpSync(kept(), tokens())
    const { error, run } = await uncached()
    expect(run.code).toBe(1)
    expect(error).toMatchObject({ errorCode: 'Auth', detail: signInFirst })
    expect(await newest()).toMatchObject({ state: 'ended', endReason: 'reused_token' })
  })
})

describe('codex logout', () => {
  it('leaves a machine that starts nothing, whatever is in the cache', async () => {
    expect(await home.run(['logout'])).toMatchObject({ code: 0 })
    const { error, run } = await home.startupConfig()
    expect(run.code).toBe(1)
    expect(error).toMatchObject({ errorCode: 'Auth', detail: signInFirst })
  })
})
