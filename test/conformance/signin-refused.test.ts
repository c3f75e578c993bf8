import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Admin, type Member, type RefusalPlace } from './admin.ts'
import { startAppServer, type AppServer } from './app-server.ts'
import { emptyHome, forgetBundle, type Home } from './codex.ts'
import { startKeyring, type Keyring } from './keyring.ts'
import { loginEnvironment, runSnippet, snippetIn } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startBrowsers, type Browsers, type Person } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { removeManagedRequirements, writeManagedRequirements } from './sandbox.ts'
import {
  ageAccessToken,
  deviceLogin,
  gatewayLogin,
  issuer,
  setupOf,
  startDeviceLogin,
  startGatewayLogin,
  workspaceHome,
} from './sign-in.ts'
import { expireAccessTokens } from './database.ts'

// What stands beside the switches of the administrator, held against what people really read: the real client is brought
// to each place that the page lists, and its words are compared with those of the page.

let product: Product
let admin: Admin
let model: MockModel
let keyring: Keyring
let browsers: Browsers
let member: Member
let person: Person
/** Signed in on the workspace route; the other on that of the configuration server. */
let home: Home
let gateway: Home

beforeAll(async () => {
  ;[model, keyring, product, browsers] = await Promise.all([
    startMockModel(),
    startKeyring(),
    startProduct(),
    startBrowsers(),
  ])
  admin = adminOf(product)
  member = await admin.newMember('Imani')
  person = await browsers.person(member)
  const workspace = await setupOf(admin, 'workspace')
  runSnippet(snippetIn(workspace.snippets, 'environment').install)
  home = await workspaceHome(admin, model)
  expect(await deviceLogin(home, person)).toMatchObject({ code: 0 })
  gateway = emptyHome({ ...loginEnvironment(), ...keyring.environment })
  await withConfigServer(async () => {
    expect(await gatewayLogin(gateway, person)).toMatchObject({ code: 0 })
  })
})

afterAll(async () => {
  await browsers.close()
  await keyring.stop()
  await model.close()
  await product.stop()
})

const text = 'Codex rests until Monday — ask Ann.'
const heard = new Set<string>()

/** What the page says that people read at a place, at this moment. */
async function told(id: string): Promise<string> {
  const place = (await admin.refusals()).find((one: RefusalPlace) => one.id === id)
  if (place === undefined) throw new Error(`the page does not list ${id}`)
  heard.add(id)
  return place.reads
}

async function withConfigServer(act: () => Promise<void>): Promise<void> {
  const { install } = snippetIn((await setupOf(admin, 'config_server')).snippets, 'requirements')
  writeManagedRequirements(install)
  try {
    await act()
  } finally {
    removeManagedRequirements()
  }
}

/** The words of the client's own error at its start. */
const startSays = async (one: Home) => {
  forgetBundle(one)
  const { error, run } = await one.startupConfig()
  expect(run.code).toBe(1)
  return error?.detail ?? ''
}

/** `codex login --device-auth` where no code is given out. */
const noCode = async () => {
  const run = await (
    await workspaceHome(admin, model)
  ).run(['login', '--device-auth', '--experimental_issuer', issuer])
  expect(run.code).toBe(1)
  return run.stderr
}

/** A device code is approved, something happens, and then the client comes for its tokens. */
async function deviceExchange(between: () => Promise<void>): Promise<string> {
  const { running, address, code } = await startDeviceLogin(await workspaceHome(admin, model))
  await person.typeCode(address, code)
  running.pause()
  await person.answer('Allow')
  await between()
  running.resume()
  const run = await running.done
  expect(run.code).toBe(1)
  return run.stderr
}

interface Completed {
  readonly success: boolean
  readonly error: string
}

