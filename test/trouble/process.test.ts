import { request } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { laxer, strict } from '../company.ts'
import { adminKey, owner } from '../world.ts'
import { placeFor, run, startServer, temporaryFolder, until, type Server } from './server.ts'

const policy = async (server: Server, name: string): Promise<string> =>
  (await server.admin('POST', '/api/v1/policies', { name, text: strict })).json.id as string

/** Publishes one after the other until the connection breaks; notes the texts that were acknowledged, by number. */
async function hammer(
  server: Server,
  id: string,
  round: number,
  acknowledged: Map<number, string>,
): Promise<void> {
  try {
    for (let n = 0; ; n++) {
      const { json: draft } = await server.admin('GET', `/api/v1/policies/${id}/draft`)
      const text = `${n % 2 ? laxer : strict}# round ${round}, publish ${n}\n`
      const saved = await server.admin('PUT', `/api/v1/policies/${id}/draft`, {
        text,
        revision: draft.revision,
      })
      const done = await server.admin('POST', `/api/v1/policies/${id}/publish`, {
        message: `round ${round}, publish ${n}`,
        draftRevision: saved.json.revision,
      })
      if (done.status === 201) acknowledged.set(done.json.version.number as number, text)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

describe('a kill in the middle of publishing', () => {
  it('loses nothing that was acknowledged and leaves nothing half', async () => {
    const data = temporaryFolder()
    const acknowledged = new Map<number, string>()
    let server = await startServer(data)
    const id = await policy(server, 'Hammered')
    for (let round = 1; round <= 4; round++) {
      const before = acknowledged.size
      const publishing = hammer(server, id, round, acknowledged)
      // It is in full swing, however slow the machine is.
      await until(() => acknowledged.size > before, server.child, server.output)
      await new Promise((go) => setTimeout(go, Math.random() * 250))
      expect((await server.end('SIGKILL')).signal).toBe('SIGKILL')
      await publishing
      server = await startServer(data)

      const { json: all } = await server.admin('GET', `/api/v1/policies/${id}/versions?limit=500`)
      const numbers = (all.items as { number: number }[]).map((v) => v.number)
      // Numbered without a gap: a version that was not acknowledged may be there, whole.
      expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1))
      for (const [number, text] of acknowledged)
        expect(
          (await server.admin('GET', `/api/v1/policies/${id}/versions/${number}`)).json.text,
        ).toBe(text)
      const records = await server.admin('GET', `/api/v1/activity?action=policy.publish&limit=500`)
      expect(records.json.items).toHaveLength(numbers.length)
      expect(
        (await server.admin('GET', `/api/v1/policies/${id}`)).json.published?.number ?? 0,
      ).toBe(numbers.length)
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(4)
    await server.end('SIGTERM')
  })
})

describe('SIGTERM', () => {
  it('lets a slow request end with its answer, takes no new ones, and ends well', async () => {
    const server = await startServer()
    const body = JSON.stringify({ name: 'Slow', text: strict })
    const slow = request(`${server.url}/api/v1/policies`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    })
    const begun = new Promise<void>((done) => slow.once('continue', done))
    const answer = new Promise<number>((done, fail) => {
      slow.once('response', (response) => {
        response.resume()
        done(response.statusCode ?? 0)
      })
      slow.once('error', fail)
    })
    slow.flushHeaders()
    // The server has begun with it before the signal: it has asked for the body.
    await begun
    slow.write(body.slice(0, 10))
    const ended = server.end('SIGTERM')
    await until(
      () =>
        fetch(`${server.url}/healthz`).then(
          () => false,
          () => true,
        ),
      server.child,
      server.output,
    )
    slow.end(body.slice(10))
    expect(await answer).toBe(201)
    expect(await ended).toEqual({ code: 0, signal: null })

    const again = await startServer(server.data)
    const { items } = (await again.admin('GET', '/api/v1/policies')).json
    expect((items as { name: string }[]).map((p) => p.name)).toEqual(['Slow'])
    await again.end('SIGTERM')
  })

  it('sent twice, as a terminal and a wrapper do, still ends well', async () => {
    const server = await startServer()
    server.child.kill('SIGINT')
    await until(() => server.output().includes('stopping'), server.child, server.output)
    expect(await server.end('SIGINT')).toEqual({ code: 0, signal: null })
  })
})

describe('a start that cannot be', () => {
  const start = (env: Readonly<Record<string, string>>) => run(['src/main.ts'], env)

  it('ends with a sentence, not with a stack', async () => {
    const server = await startServer()
    const same = await start(await placeFor(server.data))
    expect(same.code).toBe(1)
    expect(same.err).toMatch(/Another Gatehouse is running on the data folder .*Stop it first/)

    const taken = await start({
      ...(await placeFor(temporaryFolder())),
      GATEHOUSE_LISTEN: server.env['GATEHOUSE_LISTEN'] ?? '',
    })
    expect(taken.code).toBe(1)
    expect(taken.err).toMatch(/The address 127\.0\.0\.1:\d+ is taken\. Stop the other process/)

    const wrong = await start({ ...(await placeFor(temporaryFolder())), GATEHOUSE_LISTEN: 'here' })
    expect(wrong.code).toBe(1)
    expect(wrong.err).toMatch(/GATEHOUSE_LISTEN: write it as host:port/)

    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const unusable = await start(await placeFor(join(file, 'data')))
    expect(unusable.code).toBe(1)
    expect(unusable.err).toMatch(/The data folder .* cannot be used/)
    for (const { err } of [same, taken, wrong, unusable]) expect(err).not.toMatch(/^\s+at /m)

    // The one that runs has noticed nothing.
    expect((await server.admin('GET', '/api/v1/policies')).status).toBe(200)
    await server.end('SIGTERM')
  })

  it('with the key file of another database names the file; with its own it starts', async () => {
    const server = await startServer()
    await server.end('SIGTERM')
    const foreign = join(temporaryFolder(), 'other.key')
    writeFileSync(foreign, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 })
    const wrong = await start({ ...server.env, GATEHOUSE_KEY_FILE: foreign })
    expect(wrong.code).toBe(1)
    expect(wrong.err).toContain(`The key file ${foreign} does not belong to this database`)

    const missing = join(temporaryFolder(), 'nothing.key')
    const none = await start({ ...server.env, GATEHOUSE_KEY_FILE: missing })
    expect(none.err).toContain(`The key file ${missing} is missing`)

    const doctor = await run(['src/cli/main.ts', 'doctor', '--json'], {
      ...server.env,
      GATEHOUSE_KEY_FILE: foreign,
    })
    expect(doctor.code).toBe(1)
    expect(JSON.parse(doctor.out).findings).toContainEqual(
      expect.objectContaining({ check: 'key of the database', state: 'error' }),
    )
    const again = await startServer(server.data)
    expect((await again.admin('GET', '/api/v1/policies')).status).toBe(200)
    await again.end('SIGTERM')
  })
})

