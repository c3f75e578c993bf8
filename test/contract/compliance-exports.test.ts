import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueAuthority, issueServer } from '#kernel/certificate-issue.ts'
import { hour, minute } from '#kernel/clock.ts'
import { verifyFolder } from '#src/cli/compliance-verify.ts'
import { anyWaiting } from '#src/features/audit/store.ts'
import { closeDue } from '#src/features/compliance/close.task.ts'
import { checkFile } from '#src/features/compliance/line.ts'
import {
  setDestination,
  setTaken,
  takeDestination,
} from '#src/features/compliance/store.destinations.ts'
import type { Destination } from '#features/compliance/schema.ts'
import { openBucket, type Bucket } from '../s3.ts'
import { isSigned, openReceiver, type Receiver } from '../told.ts'
import { startWorld, type World } from '../world.ts'

const destinations = '/api/v1/compliance/destinations'

interface Collector {
  readonly port: number
  /** Everything that came, connection after connection. */
  readonly text: () => string
  readonly close: () => void
}

let world: World
let bucket: Bucket
let receiver: Receiver
let plain: Collector
let secured: Collector
let ca = ''

beforeAll(async () => {
  bucket = await openBucket('archive', 'eu-central-1')
  receiver = await openReceiver()
  plain = await collect((take) => createTcp(take))
  const now = Date.now()
  const authority = await issueAuthority(['127.0.0.1'], now)
  const issued = await issueServer(['127.0.0.1'], now, authority)
  ca = authority.cert
  secured = await collect((take) => createTls(issued, take))
  const own = [plain, secured].map(({ port }) => `127.0.0.1:${port}`)
  world = await startWorld({
    env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: [bucket.host, receiver.host, ...own].join() },
  })
})
afterAll(async () => {
  await world.close()
  await Promise.all([bucket.close(), receiver.close()])
  for (const collector of [plain, secured]) collector.close()
})

async function collect(create: (take: (socket: Socket) => void) => Server): Promise<Collector> {
  const parts: Buffer[] = []
  const server = create((socket) => {
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('end', () => socket.end())
    socket.on('error', () => undefined)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    text: () => Buffer.concat(parts).toString('utf8'),
    close: () => void server.close(),
  }
}

async function rename(name: string): Promise<void> {
  await world.admin('PATCH', '/api/v1/workspace', { name })
  world.clock.advance(minute)
  await expect.poll(() => world.app.runtime.db.read(anyWaiting)).toBe(false)
  await closeDue(world.app.runtime)
}
async function add(body: object): Promise<{ id: string; secret: string | null }> {
  const answer = await world.admin('POST', destinations, body)
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  return { id: answer.json.destination.id as string, secret: answer.json.secret as string | null }
}
async function one(id: string): Promise<Destination | undefined> {
  const { json } = await world.admin('GET', destinations)
  return (json.items as Destination[]).find((d) => d.id === id)
}
const arrived = (id: string) =>
  expect.poll(async () => (await one(id))?.state === 'working' && (await one(id))?.behind).toBe(0)
async function test(id: string): Promise<unknown> {
  return (await world.admin('POST', `${destinations}/${id}/test`)).json as unknown
}
const namesOf = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.jsonl?$/.test(name))

/** The messages of a stream, each framed by its length (RFC 6587, section 3.4.1). */
function messages(stream: string): readonly string[] {
  let rest = Buffer.from(stream)
  const found: string[] = []
  while (rest.length > 0) {
    const space = rest.indexOf(' ')
    const end = space + 1 + Number(rest.subarray(0, space).toString())
    expect(end).toBeLessThanOrEqual(rest.length)
    found.push(rest.subarray(space + 1, end).toString())
    rest = rest.subarray(end)
  }
  return found
}

