import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier, type Verdict } from '#features/audit/proof/verify.ts'
import type { Erasure } from '#features/compliance/schema.ts'
import { asideInPlace } from '#kernel/aside.ts'
import { day } from '#kernel/clock.ts'
import { enqueue } from '#kernel/work.ts'
import { checkFile } from '#src/features/compliance/line.ts'
import { retentionJobs } from '#src/features/compliance/retention.ts'
import { complianceLog, type ComplianceLog } from '../compliance-log.ts'
import { cookieOf, signIn } from '../signin.ts'
import { adminKey, startWorld, type World } from '../world.ts'

let world: World
let log: ComplianceLog

beforeAll(async () => {
  world = await startWorld()
  log = await complianceLog(world)
})
afterAll(() => world.close())

const holds = '/api/v1/compliance/holds'
const erasures = '/api/v1/compliance/erasures'

async function newMember(email: string, role = 'member'): Promise<string> {
  const made = await world.admin('POST', '/api/v1/invitations', {
    email,
    name: 'X',
    role,
  })
  const token = new URL(made.json.link.url as string).hash.slice(1)
  const password = 'a long enough password'
  await world.call('POST', '/api/v1/invitations/accept', { body: { token, name: 'X', password } })
  await signIn(world, email, password)
  const { json } = await world.admin('GET', `/api/v1/members?q=${email}`)
  return json.items[0].id as string
}

async function versionOf(id: string): Promise<number> {
  return (await world.admin('GET', `/api/v1/members/${id}`)).json.version as number
}

async function hold(name: string, subjectId: string): Promise<{ id: string; label: string }> {
  const body = { name, reason: 'A court asked.', subjectId }
  const answer = await world.admin('POST', holds, body)
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  return { id: answer.json.id as string, label: answer.json.subject.label as string }
}
async function exportVerdict(world: World): Promise<Verdict> {
  const { publicKey } = (await world.call('GET', '/api/v1/audit/public-key')).json
  const verifier = createVerifier({ key: publicKey as string })
  const { text } = await world.admin('GET', '/api/v1/audit/export')
  for (const line of text.trimEnd().split('\n')) verifier.line(Buffer.from(line))
  return verifier.end()
}
const release = (id: string) => world.admin('POST', `${holds}/${id}/release`)

/** Asks for it, and waits until it is done. */
async function erase(subjectId: string): Promise<Erasure> {
  const asked = await world.admin('POST', erasures, { subjectId, reason: 'She asked for it.' })
  expect([asked.status, asked.text]).toEqual([202, expect.any(String)])
  const now = async () => {
    const { json } = await world.admin('GET', erasures)
    return (json.items as Erasure[]).find(({ id }) => id === asked.json.id)
  }
  await expect.poll(async () => (await now())?.finishedAt).not.toBeNull()
  return (await now())!
}

const text = async () => JSON.stringify(await log.allLines())