describe('what a server writes', () => {
  it('holds no secret of those that went through it', async () => {
    const server = await startServer(undefined, {
      GATEHOUSE_LOG_LEVEL: 'debug',
      GATEHOUSE_METRICS_KEY: 'metrics-key-0123456789abcdef',
    })
    const { json: issued } = await server.admin('POST', '/api/v1/enrolments', { name: 'Fleet' })
    const { json: key } = await server.admin('POST', '/api/v1/keys', {
      name: 'CI',
      scopes: ['policies.read'],
    })
    const { json: invited } = await server.admin('POST', '/api/v1/invitations', {
      email: 'new@acme.example',
      name: 'New',
      role: 'member',
    })
    const signedIn = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: owner.email, password: owner.password }),
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0]?.split('=')[1] ?? ''
    await fetch(`${server.url}/c/${String(issued.key)}/codex/config/bundle`)
    await fetch(`${server.url}/c/${String(issued.key)}x/codex/config/bundle`)
    await fetch(`${server.url}/metrics`, {
      headers: { authorization: 'Bearer metrics-key-0123456789abcdef' },
    })
    await server.end('SIGTERM')
    const secrets: string[] = [
      adminKey,
      owner.password,
      cookie,
      issued.key,
      key.secret,
      new URL(invited.link.url as string).hash.slice(1),
      'metrics-key-0123456789abcdef',
    ]
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(15)
      expect(server.output()).not.toContain(secret)
    }
    expect(server.output()).toContain('is ready.')
  })

  it('nor the password of a database that does not answer', async () => {
    const server = await startServer(undefined, {
      DATABASE_URL: 'postgres://gatehouse:database-password-7@127.0.0.1:9/gatehouse',
      GATEHOUSE_LOG_LEVEL: 'debug',
    })
    await until(() => server.output().includes('there is no database'), server.child, server.output)
    expect((await server.admin('GET', '/api/v1/policies')).status).toBe(503)
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(server.output()).not.toContain('database-password-7')
  })
})
