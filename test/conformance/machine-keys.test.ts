import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MachineChoice } from '#features/clients/machine/schema.ts'
import { adminOf, type Admin } from './admin.ts'
import { emptyHome, type Home } from './codex.ts'
import { loginEnvironment, runSnippet, snippetIn } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startBrowsers, type Browsers, type Person } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { forgetSetup } from './sandbox.ts'
import { deviceLogin, setupOf, workspaceHome } from './sign-in.ts'

// What the page says of the lines that bind how people sign in on a machine, held against the real client.

let product: Product
let admin: Admin
let model: MockModel
let browsers: Browsers
let person: Person

beforeAll(async () => {
  ;[model, product, browsers] = await Promise.all([
    startMockModel(),
    startProduct(),
    startBrowsers(),
  ])
  admin = adminOf(product)
  person = await browsers.person(await admin.newMember('Imani'))
})
afterEach(forgetSetup)
afterAll(async () => {
  await browsers.close()
  await model.close()
  await product.stop()
})

const workspaceRoute = { route: 'workspace' } as const
/** Puts the lines on the machine, with the shell form that the page shows. */
async function machine(choice: Partial<MachineChoice>): Promise<void> {
  const { forms } = await admin.machineSetup({ ...workspaceRoute, ...choice })
  runSnippet(snippetIn(forms, 'shell').install)
  const { snippets } = await setupOf(admin, 'workspace')
  runSnippet(snippetIn(snippets, 'environment').install)
}

async function saveApiKey(home: Home, ...before: readonly string[]) {
  const running = home.start([...before, 'login', '--with-api-key'], { talks: true })
  running.write('sk-nothing')
  running.end()
  return running.done
}
const authFile = (home: Home) => join(home.folder, '.codex', 'auth.json')
const status = async (home: Home) => (await home.run(['login', 'status'])).stderr.trim()
const newHome = () => emptyHome(loginEnvironment())

describe('ways to sign in', () => {
  it('refuse API keys, whatever the person’s own configuration says', async () => {
    const home = newHome()
    expect((await saveApiKey(home)).code).toBe(0)
    await machine({ methods: 'chatgpt' })
    const refused = await saveApiKey(newHome())
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('API key login is disabled. Use ChatGPT login instead.')
    const insists = await saveApiKey(newHome(), '-c', 'forced_login_method=api')
    expect(insists.code).toBe(1)
    expect(insists.stderr).toContain(
      'authentication requirements do not permit any usable login method',
    )
    // The key that was saved before is passed over, and kept.
    expect(await status(home)).toContain('Not logged in')
    expect(existsSync(authFile(home))).toBe(true)
  })

  it('sign out whoever is signed in otherwise, where that was asked for', async () => {
    const home = await workspaceHome(admin, model)
    expect((await saveApiKey(home)).code).toBe(0)
    await machine({ methods: 'chatgpt', signOut: 'yes' })
    const run = await home.run(['exec', '--skip-git-repo-check', 'hi'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(
      'ChatGPT login is required, but an API key is currently being used. Logging out.',
    )
    expect(existsSync(authFile(home))).toBe(false)
  })
})

describe('the only workspace', () => {
  it('is ours: others are refused at the end of the sign-in, and left at the next start', async () => {
    const { workspaceId } = await admin.machineSetup(workspaceRoute)
    await machine({ methods: 'chatgpt', workspace: workspaceId })
    const home = await workspaceHome(admin, model)
    expect(await deviceLogin(home, person)).toMatchObject({ code: 0 })
    expect((await home.startupConfig()).run.code).toBe(0)

    await machine({ methods: 'chatgpt', workspace: 'ws-of-another' })
    const other = await deviceLogin(await workspaceHome(admin, model), person)
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('Login is restricted to workspace id(s)')

    const left = await home.run(['exec', '--skip-git-repo-check', 'hi'])
    expect(left.code).toBe(1)
    expect(left.stderr).toMatch(/workspace.*Logging out/)
    expect(existsSync(authFile(home))).toBe(false)
  })
})

describe('where sign-ins are kept', () => {
  it('is the keyring or nowhere, or a file where there is no keyring', async () => {
    await machine({ store: 'keyring' })
    const refused = await saveApiKey(newHome())
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('no secret service provider or dbus session found')
    await machine({ store: 'auto' })
    const home = newHome()
    expect((await saveApiKey(home)).code).toBe(0)
    expect(readFileSync(authFile(home), 'utf8')).toContain('sk-nothing')
  })
})

it('the way back leaves no line on the machine', async () => {
  await machine({ methods: 'chatgpt', signOut: 'yes', store: 'auto', mcpStore: 'file' })
  const { forms } = await admin.machineSetup(workspaceRoute)
  runSnippet(snippetIn(forms, 'shell').remove ?? '')
  for (const file of ['requirements.toml', 'managed_config.toml'])
    expect(existsSync(`/etc/codex/${file}`)).toBe(false)
})