/** The browser login of an app-server: what the IDE is told, and what stands in the browser. */
async function browserLogin(
  answer: (server: AppServer, page: Page) => Promise<void>,
): Promise<{ readonly ide: string; readonly browser: string }> {
  const server = await startAppServer(await workspaceHome(admin, model))
  try {
    const { authUrl } = await server.call<{ authUrl: string }>('account/login/start', {
      type: 'chatgpt',
    })
    await person.open(authUrl)
    await answer(server, person.page)
    const { success, error } = await server.told<Completed>('account/login/completed')
    expect(success).toBe(false)
    await person.page.waitForURL(/^http:\/\/127\.0\.0\.1:1455\//)
    return { ide: error, browser: await person.reads() }
  } finally {
    await server.close()
  }
}

const tellTheProgram = { name: 'Tell the program' }

/** Approved, and before the program exchanges its code, something happens. */
const browserExchange = (between: () => Promise<void>) =>
  browserLogin(async (server) => {
    server.pause()
    await person.answer('Allow')
    await between()
    server.resume()
  })

/** Whoever may not is told in the browser; the terminal says the same whatever happened. */
async function gatewayRefused(): Promise<{ readonly page: string; readonly terminal: string }> {
  const { running, address } = await startGatewayLogin(
    emptyHome({ ...loginEnvironment(), ...keyring.environment }),
  )
  await person.open(address)
  const page = await person.refusal()
  await person.page.getByRole('button', tellTheProgram).click()
  const run = await running.done
  expect(run.code).toBe(1)
  return { page, terminal: run.stderr }
}

describe('Codex local is off', () => {
  const off = () => admin.setSurface('codex_local', false, text)
  const on = () => admin.setSurface('codex_local', true)
  afterEach(on)

  it('no code, no exchange, no bundle and no refresh, in the words that the page says', async () => {
    expect(await deviceExchange(off)).toContain(await told('codex_local.device-exchange'))
    expect(await noCode()).toContain(await told('codex_local.usercode'))
    expect(await startSays(home)).toBe(await told('codex_local.bundle'))
    ageAccessToken(home)
    expect(await startSays(home)).toBe(await told('codex_local.refresh'))
    // It was refused and not ended.
    await on()
    forgetBundle(home)
    expect((await home.startupConfig()).run.code).toBe(0)
  })

  it('no browser sign-in, with our text', async () => {
    const exchanged = await browserExchange(off)
    expect(exchanged.ide).toContain(await told('codex_local.browser-exchange'))
    const { ide, browser } = await browserLogin(async (_, page) => {
      expect(await person.refusal()).toContain(await told('codex_local.consent'))
      await page.getByRole('button', tellTheProgram).click()
    })
    expect(ide).toContain(await told('codex_local.browser-callback'))
    expect(browser).toContain(text)
  })

  it('no browser sign-in, with the words of the client where nobody wrote a text', async () => {
    await admin.setSurface('codex_local', false)
    const { ide, browser } = await browserLogin(async (_, page) => {
      await page.getByRole('button', tellTheProgram).click()
    })
    expect(ide).toContain(await told('codex_local.browser-callback'))
    expect(browser).toContain('You do not have access to Codex')
  })

  it('no sign-in to the configuration server, and none is renewed', async () => {
    await withConfigServer(async () => {
      await off()
      const { page, terminal } = await gatewayRefused()
      expect(page).toContain(text)
      expect(terminal).toContain(await told('codex_local.gateway'))
      expect(await startSays(gateway)).toBe(await told('codex_local.bundle'))
      await expireAccessTokens(product)
      expect(await startSays(gateway)).toBe(await told('codex_local.gateway-refresh'))
    })
  })
})

describe('device codes are off', () => {
  afterEach(() => admin.setSurface('device_code', true))

  it('no code and no exchange; who is signed in goes on', async () => {
    const off = () => admin.setSurface('device_code', false, 'Use the browser at Acme.')
    expect(await deviceExchange(off)).toContain(await told('device_code.device-exchange'))
    expect(await noCode()).toContain(await told('device_code.usercode'))
    forgetBundle(home)
    expect((await home.startupConfig()).run.code).toBe(0)
  })
})

describe('sign-in to the workspace is off', () => {
  const off = () => admin.setSurface('workspace_sign_in', false, 'The workspace is full.')
  afterEach(() => admin.setSurface('workspace_sign_in', true))

  it('no device code; and who is signed in goes on', async () => {
    expect(await deviceExchange(off)).toContain(await told('workspace_sign_in.device-exchange'))
    expect(await noCode()).toContain(await told('workspace_sign_in.usercode'))
    forgetBundle(home)
    expect((await home.startupConfig()).run.code).toBe(0)
  })

  it('no browser sign-in, before and after she agreed', async () => {
    const exchanged = await browserExchange(off)
    expect(exchanged.ide).toContain(await told('workspace_sign_in.browser-exchange'))
    const { ide } = await browserLogin(async (_, page) => {
      expect(await person.refusal()).toContain(await told('workspace_sign_in.consent'))
      await page.getByRole('button', tellTheProgram).click()
    })
    expect(ide).toContain(await told('workspace_sign_in.browser-callback'))
  })
})

describe('sign-in to the configuration server is off', () => {
  afterEach(() => admin.setSurface('config_server_sign_in', true))

  it('the page says why, the terminal that it failed; who is signed in goes on', async () => {
    await withConfigServer(async () => {
      await admin.setSurface('config_server_sign_in', false, 'This machine takes an enrolment.')
      const { page, terminal } = await gatewayRefused()
      expect(page).toContain(await told('config_server_sign_in.consent'))
      expect(terminal).toContain(await told('config_server_sign_in.gateway'))
      forgetBundle(gateway)
      expect((await gateway.startupConfig()).run.code).toBe(0)
    })
  })
})

describe('a suspended member', () => {
  const suspend = () => admin.setStatus(member, 'suspend')
  afterEach(() => admin.setStatus(member, 'activate'))

  it('gets no tokens, no bundle and no refresh, in the words that the page says', async () => {
    expect(await deviceExchange(suspend)).toContain(await told('member_suspended.device-exchange'))
    expect(await startSays(home)).toBe(await told('member_suspended.bundle'))
    ageAccessToken(home)
    expect(await startSays(home)).toBe(await told('member_suspended.refresh'))
  })

  it('whose browser was faster gets no tokens', async () => {
    const { ide } = await browserExchange(suspend)
    expect(ide).toContain(await told('member_suspended.browser-exchange'))
  })

  it('is refused on the route of the configuration server', async () => {
    await withConfigServer(async () => {
      const fresh = emptyHome({ ...loginEnvironment(), ...keyring.environment })
      const { running, address } = await startGatewayLogin(fresh)
      await person.open(address)
      running.pause()
      await person.answer('Allow')
      await suspend()
      running.resume()
      expect((await running.done).stderr).toContain(await told('member_suspended.gateway'))
      await expireAccessTokens(product)
      expect(await startSays(gateway)).toBe(await told('member_suspended.gateway-refresh'))
    })
  })
})

describe('a sign-in that an administrator ended', () => {
  it('is refused on both routes, and the page has left no place out', async () => {
    for (const client of await admin.clientsOf(member))
      if (client.state !== 'ended') await admin.endClient(client)
    expect(await startSays(home)).toBe(await told('signed_out_by_admin.refresh'))
    await withConfigServer(async () => {
      expect(await startSays(gateway)).toBe(await told('signed_out_by_admin.gateway-refresh'))
    })
    // Access tokens have a suite of their own, and administration by role is no client's business.
    const signIns = (await admin.refusals())
      .map(({ id }) => id)
      .filter((id) => !/^(access_tokens|role_administration)\./.test(id))
    expect([...heard].sort()).toEqual(signIns.sort())
  })
})
