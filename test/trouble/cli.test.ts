import { delimiter, join } from 'node:path'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { laxer, strict } from '../company.ts'
import { workspaceApp } from '../oauth.ts'
import { adminKey, owner } from '../world.ts'
import { placeFor, root, run, startServer, temporaryFolder, until, type Server } from './server.ts'

let server: Server
let folder: string
beforeAll(async () => {
  server = await startServer()
  folder = temporaryFolder()
  await server.admin('POST', '/api/v1/policies', { name: 'Base', text: strict })
})
afterAll(() => server.end('SIGTERM'))

/** Runs `gatehouse …` on the machine of the server. */
const gatehouse = (args: readonly string[], env: Readonly<Record<string, string>> = server.env) =>
  run(['src/cli/main.ts', ...args], env)

/** The same with --json, which must have worked. */
async function json(...args: string[]) {
  const { code, out, err } = await gatehouse([...args, '--json'])
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) // eslint-disable-line @typescript-eslint/no-unsafe-return
}

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('gatehouse audit', () => {
  it('exports the trail, and verifies it without the server by a key or a checkpoint', async () => {
    const path = join(folder, 'audit.jsonl')
    expect((await gatehouse(['audit', 'export', path])).code).toBe(0)
    const { publicKey } = await json('audit', 'key')
    const listed = await server.admin('GET', '/api/v1/audit/checkpoints?limit=1')
    const [newest] = listed.json.items as readonly { readonly text: string }[]
    const mail = file('mail.txt', `Dear auditor,\n\n${newest?.text ?? ''}\nYours`)
    const alone = { PATH: process.env['PATH'] ?? '' }
    for (const trust of [
      ['--key', `ed25519:${String(publicKey)}`],
      ['--checkpoint', mail],
    ]) {
      const said = await gatehouse(['audit', 'verify', path, ...trust], alone)
      expect([said.code, said.err]).toEqual([0, ''])
      expect(said.out).toMatch(/^\d+ records \(1 to \d+\): as they were written\.\nVouched for/)
    }
    // The last checkpoint is left out, and a record behind the one before it: nobody vouches for the rest.
    const lines = readFileSync(path, 'utf8').split('\n')
    const bare = file('bare.jsonl', lines.filter((l) => !l.startsWith('{"checkpoint"')).join('\n'))
    const unproven = await gatehouse(
      ['audit', 'verify', bare, '--key', `ed25519:${String(publicKey)}`],
      alone,
    )
    expect(unproven.code).toBe(3)
    expect(unproven.out).toContain('nothing that you trust vouches for any of them')
    expect((await gatehouse(['audit', 'verify', bare, '--in-itself'], alone)).code).toBe(0)
    const forged = file('forged.jsonl', readFileSync(path, 'utf8').replace('"Base"', '"Bass"'))
    const found = await gatehouse(['audit', 'verify', forged, '--checkpoint', mail], alone)
    expect(found.code).toBe(1)
    expect(found.out).toMatch(/^edited: Record \d+ is not as it was written\.\n.*NOT as they were/)
    const trustless = await gatehouse(['audit', 'verify', path], alone)
    expect([trustless.code, trustless.out]).toEqual([1, ''])
    expect(trustless.err).toContain('Say what you trust')
  })
})

