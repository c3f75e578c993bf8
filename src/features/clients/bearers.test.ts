import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hour, minute } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { createLog } from '#kernel/log.ts'
import { Problem } from '#kernel/problem.ts'
import { issueToken } from '#kernel/tokens.ts'
import { queries, run, type Work } from '#kernel/work.ts'
import { openEngine } from '#test/engine.ts'
import { looksLikeBearer } from './bearers.form.ts'
import { createBearers } from './bearers.ts'
import { migrations } from './migrations.ts'
import { nextSeq } from './sequence.ts'
import { endClients, insertClient } from './store.clients.ts'
import { q } from './tables.ts'

const members = queries<{ members: { id: string } }>()
const people = {
  name: 'test-members',
  *up() {
    yield* run(members.schema.createTable('members').addColumn('id', 'text', (c) => c.primaryKey()))
    yield* run(members.insertInto('members').values({ id: 'mem_1' }))
  },
}

describe('the access tokens of clients', () => {
  let engine: Awaited<ReturnType<typeof openEngine>>
  let db: Db
  let broken = false
  let now = 1000
  beforeEach(async () => {
    ;[broken, now] = [false, 1000]
    engine = await openEngine([people, ...migrations])
    // The real database, whose connection can be cut.
    db = {
      ...engine.db,
      read: (work) =>
        broken ? Promise.reject(new Problem('database_unavailable')) : engine.db.read(work),
    }
  })
  afterEach(() => engine.close())
  const open = () => createBearers({ db, clock: () => now, log: createLog('silent') })

  function* client(id: string): Work<void> {
    yield* insertClient({
      id,
      member_id: 'mem_1',
      account_id: null,
      route: 'workspace',
      flow: 'device',
      oauth_client: 'c',
      scope: '',
      resource: null,
      created_at: now,
      created_ip: '',
      created_agent: '',
      ended_at: null,
      ended_by: '',
      end_reason: null,
    })
  }
  function* token(hash: string, clientId: string, expiresAt: number): Work<void> {
    yield* run(
      q.insertInto('client_tokens').values({
        id: `cat_${hash}`,
        client_id: clientId,
        kind: 'access',
        hash,
        created_at: now,
        expires_at: expiresAt,
        used_at: null,
        successor: null,
        successor_id: null,
        seq: yield* nextSeq(),
      }),
    )
  }
  const signIn = (id: string, hash: string, expiresAt = now + hour) =>
    engine.db.tx(function* () {
      yield* client(id)
      yield* token(hash, id, expiresAt)
    })
  const end = (...ids: string[]) =>
    engine.db.tx(() => endClients(ids, { at: now, by: '', reason: 'revoked' }))

  it('are known after a refresh, and those of an ended client stand as ended at once', async () => {
    const bearers = open()
    await signIn('cli_1', 'aa')
    await signIn('cli_2', 'bb', now + minute)
    expect(bearers.known('aa')).toBeUndefined()
    await bearers.refresh()
    expect(bearers.known('aa')).toMatchObject({
      clientId: 'cli_1',
      principalId: 'mem_1',
      route: 'workspace',
      endsAt: now + hour,
    })
    now += 10
    await end('cli_1')
    await bearers.refresh()
    expect(bearers.known('aa')?.endsAt).toBe(now)
    expect(bearers.known('bb')?.endsAt).toBe(1000 + minute)
  })

  it('hear of it by themselves once they are started', async () => {
    const bearers = open()
    await bearers.start()
    const told: boolean[] = []
    bearers.onChange((ended) => told.push(ended))
    await signIn('cli_1', 'aa')
    await expect.poll(() => bearers.known('aa')?.endsAt).toBe(now + hour)
    await end('cli_1')
    await expect.poll(() => bearers.known('aa')?.endsAt).toBe(now)
    expect(told).toEqual([false, true])
    await bearers.stop()
  })

  it('are looked up when they are not known yet, and an older look never undoes an end', async () => {
    const bearers = open()
    await signIn('cli_1', 'aa')
    expect(await bearers.look('aa')).toMatchObject({ clientId: 'cli_1' })
    expect(bearers.known('aa')).toMatchObject({ clientId: 'cli_1' })
    expect(await bearers.look('never')).toBeUndefined()

    await signIn('cli_2', 'bb')
    const read: Db['read'] = (work) => engine.db.read(work)
    const gate = Promise.withResolvers<undefined>()
    // A look whose answer is held back while the client is ended and everybody else has heard of it.
    db.read = async (work) => {
      const answer = await read(work)
      await gate.promise
      return answer
    }
    const slow = bearers.look('bb')
    db.read = read
    await end('cli_2')
    await bearers.refresh()
    gate.resolve(undefined)
    expect((await slow)?.endsAt).toBe(now)
    expect(bearers.known('bb')?.endsAt).toBe(now)
  })

  it('stay as they are without a database, and say since when', async () => {
    const bearers = open()
    await signIn('cli_1', 'aa')
    await bearers.refresh()
    expect(bearers.staleSince()).toBeNull()
    broken = true
    now += 5
    await expect(bearers.refresh()).rejects.toMatchObject({ code: 'database_unavailable' })
    await expect(bearers.look('zz')).rejects.toMatchObject({ code: 'database_unavailable' })
    await expect(open().start()).rejects.toMatchObject({ code: 'database_unavailable' })
    expect(bearers.known('aa')).toBeDefined()
    expect(bearers.staleSince()).toBe(1000)
    broken = false
    await bearers.refresh()
    expect(bearers.staleSince()).toBeNull()
  })

  it('leave memory when they have expired', async () => {
    const bearers = open()
    await signIn('cli_1', 'aa', now + minute)
    await bearers.start()
    now += hour
    await signIn('cli_2', 'bb')
    await expect.poll(() => [...bearers.all().keys()]).toEqual(['bb'])
    await bearers.stop()
  })

  it('are all read again when a backup has taken the place of the database', async () => {
    const bearers = open()
    await signIn('cli_1', 'aa')
    await signIn('cli_2', 'bb')
    await bearers.refresh()
    await engine.db.tx(function* () {
      yield* run(q.deleteFrom('client_tokens').where('hash', '=', 'bb'))
      yield* run(q.updateTable('client_sequence').set({ seq: 1 }))
    })
    await bearers.refresh()
    expect([...bearers.all().keys()]).toEqual(['aa'])
  })

  it('are read whole in parts, also when all carry one number', async () => {
    const many = 12_001
    const bearers = open()
    await engine.db.tx(function* () {
      yield* client('cli_1')
      const seq = yield* nextSeq()
      for (let from = 0; from < many; from += 1000)
        yield* run(
          q.insertInto('client_tokens').values(
            Array.from({ length: Math.min(1000, many - from) }, (_, i) => ({
              id: `cat_${String(from + i).padStart(6, '0')}`,
              client_id: 'cli_1',
              kind: 'access' as const,
              hash: `h${from + i}`,
              created_at: 0,
              expires_at: now + hour,
              used_at: null,
              successor: null,
              successor_id: null,
              seq,
            })),
          ),
        )
    })
    await bearers.refresh()
    expect(bearers.all().size).toBe(many)
    await end('cli_1')
    await bearers.refresh()
    expect(new Set([...bearers.all().values()].map((b) => b.endsAt))).toEqual(new Set([now]))
  })
})

describe('the form of an access token', () => {
  const jwt = (header: unknown) =>
    [header, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') +
    '.c2ln'

  it('is an opaque one of ours or a JWT for access, never an id token or another kind', () => {
    const id = `cat_${'0'.repeat(32)}`
    const { token } = issueToken('cat', id)
    expect(looksLikeBearer(token)).toBe(true)
    expect(looksLikeBearer(`${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`)).toBe(false)
    expect(looksLikeBearer(issueToken('crt', id).token)).toBe(false)
    expect(looksLikeBearer(jwt({ alg: 'ES256', typ: 'at+jwt' }))).toBe(true)
    expect(looksLikeBearer(jwt({ alg: 'ES256', typ: 'JWT' }))).toBe(false)
    expect(looksLikeBearer(jwt(null))).toBe(false)
    expect(looksLikeBearer(`${jwt({ typ: 'at+jwt' })}${'a'.repeat(9000)}`)).toBe(false)
  })

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)), (text) => {
        expect(looksLikeBearer(text)).toBe(false)
      }),
    )
  })
})
