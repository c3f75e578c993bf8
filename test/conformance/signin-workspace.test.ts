import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, deskAndLab, type Admin, type Member } from './admin.ts'
import { startAppServer } from './app-server.ts'
import { emptyHome, forgetBundle, type Home } from './codex.ts'
import { loginEnvironment, runSnippet, snippetIn } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startBrowsers, type Browsers, type Person } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { removeManagedRequirements } from './sandbox.ts'
import {
  ageAccessToken,
  deviceLogin,
  issuer,
  readAuth,
  setupOf,
  startDeviceLogin,
  workspaceHome,
} from './sign-in.ts'
import { eventsCounted, passRefreshGrace } from './database.ts'

// The workspace route: the client signs in to us as it would to its vendor's workspace.

const strict = `allowed_sandbox_modes = ["read-only"]
allowed_approval_policies = ["on-request"]
[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Acme keeps its files" },
]
`
const laxer = `allowed_sandbox_modes = ["read-only", "workspace-write"]
`
const turn = [
  'exec',
  '--skip-git-repo-check',
  '--sandbox',
  'danger-full-access',
  '-c',
  'approval_policy=never',
  'hi',
]

let product: Product
let admin: Admin
let model: MockModel
let browsers: Browsers
let member: Member
let person: Person
let desk: string
let lab: string

beforeAll(async () => {
  ;[model, product, browsers] = await Promise.all([
    startMockModel(),
    startProduct(),
    startBrowsers(),
  ])
  admin = adminOf(product)
  ;({ desk, lab } = await deskAndLab(admin, { strict, laxer }))
  member = await admin.newMember('Imani', [desk])
  person = await browsers.person(member)
  runSnippet(snippetIn((await setupOf(admin, 'workspace')).snippets, 'environment').install)
})

afterAll(async () => {
  await browsers.close()
  await model.close()
  await product.stop()
})

/** A start that has to ask. */
const uncached = (home: Home) => {
  forgetBundle(home)
  return home.startupConfig()
}

const modes = async (home: Home) => (await uncached(home)).requirements?.['allowedSandboxModes']

/** The client that signed in last. */
const newest = async () => (await admin.clientsOf(member))[0]!

const signedIn = async () => {
  const home = await workspaceHome(admin, model)
  expect(await deviceLogin(home, person)).toMatchObject({ code: 0 })
  return home
}

describe('a device code that was approved in a browser', () => {
  it('signs in, and a whole turn obeys the policy of the member; in another group, that of the group', async () => {
    const home = await workspaceHome(admin, model)
    const { running, address, code } = await startDeviceLogin(home)
    expect(address).toBe(`${issuer}/codex/device`)
    await person.typeCode(address, code)
    expect(await person.reads()).toContain('Strict, version 1')
    await person.answer('Allow')
    await person.page.getByText('Go back to your terminal').waitFor()
    const login = await running.done
    expect(login).toMatchObject({ code: 0, stderr: 'Successfully logged in\n' })
    expect(await newest()).toMatchObject({ route: 'workspace', flow: 'device', state: 'active' })

    model.script(['rm -rf kept', 'ls'])
    const run = await home.run(turn)
    expect(run.code).toBe(0)
    expect(run.stderr).toContain('approval: on-request')
    expect(run.stderr).toContain('sandbox: read-only')
    const told = model.requests.at(-1)!.toolResults
    expect(told.get('call_1')).toContain('rejected: Acme keeps its files')
    expect(told.get('call_2')).toContain('Process exited with code 0')
    // Uses are written down in batches.
    await expect.poll(newest).toMatchObject({
      served: { name: 'Strict v1' },
      program: expect.stringContaining('0.169.0'),
      lastUsedAt: expect.any(Number),
    })

    // What the client reports of itself was taken and counted.
    const counted = () => eventsCounted(product)
    await expect.poll(counted).toContain('codex_turn_event')

    await admin.moveMember(member, desk, lab)
    try {
      // Within the hour nothing is asked; then the other policy is there.
      expect((await home.startupConfig()).requirements).toMatchObject({
        allowedSandboxModes: ['read-only'],
      })
      expect(await modes(home)).toEqual(['read-only', 'workspace-write'])
    } finally {
      await admin.moveMember(member, lab, desk)
    }
  })

  it('is listed for her, and ended there it is refused at the next start that asks', async () => {
    const home = await signedIn()
    await person.page.goto(`${issuer}/account/devices`)
    await person.page.getByText('Codex').first().waitFor()
    const mine = await newest()
    await admin.endClient(mine)
    const { error, run } = await uncached(home)
    expect(run.code).toBe(1)
    expect(error).toMatchObject({ errorCode: 'Auth', statusCode: 401, action: 'relogin' })
  })
})