describe('files are sent by themselves', () => {
  it('into a folder, with a note by which each can be verified', async () => {
    await rename('Folder')
    const { id } = await add({ name: 'Disk', kind: 'folder', settings: { folder: 'archive' } })
    expect(await test(id)).toMatchObject({ ok: true })
    await arrived(id)
    await rename('Folder, once more')
    await rename('And once more')
    await arrived(id)
    const folder = join(world.data, 'exports', 'archive')
    const names = namesOf(folder)
    expect(names.some((name) => name.startsWith('AUDIT_LOG/2026/01/05/'))).toBe(true)
    const texts = names.filter((name) => name.endsWith('.jsonl'))
    expect(texts.length).toBeGreaterThan(1)
    for (const name of texts) {
      const note = JSON.parse(readFileSync(join(folder, name.replace(/l$/, '')), 'utf8')) as {
        sealed_sha256: string
      }
      const checked = checkFile(readFileSync(join(folder, name), 'utf8'))
      expect(checked).toMatchObject({ broken: [], sealedSha256: note.sealed_sha256 })
    }
    expect(verifyFolder(folder)).toMatchObject({ files: texts.length, troubles: [] })
    const [changed = '', missing = '', ...others] = texts.toSorted()
    const path = join(folder, changed)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"actor"', '"somebody"'))
    rmSync(join(folder, missing))
    expect(verifyFolder(folder).troubles).toEqual([
      expect.stringContaining('says something else in line 1') as string,
      expect.stringContaining('its lines are missing') as string,
    ])
    // Nobody erases in a copy unseen, neither with the mark nor without.
    const [erased = '', ...kept] = readFileSync(join(folder, others[0]!), 'utf8').split('\n')
    const sealed = Object.entries(JSON.parse(erased) as object).slice(0, 5)
    for (const line of [sealed, [...sealed, ['erased', true]]]) {
      const emptied = JSON.stringify(Object.fromEntries(line as [string, unknown][]))
      writeFileSync(join(folder, others[0]!), [emptied, ...kept].join('\n'))
      expect(verifyFolder(folder).troubles).toHaveLength(3)
    }
    // The name of a folder leads nowhere else.
    const out = { name: 'Out', kind: 'folder', settings: { folder: '../../etc' } }
    expect((await world.admin('POST', destinations, out)).status).toBe(400)
  })

  it('into a bucket, rightly signed, and again after it refused', async () => {
    const { endpoint, accessKeyId, secretAccessKey } = bucket
    const settings = {
      endpoint,
      accessKeyId,
      bucket: 'archive',
      region: 'eu-central-1',
      prefix: 'a-b/',
    }
    bucket.refuse(503)
    const { id } = await add({
      name: 'Bucket',
      kind: 's3',
      settings,
      secretAccessKey,
      eventTypes: ['AUDIT_LOG'],
    })
    await expect.poll(async () => (await one(id))?.state).toBe('failing')
    expect(await one(id)).toMatchObject({ lastError: 'The bucket answered 503 (SlowDown).' })
    const { json } = await world.admin('GET', '/api/v1/overview')
    expect(JSON.stringify(json.alarms)).toContain('do not arrive at Bucket')
    bucket.refuse()
    world.clock.advance(hour)
    await arrived(id)
    const keys = [...bucket.objects.keys()]
    expect(keys.every((key) => key.startsWith('a-b/AUDIT_LOG/2026/'))).toBe(true)
    const files = keys.filter((key) => key.endsWith('.jsonl'))
    expect(files.length).toBeGreaterThan(1)
    for (const key of files) expect(checkFile(bucket.objects.get(key)!).broken).toEqual([])
    expect(JSON.stringify(await one(id))).not.toContain(secretAccessKey)
  })

  it('says of a wrong secret that it is wrong', async () => {
    const { endpoint, accessKeyId } = bucket
    const { id } = await add({
      name: 'Wrong',
      kind: 's3',
      settings: { endpoint, accessKeyId, bucket: 'archive', region: 'eu-central-1' },
      secretAccessKey: 'another',
      from: 'now',
    })
    expect(await test(id)).toMatchObject({
      ok: false,
      message: expect.stringContaining('SignatureDoesNotMatch') as string,
    })
  })

  it('is told to a webhook, signed, once a file', async () => {
    const { id, secret } = await add({
      name: 'Hook',
      kind: 'webhook',
      settings: { url: receiver.url },
      eventTypes: ['AUDIT_LOG'],
      from: 'now',
    })
    expect((await one(id))?.where).not.toContain('receiver-token')
    const before = receiver.calls.length
    await rename('Hooked')
    await arrived(id)
    const calls = receiver.calls.slice(before)
    expect(calls).toHaveLength(1)
    expect(await isSigned(calls[0]!, secret!)).toBe(true)
    const { type, data } = JSON.parse(calls[0]!.body) as {
      type: string
      data: { file: { id: string; event_type: string }; link: string }
    }
    expect([type, data.file.event_type]).toEqual(['compliance.file', 'AUDIT_LOG'])
    expect(calls[0]!.headers['webhook-id']).toBe(data.file.id)
    const { text } = await world.admin('GET', new URL(data.link).pathname)
    expect(text).toContain('Hooked')
  })

  it('to a syslog receiver, as OCSF over TLS and as CEF over TCP', async () => {
    const tls = { host: '127.0.0.1', port: secured.port, ca, format: 'ocsf' }
    const tcp = { host: '127.0.0.1', port: plain.port, tls: false, format: 'cef' }
    const made = [
      await add({ name: 'SIEM', kind: 'syslog', settings: tls, from: 'now' }),
      await add({ name: 'Old SIEM', kind: 'syslog', settings: tcp, from: 'now' }),
    ]
    await rename('Acme | = \\ "Ü"')
    for (const { id } of made) await arrived(id)
    const [ocsf] = messages(secured.text()).filter((m) => m.includes('workspace.rename'))
    const head = /^<110>1 2026-\S+Z \S+ gatehouse - AUDIT_LOG - (\{.*\})$/.exec(ocsf!)
    expect(JSON.parse(head![1]!)).toMatchObject({
      class_uid: 6003,
      category_uid: 6,
      activity_id: 3,
      type_uid: 600_303,
      api: { operation: 'workspace.rename' },
      actor: { user: { type: 'key' } },
      metadata: { log_name: 'AUDIT_LOG', product: { name: 'Gatehouse' } },
      unmapped: { after: { name: 'Acme | = \\ "Ü"' } },
    })
    const [cef] = messages(plain.text()).filter((m) => m.includes('workspace.rename'))
    expect(cef).toMatch(/ CEF:0\|Gatehouse\|Gatehouse\|[^|]+\|workspace\.rename\|workspace\.rename\|3\|rt=\d+ /) // prettier-ignore
    expect(cef).toContain('cs2={"name":"Acme | \\= \\\\\\\\ \\\\"Ü\\\\""}')
  })

  it('does not trust a receiver whose certificate nobody vouches for', async () => {
    const settings = { host: '127.0.0.1', port: secured.port, format: 'ocsf' }
    const { id } = await add({ name: 'Untrusted', kind: 'syslog', settings, from: 'now' })
    expect(await test(id)).toMatchObject({ ok: false })
  })

  it('only where addresses may be called, and by who may read what is sent', async () => {
    const settings = { host: '127.0.0.1', port: 9, tls: false }
    const { id } = await add({ name: 'Inside', kind: 'syslog', settings, from: 'now' })
    expect(await test(id)).toMatchObject({
      ok: false,
      message: expect.stringContaining('not on the public internet') as string,
    })
    const made = await world.admin('POST', '/api/v1/keys', {
      name: 'Settings',
      scopes: ['settings.manage'],
    })
    const key = made.json.secret as string
    const body = { name: 'Leak', kind: 'folder', settings: { folder: 'leak' } }
    const refused = await world.call('POST', destinations, { key, body })
    expect([refused.status, refused.json.code]).toEqual([403, 'exceeds_own_rights'])
  })

  it('pauses, and goes on where it stopped', async () => {
    const { id } = await add({
      name: 'Pausing',
      kind: 'folder',
      settings: { folder: 'pausing' },
      eventTypes: ['AUDIT_LOG'],
    })
    await arrived(id)
    const folder = join(world.data, 'exports', 'pausing')
    const before = namesOf(folder).length
    const change = async (paused: boolean) => {
      const { revision } = (await one(id))!
      return world.admin('PATCH', `${destinations}/${id}`, { revision, paused })
    }
    expect((await change(true)).json).toMatchObject({ state: 'paused' })
    await rename('While it pauses')
    await rename('Still')
    expect(namesOf(folder)).toHaveLength(before)
    await change(false)
    await arrived(id)
    expect(namesOf(folder)).toHaveLength(before + 4)
    expect((await world.admin('DELETE', `${destinations}/${id}`)).status).toBe(204)
    expect(await one(id)).toBeUndefined()
  })

  it('tells an archive of a file that was emptied before, so that none seems to be missing', async () => {
    const list = async () =>
      (await world.admin('GET', '/api/v1/compliance/files?type=AUDIT_LOG&limit=1')).json
        .items[0] as { id: string }
    await rename('To be emptied')
    const { id: emptied } = await list()
    await rename('Behind it')
    expect((await world.admin('DELETE', `/api/v1/compliance/files/${emptied}`)).status).toBe(204)
    const { id } = await add({ name: 'Late', kind: 'folder', settings: { folder: 'late' } })
    await arrived(id)
    const folder = join(world.data, 'exports', 'late')
    const names = namesOf(folder).filter((name) => name.includes(emptied))
    expect(names).toEqual([expect.stringMatching(/\.json$/) as string])
    expect(verifyFolder(folder)).toMatchObject({ emptied: 1, troubles: [] })
  })

  it('says why nothing arrives also when it is not the receiver who refuses', async () => {
    const settings = { host: '127.0.0.1', port: plain.port, tls: false }
    const { id } = await add({ name: 'Unreadable', kind: 'syslog', settings, from: 'now' })
    await world.app.runtime.db.tx(() => setDestination(id, { secret_sealed: 'of another key' }))
    expect(await test(id)).toMatchObject({ ok: false })
    await rename('Unreadable')
    await expect.poll(async () => (await one(id))?.state).toBe('failing')
    expect((await one(id))?.lastError).toContain('It cannot be sent')
  })

  it('lets only one process send, and the one that lost it change nothing', async () => {
    const { db } = world.app.runtime
    const { id } = await add({ name: 'Leased', kind: 'folder', settings: { folder: 'leased' } })
    await arrived(id)
    const now = world.clock.now
    const take = (by: string, at: number) => db.tx(() => takeDestination(id, by, at, at + minute))
    expect(await take('first', now)).toBe(true)
    expect(await take('second', now)).toBe(false)
    expect(await take('second', now + minute)).toBe(true)
    expect(await db.tx(() => setTaken(id, 'first', { busy_until: 0 }))).toBe(false)
    expect(await take('third', now + minute)).toBe(false)
    expect(await db.tx(() => setTaken(id, 'second', { busy_until: 0 }))).toBe(true)
  })

  it('is pointed elsewhere without a gap: what waited goes there', async () => {
    const { endpoint, accessKeyId, secretAccessKey } = bucket
    const settings = {
      endpoint,
      accessKeyId,
      bucket: 'archive',
      region: 'eu-central-1',
      prefix: 'e/',
    }
    const eventTypes = ['AUDIT_LOG']
    const body = { name: 'Rotated', kind: 's3', settings, eventTypes }
    const { id } = await add({ ...body, secretAccessKey: 'rotated away', from: 'now' })
    await rename('While the key was wrong')
    await expect.poll(async () => (await one(id))?.state).toBe('failing')
    expect(await one(id)).toMatchObject({ behind: 1, failures: 1, settings })
    const edit = async (change: object) =>
      world.admin('PUT', `${destinations}/${id}`, {
        ...body,
        revision: (await one(id))!.revision,
        ...change,
      })
    expect((await edit({ kind: 'folder', settings: { folder: 'no' } })).status).toBe(409)
    expect((await edit({ revision: 99 })).status).toBe(409)
    expect((await edit({ secretAccessKey })).json).toMatchObject({ failures: 0 })
    await arrived(id)
    expect([...bucket.objects.keys()].filter((key) => key.startsWith('e/'))).toHaveLength(2)
    const renamed = await edit({ name: 'Renamed' })
    expect(renamed.json).toMatchObject({ name: 'Renamed', state: 'working' })
    expect(renamed.text + world.logged.join('')).not.toContain(secretAccessKey)
  })
})