describe('gatehouse policy', () => {
  it('shows whom a publish touches, and publishes only with --yes', async () => {
    const path = file('base.toml', laxer)
    const look = await gatehouse(['policy', 'publish', 'base', path, '-m', 'from the terminal'])
    expect([look.code, look.err]).toEqual([0, ''])
    expect(look.out).toMatch(/Touches \d+ members and \d+ enrolments\..*not published/s)
    expect((await json('policy', 'list'))[0]).toMatchObject({ name: 'Base', published: null })

    const done = await json('policy', 'publish', 'Base', path, '-m', 'from the terminal', '--yes')
    expect(done.version).toMatchObject({ number: 1, message: 'from the terminal' })
    expect((await gatehouse(['policy', 'show', 'Base'])).out).toBe(laxer)
    expect((await gatehouse(['policy', 'list'])).out).toMatch(/^NAME +VERSION.*\nBase +1 /)
  })

  it('refuses a bad file with its lines, and a name nobody has, with a sentence and code 1', async () => {
    const bad = file('bad.toml', 'allowed_sandbox_modes = ["workspace-write"]\n')
    const refused = await gatehouse(['policy', 'publish', 'Base', bad, '-m', 'x', '--yes'])
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/policy_refused.*\n {2}1:\d+ /s)
    const nobody = await gatehouse(['policy', 'show', 'Nobody'])
    expect([nobody.code, nobody.out]).toEqual([1, ''])
    expect(nobody.err).toMatch(/^There is no policy Nobody\./)
    const gone = await gatehouse(['policy', 'publish', 'Base', join(folder, 'no.toml'), '-m', 'x'])
    expect(gone.code).toBe(1)
    expect(gone.err).toMatch(/no\.toml/)
    expect(gone.err).not.toMatch(/^\s+at /m)
  })

  it('gives a version to a part first, and to all or back; or sets it a time', async () => {
    await server.admin('POST', '/api/v1/groups', { name: 'Pilots' })
    const staged = [
      '-m',
      'pilots first',
      '--group',
      'pilots',
      '--percent',
      '10',
      '--halt-at',
      '5/30',
    ]
    const newer = file('newer.toml', `${laxer}# newer\n`)
    const nobody = await gatehouse(['policy', 'publish', 'Base', newer, '-m', 'x', '--group', 'no'])
    expect([nobody.code, nobody.err]).toEqual([1, 'There is no group no.\n'])

    await json('policy', 'publish', 'Base', newer, ...staged, '--yes')
    expect((await gatehouse(['policy', 'list'])).out).toMatch(/v2 in its stage/)
    const shown = await gatehouse(['policy', 'rollout', 'show', 'Base'])
    expect(shown.out).toContain('Base v2 is served to: Pilots, 10 % of the members.')
    const look = await gatehouse(['policy', 'rollout', 'take-back', 'base'])
    expect(look.out).toMatch(/Touches \d+ members.*Nothing has happened/s)
    expect((await json('policy', 'rollout', 'show', 'Base')).current).toMatchObject({
      version: 2,
      bounds: { refusedFetches: { count: 5, minutes: 30 } },
    })
    const back = await json('policy', 'rollout', 'take-back', 'Base', '-m', 'it breaks', '--yes')
    expect(back).toMatchObject({ current: null, past: [{ state: 'taken_back' }] })

    const late = ['-m', 'later', '--at', new Date(Date.now() + 86_400_000).toISOString(), '--yes']
    const at = await gatehouse(['policy', 'publish', 'Base', newer, ...late])
    expect(at.out).toMatch(/^Base v3 is scheduled; it touches/)
    expect((await gatehouse(['policy', 'rollout', 'show', 'Base'])).out).toContain(
      'v3 is scheduled',
    )
    expect((await json('policy', 'rollout', 'cancel', 'Base')).schedule).toBeNull()
    const none = await gatehouse(['policy', 'rollout', 'finish', 'Base', '--yes'])
    expect([none.code, none.err]).toEqual([1, 'Nothing of Base is being rolled out.\n'])
  })
})

