import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, deskAndLab, type Admin, type Enrolment } from './admin.ts'
import { emptyHome, forgetBundle, type Home, type Running } from './codex.ts'
import { startProduct, type Product } from './product.ts'
import { codexBinary, forgetSetup, sandboxFolder, writeManagedRequirements } from './sandbox.ts'
import { issuer } from './sign-in.ts'

let product: Product
let admin: Admin
let desk: string
let lab: string
let account: { readonly id: string }
beforeAll(async () => {
  product = await startProduct()
  admin = adminOf(product)
  ;({ desk, lab } = await deskAndLab(admin, {
    strict: 'allowed_sandbox_modes = ["read-only"]\n',
    laxer: 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n',
  }))
  account = (await call('POST', '/service-accounts', {
    name: 'release-bot',
    purpose: 'Publishes the packages',
    owner: { kind: 'group', id: desk },
    groupIds: [desk],
  })) as { id: string }
})
afterAll(() => product.stop())

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${product.plainUrl}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${product.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

interface Made {
  readonly token: { readonly id: string }
  readonly secret: string
}
const tokens = () => `/service-accounts/${account.id}/tokens`
const newToken = () => call('POST', tokens(), { name: 'ci', expiresInDays: 7 }) as Promise<Made>
const revoke = ({ token }: Made) => call('DELETE', `/access-tokens/${token.id}`)
async function change(wish: object): Promise<void> {
  const { version } = (await call('GET', `/service-accounts/${account.id}`)) as { version: number }
  await call('PATCH', `/service-accounts/${account.id}`, { ...wish, version })
}

/** What a runner has without any token: the address of the workspace, and the certificate of its authority. */
function runner(environment: Readonly<Record<string, string>> = {}): Home {
  const home = emptyHome({
    CODEX_CA_CERTIFICATE: product.caFile,
    CODEX_AUTHAPI_BASE_URL: issuer,
    ...environment,
  })
  writeFileSync(
    join(home.folder, '.codex', 'config.toml'),
    `chatgpt_base_url = "${issuer}/backend-api/"\n[analytics]\nenabled = false\n`,
  )
  return home
}
const withToken = ({ secret }: Made) => runner({ CODEX_ACCESS_TOKEN: secret })

/** The sandboxes that are allowed; null: no policy at all; undefined: it does not start. */
async function modes(home: Home): Promise<unknown> {
  const { run, requirements } = await home.startupConfig()
  if (run.code !== 0) return undefined
  return requirements === null ? null : requirements?.['allowedSandboxModes']
}

/** Its next start has to ask. */
function uncached(home: Home): Promise<unknown> {
  forgetBundle(home)
  return modes(home)
}

function loggedIn(home: Home, secret: string): Promise<Awaited<Running['done']>> {
  const login = home.start(['login', '--with-access-token'], { talks: true })
  login.write(secret)
  login.end()
  return login.done
}

const strict = ['read-only']
const laxer = ['read-only', 'workspace-write']

describe('an access token of a service account', () => {
  it('brings the policy of its groups, from the environment and from a login', async () => {
    const made = await newToken()
    expect(await modes(withToken(made))).toEqual(strict)
    const home = runner()
    expect(await loggedIn(home, made.secret)).toMatchObject({ code: 0 })
    expect(await modes(home)).toEqual(strict)
    await change({ groupIds: [lab] })
    expect(await uncached(home)).toEqual(laxer)
    await change({ groupIds: [desk] })
    const shown = () => call('GET', `/access-tokens/${made.token.id}`)
    // Recorded within a second.
    await expect.poll(shown).toMatchObject({ program: expect.stringContaining('Codex CLI') })
  })

  it('that was revoked keeps the client from starting, as long as Gatehouse answers', async () => {
    const made = await newToken()
    const [env, home] = [withToken(made), runner()]
    await loggedIn(home, made.secret)
    expect(await modes(home)).toEqual(strict)
    await revoke(made)
    expect([await modes(env), await uncached(home)]).toEqual([undefined, undefined])
    // The other way would be worse: this is what every other answer to whoami does.
    const mistyped = made.secret.slice(0, -1)
    expect(await modes(runner({ CODEX_ACCESS_TOKEN: mistyped }))).toBeNull()
    expect(await loggedIn(runner(), mistyped)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('status 401 Unauthorized') as string,
    })
    const away = runner({
      CODEX_ACCESS_TOKEN: made.secret,
      CODEX_AUTHAPI_BASE_URL: 'https://127.0.0.1:1',
    })
    expect(await modes(away)).toBeNull()
  })

  it('rests with its account and with the surface: the client refuses to start', async () => {
    const home = withToken(await newToken())
    expect(await modes(home)).toEqual(strict)
    await change({ status: 'suspended' })
    expect(await uncached(home)).toBeUndefined()
    await change({ status: 'active' })
    await call('PUT', '/surfaces/access_tokens', { on: false })
    expect(await uncached(home)).toBeUndefined()
    await call('PUT', '/surfaces/access_tokens', { on: true })
    expect(await uncached(home)).toEqual(strict)
  })

  it('is rotated without a runner that stands still in between', async () => {
    const old = await newToken()
    const next = (await call('POST', `${tokens()}/${old.token.id}/rotate`, {
      expiresInDays: 7,
      oldEndsInHours: 1,
    })) as Made
    expect([await modes(withToken(old)), await modes(withToken(next))]).toEqual([strict, strict])
    await revoke(old)
    expect([await modes(withToken(old)), await modes(withToken(next))]).toEqual([undefined, strict])
  })
})

describe('with [config_server] on the machine', () => {
  let enrolment: Enrolment
  beforeAll(async () => (enrolment = await admin.enrol('Runners', lab)))
  afterAll(forgetSetup)

  it('the enrolment decides, whatever becomes of the token', async () => {
    writeManagedRequirements(`[config_server]\nbase_url = "${enrolment.baseUrl}"\n`)
    const made = await newToken()
    const home = withToken(made)
    expect(await modes(home)).toEqual(laxer)
    await revoke(made)
    expect(await uncached(home)).toEqual(laxer)
    const mistyped = runner({ CODEX_ACCESS_TOKEN: made.secret.slice(0, -1) })
    expect([await modes(mistyped), await modes(runner())]).toEqual([laxer, laxer])
    rmSync('/etc/codex/requirements.toml')
  })

  it('the lines of the page put a runner under a policy by themselves', async () => {
    const { snippets } = (await call('GET', '/access-token-terms')) as {
      snippets: readonly { readonly id: string; readonly text: string }[]
    }
    const script = join(sandboxFolder(), 'codex-on-runner.sh')
    writeFileSync(script, snippets.find(({ id }) => id === 'shell')?.text ?? '')
    chmodSync(script, 0o755)
    const { secret } = await newToken()
    const home = emptyHome({})
    const run = (token: string) =>
      execFileSync(script, ['app-server', '--print-startup-config'], {
        encoding: 'utf8',
        input: '',
        env: {
          PATH: `${dirname(codexBinary())}:/usr/local/bin:/usr/bin:/bin`,
          HOME: home.folder,
          TMPDIR: '/var/tmp',
          GATEHOUSE_ENROLMENT_KEY: enrolment.key,
          CODEX_ACCESS_TOKEN: token,
        },
      })
    for (const token of [secret, 'at-nothing']) {
      expect(run(token)).toContain('"allowedSandboxModes":["read-only","workspace-write"]')
      forgetBundle(home)
    }
  })
})