describe('erasing a person', () => {
  it('takes her out of all files, by her names too, and they verify as before', async () => {
    const id = await newMember('ada@acme.example')
    const other = await newMember('da@acme.example')
    // She stands in what is about somebody or something else, too.
    const group = await world.admin('POST', '/api/v1/groups', { name: 'Ada and others' })
    await world.admin('PATCH', '/api/v1/workspace', { name: 'Ask ada@acme.example' })
    await log.close()
    const before = await log.files()
    expect(await text()).toContain('Ask ada@acme.example')
    const previewed = await world.admin('GET', `${erasures}/preview?subjectId=${id}`)
    expect(previewed.json).toMatchObject({ label: 'ada@acme.example', keptLines: 0, keptBy: [] })
    // What no file has yet is closed first.
    const change = { name: 'Augusta', version: await versionOf(id) }
    expect((await world.admin('PATCH', `/api/v1/members/${id}`, change)).status).toBe(200)

    const done = await erase(id)
    expect(done).toMatchObject({ keptLines: 0, keptBy: [] })
    expect(done.lines).toBeGreaterThan(previewed.json.lines as number)
    await log.close()
    const said = await text()
    for (const name of ['ada@acme.example', 'Augusta'])
      expect(said.replaceAll('da@acme.example', '')).not.toContain(name)
    expect(said).not.toContain('"ada@acme.example')
    expect(said).not.toContain('Ask ada')
    // Who has a name that is part of hers, and what has nothing to do with her, is as it was.
    expect(said).toContain(other)
    expect(said).toContain('"da@acme.example"')
    expect(said).toContain(String(group.json.id))
    const named = (await log.allLines()).filter((line) => JSON.stringify(line).includes(id))
    expect(named.map((line) => line['action']).sort()).toEqual([
      'compliance.erase',
      'compliance.erased',
    ])
    // The audit trail has forgotten her as well, and is proved as before.
    const trail = (await world.admin('GET', '/api/v1/activity?format=json')).text
    for (const name of ['"ada@acme.example', 'Augusta', 'Ask ada'])
      expect(trail).not.toContain(name)
    expect(trail).toContain('"da@acme.example"')
    const verdict = await exportVerdict(world)
    expect(verdict).toMatchObject({ outcome: 'covered', troubles: 0 })
    expect(verdict.erased).toBeGreaterThan(0)

    const after = await log.files()
    expect(after.slice(0, before.length).map((f) => f.sealed_sha256)).toEqual(
      before.map((f) => f.sealed_sha256),
    )
    let erased = 0
    for (const file of after) {
      const checked = checkFile(await log.fetchFile(file.id))
      expect(checked).toMatchObject({ broken: [], sealedSha256: file.sealed_sha256 })
      expect(checked.erased).toBe(file.erased_lines)
      erased += checked.erased
    }
    expect(erased).toBe(done.lines)
    // The events are not taken up again from where they came.
    const ids = (await log.allLines()).map((line) => line['event_id'])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('leaves what a hold on another person keeps, whoever of them did it', async () => {
    const bob = await newMember('bob@acme.example', 'admin')
    const cleo = await newMember('cleo@acme.example')
    const cookie = cookieOf(await signIn(world, 'bob@acme.example', 'a long enough password'))
    const renamed = await world.call('PATCH', `/api/v1/members/${cleo}`, {
      body: { name: 'Bob was here', version: await versionOf(cleo) },
      cookie,
    })
    expect([renamed.status, renamed.text]).toEqual([200, expect.any(String)])
    await log.close()
    const both = await hold('On Bob', bob)
    const first = await erase(cleo)
    expect(first).toMatchObject({ keptBy: ['On Bob'] })
    expect(first.lines).toBeGreaterThan(0)
    expect(await text()).toContain('Bob was here')
    await release(both.id)
    const { text: csv } = await world.admin('GET', `${erasures}?format=csv`)
    expect(csv).toContain(`${cleo},She asked for it.`)
    expect((await world.admin('GET', `${holds}?format=csv`)).text).toContain(
      'On Bob,A court asked.',
    )
    await hold('On Cleo', cleo)
    expect(await erase(bob)).toMatchObject({ keptBy: ['On Cleo'] })
    expect(await text()).toContain('Bob was here')
  })

  it('is refused of somebody whom nobody knows', async () => {
    const body = { subjectId: 'mem_nobody', reason: 'A typing error.' }
    expect((await world.admin('POST', erasures, body)).status).toBe(404)
    expect((await world.admin('GET', `${erasures}/preview?subjectId=mem_nobody`)).status).toBe(404)
  })
})

describe('a legal hold', () => {
  it('can be about somebody who was deleted: the log knows her still', async () => {
    const id = await newMember('gone@acme.example')
    await log.close()
    const path = `/api/v1/members/${id}?version=${await versionOf(id)}`
    expect((await world.admin('DELETE', path)).status).toBe(204)
    const { json } = await world.admin('GET', `/api/v1/compliance/subjects?q=${id}`)
    expect(json.items).toEqual([{ id, label: 'gone@acme.example', kind: 'gone' }])
    const { label, id: made } = await hold('Who left', id)
    expect(label).toBe('gone@acme.example')
    await release(made)
  })

  it('keeps what it is about from erasure, deletion and retention', async () => {
    const id = await newMember('eve@acme.example')
    await log.close()
    const made = await hold('Case 7', id)
    const refusedErasure = await erase(id)
    expect(refusedErasure).toMatchObject({ lines: 0, files: 0, keptBy: ['Case 7'] })
    await world.admin('POST', '/api/v1/groups', { name: 'Of eve@acme.example' })
    await log.close()
    const eves: string[] = []
    for (const file of await log.files())
      if ((await log.fetchFile(file.id)).includes('eve@acme.example')) eves.push(file.id)
    expect(eves.length).toBeGreaterThan(1)
    const refused = await world.admin('DELETE', `${log.base}/logs/${eves[0]!}`)
    expect([refused.status, refused.json.error.code]).toEqual([409, 'in_use'])

    world.clock.advance(500 * day)
    const total = (await log.files()).length
    await expire()
    const left = (await log.files()).map((f) => f.id)
    expect(left).toEqual(expect.arrayContaining(eves))
    expect(left.length).toBeLessThan(total)
    const { json } = await world.admin('GET', '/api/v1/compliance/files?state=deleted&limit=500')
    expect(json.items[0]).toMatchObject({ deletedBecause: 'retention' })
    expect(json.total).toBe(total - left.length)

    await release(made.id)
    expect((await erase(id)).lines).toBeGreaterThan(0)
    const deleted = await world.admin('DELETE', `${log.base}/logs/${eves[0]!}`)
    expect(deleted.status).toBe(204)
    expect((await world.admin('GET', `${log.base}/logs/${eves[0]!}`)).status).toBe(404)
  })
})

describe('retention', () => {
  it('goes on after the clock was ahead', async () => {
    world.clock.advance(30_000 * day)
    await world.admin('PATCH', '/api/v1/workspace', { name: 'In 2109' })
    await log.close()
    world.clock.advance(-30_000 * day)
    await world.admin('PATCH', '/api/v1/workspace', { name: 'And back' })
    await log.close()
    // What signed the requests of this test in may be closed into a file of another type behind it.
    const back = (await log.files('&event_type=AUDIT_LOG')).at(-1)!
    expect(await log.fetchFile(back.id)).toContain('And back')
    world.clock.advance(500 * day)
    await world.app.runtime.db.tx(() => enqueue({ name: 'compliance.retention', payload: null }))
    await expect.poll(async () => (await log.files()).some((f) => f.id === back.id)).toBe(false)
    const listed = await world.admin('GET', `${log.base}/logs?limit=500&include=deleted`)
    expect((listed.json.data as { id: string; deleted_at: string }[]).find((f) => f.id === back.id))
      .toMatchObject({ deleted_at: expect.any(String) as string }) // prettier-ignore
  })

  it('is as long as somebody chose', async () => {
    const { json } = await world.admin('GET', '/api/v1/compliance/types')
    const type = (json.items as { eventType: string; revision: number }[]).find(
      (one) => one.eventType === 'AUTH_LOG',
    )!
    const path = '/api/v1/compliance/types/AUTH_LOG'
    const change = { revision: type.revision, retentionDays: 30, windowSeconds: 3600 }
    expect((await world.admin('PATCH', path, change)).json).toMatchObject({
      retentionDays: 30,
      windowSeconds: 3600,
    })
    expect((await world.admin('PATCH', path, change)).status).toBe(409)
    expect(world.logged.join('')).not.toContain(adminKey)
  })

  it('keeps sums of what is there, by which the lists count', async () => {
    // A file may be closed between two answers: then they are asked again.
    const differing = async () => {
      const { json } = await world.admin('GET', '/api/v1/compliance/types')
      const differ: string[] = []
      for (const type of json.items as { eventType: string; files: number; bytes: number }[]) {
        const there = await log.files(`&event_type=${type.eventType}`)
        const bytes = there.reduce((sum, file) => sum + file.bytes, 0)
        if (type.files !== there.length || type.bytes !== bytes) differ.push(type.eventType)
      }
      const csv = await world.admin('GET', '/api/v1/compliance/files?format=csv')
      const all = await world.admin('GET', '/api/v1/compliance/files?limit=1')
      const listed = csv.text.trimEnd().split('\r\n').length - 1
      return listed === all.json.total ? differ : [...differ, 'csv']
    }
    await expect.poll(differing).toEqual([])
  })
})

/** As the job does it every night. */
async function expire(): Promise<void> {
  const { runtime } = world.app
  for (const job of retentionJobs(
    runtime,
    asideInPlace(() => runtime),
  ))
    await job.handle(null)
}
