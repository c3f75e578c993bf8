import { delimiter, join } from 'node:path'
import { existsSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { laxer, strict } from '../company.ts'
import { adminKey, owner } from '../world.ts'
import { placeFor, root, run, startServer, temporaryFolder, type Server } from './server.ts'

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
    const demo = await startServer(join(folder, 'not the demo'), { GATEHOUSE_DEMO_DATA: data }, [
      '--input-type=module',
      '-e',
      "const { startDemo } = await import('./src/demo/start.ts'); await startDemo(process.env, console.log)",
    ])
    const [, email, password] = /Sign in as (\S+) with the password (\S+)/.exec(demo.output()) ?? []
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