describe('gatehouse policy as code', () => {
  const dir = () => join(folder, 'policies-as-code')
  const list = () => join(dir(), 'gatehouse.toml')
  const read = (path: string) => readFileSync(path, 'utf8')

  it('pulls what is served, pushes what was changed, and says first whom it touches', async () => {
    const group = await server.admin('POST', '/api/v1/groups', { name: 'Contractors' })
    expect(group.status).toBe(201)
    expect((await gatehouse(['policy', 'pull', dir()])).out).toMatch(
      /^Wrote gatehouse\.toml, policies\/base\.toml\./,
    )
    expect(read(join(dir(), 'policies/base.toml'))).toBe(laxer)
    expect((await gatehouse(['policy', 'diff', dir(), '--exit-code'])).code).toBe(0)

    writeFileSync(join(dir(), 'policies/strict.toml'), strict)
    const rules = 'default = "base"\n[[rules]]\ngroup = "contractors"\npolicy = "strict"\n'
    writeFileSync(list(), `${rules}\n[policies]\nbase.name = "Base"\nstrict.name = "Strict"\n`)
    const diff = await gatehouse(['policy', 'diff', dir(), '--exit-code'])
    expect(diff.code).toBe(2)
    expect(diff.out).toContain('+++ b/policies/strict.toml')
    const look = await gatehouse(['policy', 'push', dir()])
    expect([look.code, look.err]).toEqual([0, ''])
    expect(look.out).toMatch(/1\. Create and publish Strict\n2\. Set 1 group rules/)
    expect(look.out).toContain('Nothing was done.')
    expect(await json('policy', 'list')).toHaveLength(1)

    // As a push leaves it that was cut off between making the policy and publishing it.
    await server.admin('POST', '/api/v1/policies', { name: 'Strict', text: strict })
    const done = await gatehouse(['policy', 'push', dir(), '--yes', '-m', 'from the repository'])
    expect([done.code, done.err]).toEqual([0, ''])
    expect(done.out).toMatch(/Strict v1 is published; touches 0\.\nThe group rules are set/)
    expect(await json('policy', 'list')).toMatchObject([{ name: 'Base' }, { name: 'Strict' }])
    expect((await gatehouse(['policy', 'push', dir()])).out).toBe(
      'The server says what the folder says.\n',
    )
  })

  it('judges a folder without a server, with exit codes and annotations', async () => {
    const env = { PATH: server.env['PATH'] ?? '' }
    expect((await gatehouse(['policy', 'check', dir()], env)).code).toBe(0)
    writeFileSync(
      join(dir(), 'policies/strict.toml'),
      'allowed_sandbox_modes = ["workspace-write"]\n',
    )
    const bad = await gatehouse(['policy', 'check', dir(), '--format', 'github'], env)
    expect(bad.code).toBe(1)
    expect(bad.out).toContain('::error file=policies/strict.toml,line=1,endLine=1,col=25')
  })

  it('writes over nothing unasked: neither a bad policy, nor a draft, nor a file', async () => {
    const bad = await gatehouse(['policy', 'push', dir(), '--yes', '-m', 'x'])
    expect([bad.code, bad.out]).toEqual([1, ''])
    expect(bad.err).toMatch(/^policies\/strict\.toml:1:25 error read_only_missing/)

    const kept = await gatehouse(['policy', 'pull', dir()])
    expect(kept.code).toBe(1)
    expect(kept.err).toMatch(/policies\/strict\.toml.*Nothing was written/)
    expect((await gatehouse(['policy', 'pull', dir(), '--force'])).code).toBe(0)
    expect(read(join(dir(), 'policies/strict.toml'))).toBe(strict)

    const [base] = await json('policy', 'list')
    const path = `/api/v1/policies/${base.id}/draft`
    const { revision } = (await server.admin('GET', path)).json as { revision: number }
    await server.admin('PUT', path, { text: '# begun\n', revision })
    writeFileSync(join(dir(), 'policies/base.toml'), '# mine\n')
    const begun = await gatehouse(['policy', 'push', dir(), '--yes', '-m', 'x'])
    expect(begun.code).toBe(1)
    expect(begun.err).toMatch(/has an unpublished draft of Base/)
    expect((await gatehouse(['policy', 'show', 'Base', '--draft'])).out).toBe('# begun\n')
  })
})

