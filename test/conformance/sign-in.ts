import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Admin, SetupRoute } from './admin.ts'
import { emptyHome, type Home, type Run, type Running } from './codex.ts'
import { loginEnvironment, snippetIn } from './machine.ts'
import type { MockModel } from './mock-model.ts'
import type { Person } from './person.ts'

/** A `codex login` that waits for somebody. */
export interface Waiting {
  readonly running: Running
  /** Where the person has to go. */
  readonly address: string
  /** What she types there; empty where nothing is typed. */
  readonly code: string
}

export const issuer = 'https://127.0.0.1:7443'

export async function setupOf(admin: Admin, route: SetupRoute['route']): Promise<SetupRoute> {
  const found = (await admin.clientSetup()).find((one) => one.route === route)
  if (found === undefined) throw new Error(`the page shows no ${route}`)
  return found
}

/**
 * A home with the lines of the workspace route, the organisation's model provider being the mock. Analytics stay on: the
 * client has somebody to report to.
 */
export async function workspaceHome(admin: Admin, model: MockModel): Promise<Home> {
  const config = snippetIn((await setupOf(admin, 'workspace')).snippets, 'config').install
  const home = emptyHome({ ...loginEnvironment(), ORGANISATION_MODEL_KEY: 'key' })
  writeFileSync(
    join(home.folder, '.codex', 'config.toml'),
    `model = "mock"\n${config.replace('https://models.example/v1', model.url)}`,
  )
  return home
}

/** The line of the page, as the developer types it: everything after `codex`. */
export async function startDeviceLogin(home: Home): Promise<Waiting> {
  const running = home.start(['login', '--device-auth', '--experimental_issuer', issuer])
  const [, address = ''] = await running.says(/(https:\/\/\S+\/codex\/device)/)
  const [, code = ''] = await running.says(/([A-Z0-9]{4}-[A-Z0-9]{4})/)
  return { running, address, code }
}

/** `codex login` on a machine with `[config_server.oauth]`. It cannot open a browser here and prints the address. */
export async function startGatewayLogin(home: Home): Promise<Waiting> {
  const running = home.start(['login'], { timeoutMs: 120_000 })
  const [address] = await running.says(/https:\/\/\S+\/oauth\/authorize\?\S+/)
  return { running, address, code: '' }
}

/** Both, to the end. */
export async function deviceLogin(home: Home, person: Person): Promise<Run> {
  const { running, address, code } = await startDeviceLogin(home)
  await person.typeCode(address, code)
  await person.answer('Allow')
  return running.done
}

export async function gatewayLogin(home: Home, person: Person): Promise<Run> {
  const { running, address } = await startGatewayLogin(home)
  await person.open(address)
  await person.answer('Allow')
  return running.done
}

/** The client's own file of the workspace sign-in. */
interface AuthFile {
  tokens: { id_token: string; access_token: string; refresh_token: string }
}

const authFile = (home: Home) => join(home.folder, '.codex', 'auth.json')

export const readAuth = (home: Home): AuthFile =>
  JSON.parse(readFileSync(authFile(home), 'utf8')) as AuthFile

/**
 * Lets the client believe that its access token has expired: it reads the time from the token and checks no signature
 * (0.169). So the next start renews it with the true refresh token; the altered one is worth nothing here.
 */
export function ageAccessToken(home: Home): void {
  const file = readAuth(home)
  const [header = '', payload = ''] = file.tokens.access_token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const past = { ...claims, exp: Math.floor(Date.now() / 1000) - 60 }
  const body = Buffer.from(JSON.stringify(past)).toString('base64url')
  file.tokens.access_token = `${header}.${body}.AAAA`
  writeFileSync(authFile(home), JSON.stringify(file))
}