describe('app-server', () => {
  it('signs in through the browser that it asks for, by the variables of the page', async () => {
    expect(loginEnvironment()['CODEX_APP_SERVER_LOGIN_ISSUER']).toBe(issuer)
    const home = await workspaceHome(admin, model)
    const server = await startAppServer(home)
    try {
      const { authUrl } = await server.call<{ authUrl: string }>('account/login/start', {
        type: 'chatgpt',
      })
      await person.open(authUrl)
      await person.answer('Allow')
      expect(await server.told('account/login/completed')).toMatchObject({
        success: true,
        error: null,
      })
      await person.page.waitForURL(/^http:\/\/127\.0\.0\.1:1455\/success/)
      const { requirements } = await server.call<{ requirements: unknown }>(
        'configRequirements/read',
      )
      expect(requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
      expect(await server.call('account/rateLimits/read')).toMatchObject({
        rateLimits: { planType: 'enterprise', primary: null },
      })
    } finally {
      await server.close()
    }
    expect(await newest()).toMatchObject({ flow: 'browser', route: 'workspace', state: 'active' })
    // It asks for an API key as well; nothing that it got may have become one.
    expect(readAuth(home)).toMatchObject({ OPENAI_API_KEY: null })
    await showsAccount(home)
  })

  /** A provider that takes our sign-in is what makes it look at the account. Its addresses have two styles. */
  async function showsAccount(home: Home): Promise<void> {
    const file = join(home.folder, '.codex', 'config.toml')
    const config = readFileSync(file, 'utf8').replace(/^env_key.*$/m, 'requires_openai_auth = true')
    for (const style of ['/backend-api/', '/']) {
      writeFileSync(file, config.replace('/backend-api/', style))
      forgetBundle(home)
      const server = await startAppServer(home)
      try {
        expect(await server.call('account/read', { refreshToken: false })).toMatchObject({
          account: { type: 'chatgpt', email: member.email, planType: 'enterprise' },
          workspaceRouting: { backendOrigin: issuer },
        })
        expect(await server.call('configRequirements/read')).toMatchObject({
          requirements: { allowedSandboxModes: ['read-only'] },
        })
      } finally {
        await server.close()
      }
    }
  }
})

describe('a refresh', () => {
  it('gives new tokens to the same client', async () => {
    const home = await signedIn()
    const [client, before] = [await newest(), readAuth(home).tokens]
    ageAccessToken(home)
    expect(await modes(home)).toEqual(['read-only'])
    const after = readAuth(home).tokens
    expect(after.refresh_token).not.toBe(before.refresh_token)
    expect(after.access_token.split('.')).toHaveLength(3)
    expect(await newest()).toMatchObject({ id: client.id, state: 'active' })
  })

  it('by two processes at once signs nobody out, also not the one whose answer was lost', async () => {
    const home = await signedIn()
    ageAccessToken(home)
    // As a backup, or a process that died before it wrote the answer down.
    const lost = await workspaceHome(admin, model)
    const copy = () => cpSync(authOf(home), authOf(lost))
    copy()
    const both = await Promise.all([home.startupConfig(), home.startupConfig()])
    for (const { run, requirements } of both) {
      expect(run.code).toBe(0)
      expect(requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
    }
    const kept = readAuth(home).tokens.refresh_token
    expect(await modes(lost)).toEqual(['read-only'])
    expect(readAuth(lost).tokens.refresh_token).toBe(kept)
    expect(await modes(home)).toEqual(['read-only'])
    expect(await newest()).toMatchObject({ state: 'active' })
  })

  it.each([
    [
      'whose successor was used',
      async (home: Home) => {
        ageAccessToken(home)
        expect(await modes(home)).toEqual(['read-only'])
      },
    ],
    [
      'a minute later',
      () => {
        passRefreshGrace(product)
        return Promise.resolve()
      },
    ],
  ])('with an old token %s is theft: everybody with it is out, and it is said', async (_, then) => {
    const home = await signedIn()
    const thief = await workspaceHome(admin, model)
    cpSync(authOf(home), authOf(thief))
    ageAccessToken(home)
    expect(await modes(home)).toEqual(['read-only'])
    await then(home)
    ageAccessToken(thief)
    const revoked =
      'Your access token could not be refreshed because your refresh token was revoked. Please log out and sign in again.'
    for (const one of [thief, home]) {
      const { error } = await uncached(one)
      expect(error).toMatchObject({ errorCode: 'Auth', action: 'relogin', detail: revoked })
    }
    const ended = await newest()
    expect(ended).toMatchObject({ state: 'ended', endReason: 'reused_token' })
    expect(await admin.audit(ended.id)).toContain('client.reused-token')
    await person.page.goto(`${issuer}/account/devices`)
    await person.page.getByText('a used token came again').first().waitFor()
  })
})

/** Signs in to the model with a key of its own, which says nothing about the person. */
const keyLogin = (home: Home) => {
  const login = home.start(['login', '--with-api-key'], { talks: true })
  login.write('sk-conformance')
  login.end()
  return login.done
}

const authOf = (home: Home) => join(home.folder, '.codex', 'auth.json')

describe('logged out on the workspace route', () => {
  it('the client starts without any policy, and Gatehouse knows of it', async () => {
    const home = await signedIn()
    expect(await modes(home)).toEqual(['read-only'])
    expect(await home.run(['logout'])).toMatchObject({ code: 0 })
    expect(existsSync(authOf(home))).toBe(false)
    const after = await home.startupConfig()
    expect(after.run.code).toBe(0)
    expect(after.requirements).toBeNull()
    expect(await newest()).toMatchObject({ state: 'ended', endReason: 'signed_out' })
    // Somebody with an API key is not known either.
    expect(await keyLogin(home)).toMatchObject({ code: 0 })
    expect((await home.startupConfig()).requirements).toBeNull()
  })

  it('after the sign-in was ended, the client refuses, and starts without policy once it has logged out', async () => {
    const home = await signedIn()
    await admin.endClient(await newest())
    expect((await home.startupConfig()).run.code).toBe(1)
    await home.run(['logout'])
    expect((await home.startupConfig()).requirements).toBeNull()
  })

  it('with [config_server] beside it the client keeps that policy, and cannot log in from the terminal', async () => {
    const home = await signedIn()
    const enrolment = await admin.enrol('Fallback', lab)
    const { install } = snippetIn((await setupOf(admin, 'workspace')).snippets, 'fallback')
    runSnippet(install.replace('YOUR-KEY', enrolment.key))
    try {
      expect(await modes(home)).toEqual(['read-only', 'workspace-write'])
      await home.run(['logout'])
      for (const one of [home, emptyHome(loginEnvironment())])
        expect(await modes(one)).toEqual(['read-only', 'workspace-write'])
      // It says so, and has signed nobody in.
      const login = ['login', '--device-auth', '--experimental_issuer', issuer]
      expect(await home.run(login)).toMatchObject({ code: 0, stderr: 'Successfully logged in\n' })
      expect(existsSync(authOf(home))).toBe(false)
      // For the model it still takes a key, which changes nothing about the policy.
      expect(await keyLogin(home)).toMatchObject({ code: 0 })
      expect(existsSync(authOf(home))).toBe(true)
      expect(await modes(home)).toEqual(['read-only', 'workspace-write'])
    } finally {
      removeManagedRequirements()
    }
  })
})