describe('gatehouse client', () => {
  const post = (path: string, body: object, cookie = '') =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-gatehouse-csrf': '1', cookie },
      body: JSON.stringify(body),
    })
  const asked = async (path: string, body: object, cookie?: string) =>
    (await post(path, body, cookie)).json() as Promise<Record<string, string>>

  /** The owner signs a client in with a device code, as the client and her browser do. */
  async function signIn(): Promise<string> {
    const session = await post('/api/v1/session', { email: owner.email, password: owner.password })
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
    const begun = await asked('/api/accounts/deviceauth/usercode', { client_id: workspaceApp.id })
    const code = { userCode: begun['user_code'] }
    const { id } = await asked('/api/v1/device-requests/find', code, cookie)
    const { member } = (await session.json()) as { member: { id: string } }
    await post(`/api/v1/device-requests/${id}/approve`, { ...code, member: member.id }, cookie)
    const answer = await asked('/api/accounts/deviceauth/token', {
      device_auth_id: begun['device_auth_id'],
      user_code: begun['user_code'],
    })
    const tokens = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: workspaceApp.id,
        code: answer['authorization_code'] ?? '',
        code_verifier: answer['code_verifier'] ?? '',
        redirect_uri: `${(await json('client', 'setup', 'workspace')).issuer}/deviceauth/callback`,
      }),
    })
    expect(tokens.status).toBe(200)
    return ((await tokens.json()) as { access_token: string }).access_token
  }

  it('lists sign-ins, and ends one and many after saying whom it touches', async () => {
    const bearer = await signIn()
    const bundle = () =>
      fetch(`${server.url}/backend-api/wham/config/bundle`, {
        headers: { authorization: `Bearer ${bearer}` },
      })
    expect((await bundle()).status).toBe(200)
    const [{ id }] = await json('client', 'list', '--member', owner.email)
    expect((await gatehouse(['client', 'list'])).out).toContain(id)

    expect((await gatehouse(['client', 'end', id])).out).toMatch(
      /End it with --yes.*without a policy/s,
    )
    expect((await bundle()).status).toBe(200)
    expect((await gatehouse(['client', 'end', id, '--yes'])).code).toBe(0)
    expect((await bundle()).status).toBe(401)

    await signIn()
    await signIn()
    expect((await gatehouse(['client', 'end-all'])).err).toMatch(/^Say which/)
    expect((await gatehouse(['client', 'end-all', '--unused-since', 'x'])).err).toMatch(/no date/)
    const all = ['client', 'end-all', '--member', owner.email] as const
    expect((await gatehouse(all)).out).toMatch(/^2 sign-ins of 1 members\. End them with --yes/)
    expect(await json(...all, '--yes')).toEqual({ matching: 2, ended: 2 })
    expect(await json('client', 'list', '--state', 'active')).toEqual([])
  })

  it('prints the lines for a machine', async () => {
    const lines = await gatehouse(['client', 'setup', 'config_server', 'requirements'])
    expect(lines.out).toMatch(/^\[config_server\.oauth\]$/m)
    expect((await gatehouse(['client', 'setup', 'workspace'])).out).toMatch(/Forms: .*fallback/)
    expect((await gatehouse(['client', 'setup', 'x'])).err).toMatch(/config_server and workspace/)
  })
})

describe('gatehouse enrolment and lookup', () => {
  it('make, show, rotate and revoke a link; the lookup says why', async () => {
    const { id } = (await json('policy', 'list'))[0]
    const { revision } = (await server.admin('GET', '/api/v1/rules')).json
    await server.admin('PUT', '/api/v1/rules/default', { policyId: id, expectedRevision: revision })

    const made = await json('enrolment', 'create', 'Fleet')
    expect(made.key).toMatch(/^gh_/)
    expect((await gatehouse(['enrolment', 'list'])).out).toContain('Fleet')
    const bundle = (key: unknown) => fetch(`${server.url}/c/${String(key)}/codex/config/bundle`)
    expect((await bundle(made.key)).status).toBe(200)

    const rotated = await json('enrolment', 'rotate', 'fleet', '--end-old-after', '7')
    expect((await bundle(rotated.key)).status).toBe(200)

    const looked = await json('lookup', '--enrolment', 'Fleet')
    expect(looked).toMatchObject({ policy: { name: 'Base' }, because: { kind: 'default' } })
    expect((await gatehouse(['lookup', owner.email])).out).toMatch(
      /Base v\d+\nbecause of the default/,
    )
    expect((await gatehouse(['lookup', 'nobody@acme.example'])).code).toBe(1)
    expect((await gatehouse(['lookup'])).err).toMatch(/^Name one/)

    const text = 'allowed_sandbox_modes = ["read-only"]\nallow_appshots = false\n'
    const own = file('requirements.toml', text)
    const delivered = await gatehouse(['lookup', owner.email, '--explain'])
    expect(delivered.out).toMatch(/allowed_sandbox_modes +\[.*\] +Base v\d+, line 1/)
    expect(delivered.out).toMatch(/does not know the files of a machine/)
    const whole = await gatehouse(['lookup', owner.email, '--system', own])
    expect(whole.out).toMatch(/allow_appshots +false +\/etc\/codex\/requirements\.toml, line 2/)
    expect(whole.out).not.toMatch(/does not know/)

    const look = await gatehouse(['enrolment', 'revoke', 'Fleet'])
    expect(look.out).toMatch(/Revoke it with --yes/)
    expect((await bundle(rotated.key)).status).toBe(200)
    expect((await gatehouse(['enrolment', 'revoke', 'Fleet', '--yes'])).code).toBe(0)
    expect((await bundle(rotated.key)).status).toBe(403)
    expect((await gatehouse(['enrolment', 'revoke', 'Fleet', '--yes'])).err).toMatch(/no enrolment/)
  })

  it('write every bundle as files', async () => {
    await json('enrolment', 'create', 'Break glass')
    const target = join(folder, 'export')
    const { code, out } = await gatehouse(['export', target])
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ files are in /)])
    expect(existsSync(join(target, 'README.md'))).toBe(true)
  })
})

describe('gatehouse key', () => {
  it('makes a key that works, lists it without its secret, and ends it', async () => {
    const made = await json('key', 'create', 'CI', '--scopes', 'policies.read', '--days', '30')
    const use = () =>
      fetch(`${server.url}/api/v1/policies`, {
        headers: { authorization: `Bearer ${made.secret}` },
      })
    expect((await use()).status).toBe(200)
    const listed = await gatehouse(['key', 'list'])
    expect(listed.out).toContain('CI')
    expect(listed.out).not.toContain(made.secret)
    expect((await gatehouse(['key', 'revoke', made.key.id])).code).toBe(0)
    expect((await use()).status).toBe(401)
    const more = await gatehouse(['key', 'create', 'x', '--scopes', 'everything'])
    expect([more.code, more.out]).toEqual([1, ''])
  })

  it('says what is missing: the key, the server, a right', async () => {
    const without = { ...server.env, GATEHOUSE_KEY: '' }
    expect((await gatehouse(['key', 'list'], without)).err).toMatch(/^Set GATEHOUSE_KEY/)
    const elsewhere = { ...server.env, GATEHOUSE_URL: 'http://127.0.0.1:9' }
    expect((await gatehouse(['key', 'list'], elsewhere)).err).toMatch(/cannot be reached/)
    const foreign = { ...server.env, GATEHOUSE_KEY: `${adminKey}x` }
    expect((await gatehouse(['key', 'list'], foreign)).err).toMatch(/unauthenticated/)
  })
})

describe('gatehouse doctor', () => {
  it('finds a sound installation sound, and shows no secret', async () => {
    const env = { ...server.env, GATEHOUSE_METRICS_KEY: 'metrics-key-0123456789' }
    const plain = await gatehouse(['doctor'], env)
    const told = await gatehouse(['doctor', '--json'], env)
    const { settings, findings } = JSON.parse(told.out) as {
      settings: { name: string; value: string }[]
      findings: { check: string; state: string; detail: string }[]
    }
    expect(findings.filter((f) => f.state === 'error' && f.check !== 'disk')).toEqual([])
    expect(findings.find((f) => f.check === 'server')?.detail).toBe('runs on this data folder')
    expect(settings.find((s) => s.name === 'GATEHOUSE_DATA')?.value).toBe(server.data)
    for (const secret of [adminKey, owner.password, 'metrics-key-0123456789'])
      for (const { out, err } of [plain, told]) expect(out + err).not.toContain(secret)
  })

  it('names what is wrong and ends with code 1', async () => {
    const data = temporaryFolder()
    writeFileSync(join(data, 'gatehouse.db'), 'rubbish '.repeat(4096))
    const broken = await gatehouse(['doctor', '--json'], await placeFor(data))
    expect(broken.code).toBe(1)
    expect(JSON.parse(broken.out).findings).toContainEqual(
      expect.objectContaining({ check: 'database', state: 'error' }),
    )
    const unusable = await gatehouse(['doctor'], { ...server.env, GATEHOUSE_LISTEN: 'x' })
    expect(unusable.code).toBe(1)
    expect(unusable.out).toMatch(/GATEHOUSE_LISTEN/)
  })
})

describe('gatehouse backup and restore', () => {
  it('move a company that is being served to another folder', async () => {
    const backup = join(folder, 'backup')
    const manifest = await json('backup', backup)
    expect(manifest.tables.length).toBeGreaterThan(10)
    expect((await gatehouse(['backup', backup])).err).toMatch(/is not empty/)

    const running = await gatehouse(['restore', backup])
    expect([running.code, running.err]).toEqual([1, expect.stringMatching(/^Another Gatehouse/)])

    const data = join(folder, 'restored')
    const place = await placeFor(data)
    const restored = await gatehouse(['restore', backup], place)
    expect([restored.code, restored.err]).toEqual([0, ''])
    const second = await startServer(data)
    const names = async (of: Server) =>
      ((await of.admin('GET', '/api/v1/policies')).json.items as { name: string }[]).map(
        (p) => p.name,
      )
    expect(await names(second)).toEqual(await names(server))
    await second.end('SIGTERM')
    const nothing = await gatehouse(
      ['restore', join(folder, 'nothing')],
      await placeFor(join(folder, 'x')),
    )
    expect([nothing.code, nothing.err]).toEqual([
      1,
      expect.stringMatching(/holds no finished backup/),
    ])
  })
})

describe('gatehouse owner reset', () => {
  it('makes a link with which the owner chooses a new password, beside the running server', async () => {
    const { code, out } = await gatehouse(['owner', 'reset'])
    expect(code).toBe(0)
    const link = /https?:\S+/.exec(out)?.[0] ?? ''
    const password = 'another horse, another battery'
    const body = JSON.stringify({ token: new URL(link).hash.slice(1), password })
    const headers = { 'content-type': 'application/json' }
    const done = await fetch(`${server.url}/api/v1/password-reset/complete`, {
      method: 'POST',
      headers,
      body,
    })
    expect(done.status).toBeLessThan(300)
    const signIn = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email: owner.email, password }),
    })
    expect(signIn.status).toBe(200)
    expect((await gatehouse(['owner', 'reset', 'nobody@acme.example'])).code).toBe(1)
  })
})

describe('the demo', () => {
  it('makes a company of its own, and signs in who it says', async () => {
    const data = join(folder, 'demo')
    // A file, since threads could not be started from a text given with -e.
    const script = join(folder, 'demo.mjs')
    const start = pathToFileURL(join(root, 'src/demo/start.ts')).href
    writeFileSync(
      script,
      `import { startDemo } from '${start}'\nawait startDemo(process.env, console.log)\n`,
    )
    const place = { GATEHOUSE_DEMO_DATA: data }
    const demo = await startServer(join(folder, 'not the demo'), place, [script])
    // It is ready a moment before it says who may sign in.
    const says = () => /Sign in as (\S+) with the password (\S+)/.exec(demo.output())
    await until(() => says() !== null, demo.child, demo.output)
    const [, email, password] = says() ?? []
    const signIn = await fetch(`${demo.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    expect(signIn.status).toBe(200)
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const total = async (what: string): Promise<number> => {
      const response = await fetch(`${demo.url}/api/v1/${what}`, { headers: { cookie } })
      return ((await response.json()) as { total: number }).total
    }
    expect(await total('members')).toBeGreaterThan(50)
    expect(await total('policies')).toBeGreaterThanOrEqual(5)
    expect(await total('clients?state=active')).toBeGreaterThan(10)
    expect(existsSync(join(folder, 'not the demo'))).toBe(false)
    expect(await demo.end('SIGTERM')).toEqual({ code: 0, signal: null })
  })
})

describe('bin/gatehouse.mjs', () => {
  /** The Node of the machine, as a person at a terminal has it; the tests themselves run on the packaged one. */
  const hostNode = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((at) => !at.includes('node_modules'))
    .map((at) => join(at, 'node'))
    .find((at) => existsSync(at))

  it('hands over to a Node that can run the rest, with arguments, output and exit code', async () => {
    const bin = join(root, 'bin/gatehouse.mjs')
    const env = { ...(await placeFor(join(folder, 'bin'))), FORCE_COLOR: '0', NO_COLOR: '1' }
    const help = await run([bin, '--help'], env, hostNode ?? process.execPath)
    expect([help.code, help.err]).toEqual([0, ''])
    expect(help.out).toContain('enrolment')
    const wrong = await run([bin, 'lookup'], env, hostNode ?? process.execPath)
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^Name one/)])
  })

  it('passes a signal on, and ends as the server ended', async () => {
    const program = hostNode ?? process.execPath
    const wrapped = await startServer(
      join(folder, 'wrapped'),
      { FORCE_COLOR: '0' },
      ['bin/gatehouse.mjs', 'serve'],
      program,
    )
    expect((await wrapped.admin('GET', '/api/v1/policies')).status).toBe(200)
    expect(await wrapped.end('SIGTERM')).toEqual({ code: 0, signal: null })
    await expect(wrapped.admin('GET', '/api/v1/policies')).rejects.toThrow()
  })
})
