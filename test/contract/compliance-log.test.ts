import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIngestTokens } from '#features/telemetry/index.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { closeDue } from '#src/features/compliance/close.task.ts'
import type { LogFile } from '#features/compliance/schema.ts'
import { checkFile } from '#src/features/compliance/line.ts'
import { signIn } from '../signin.ts'
import { complianceLog, linesIn, type ComplianceLog } from '../compliance-log.ts'
import { owner, startWorld, type World } from '../world.ts'

let world: World
let log: ComplianceLog
let base = ''

beforeAll(async () => {
  world = await startWorld()
  log = await complianceLog(world)
  base = log.base
})
afterAll(() => world.close())

/** Files that are closed for an act of a test alone: uses of keys are recorded when they have been seen. */
const audit = '&event_type=AUDIT_LOG'

const close = () => log.close()
const linked = () => log.linked()
const files = (query?: string) => log.files(query)
const fetchFile = (id: string, query?: string) => log.fetchFile(id, query)
const allLines = (type: string) => log.allLines(type)
const rename = (name: string) => world.admin('PATCH', '/api/v1/workspace', { name })
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('the compliance log', () => {
  it('has every act and sign-in once, in files of their type', async () => {
    await rename('Acme')
    await signIn(world, owner.email, owner.password)
    await close()
    await rename('Acme again')
    await close()
    await close()
    const acts = await allLines('AUDIT_LOG')
    const auth = await allLines('AUTH_LOG')
    const { json } = await world.admin('GET', '/api/v1/activity?limit=500')
    const records = (json.items as { id: string }[]).map(({ id }) => id)
    expect([...acts, ...auth].map((line) => line['event_id']).sort()).toEqual(records.sort())
    expect(acts.filter((line) => line['action'] === 'workspace.rename')).toMatchObject([
      { event_type: 'AUDIT_LOG', actor: { type: 'key' }, after: { name: 'Acme' } },
      { before: { name: 'Acme' }, after: { name: 'Acme again' } },
    ])
    expect(auth.map((line) => line['action'])).toContain('session.start')
    expect(acts.some((line) => String(line['action']).startsWith('session.'))).toBe(false)
  })

  it('closes a file by itself when its window is over, and not before', async () => {
    const count = async () => (await files(audit)).length
    const before = await count()
    world.clock.advance(minute)
    await rename('By itself')
    await expect.poll(count).toBe(before + 1)
    await rename('Within the window')
    await linked()
    await closeDue(world.app.runtime)
    expect(await count()).toBe(before + 1)
    await close()
    expect(await count()).toBe(before + 2)
  })

  it('is read page after page without a gap, whatever its types', async () => {
    for (let n = 0; n < 4; n++) {
      await rename(`Page ${n}`)
      await signIn(world, owner.email, owner.password)
      await close()
    }
    const all = (await files()).map(({ id }) => id)
    const read: string[] = []
    for (let after = '', more = true; more;) {
      const { json } = await world.admin('GET', `${base}/logs?limit=3${after}`)
      read.push(...(json.data as LogFile[]).map(({ id }) => id))
      more = json.has_more as boolean
      after = `&after=${encodeURIComponent(json.last_end_time as string)}`
    }
    expect(read).toEqual(all)
    const last = (await files()).at(-1)!
    expect(await files(`&after=${last.end_time}`)).toEqual([])
    expect((await files(`&before=${last.end_time}`)).map(({ id }) => id)).toEqual(all.slice(0, -1))
    // A zone is required, so that no two programs mean different moments; another zone is the same moment.
    expect((await world.admin('GET', `${base}/logs?after=2026-01-05T09:00:00`)).status).toBe(400)
    const west = last.end_time.replace('Z', '+00:00')
    expect(await files(`&after=${encodeURIComponent(west)}`)).toEqual([])
  })

  it('says of each file hashes that hold, linked to the file of its type before it', async () => {
    const newest = new Map<string, string>()
    for (const file of await files()) {
      const text = await fetchFile(file.id)
      expect(sha256(text)).toBe(file.sha256)
      expect(sha256(await fetchFile(file.id, '?form=sealed'))).toBe(file.sealed_sha256)
      expect(checkFile(text)).toMatchObject({ broken: [], sealedSha256: file.sealed_sha256 })
      expect(file.previous_sealed_sha256).toBe(newest.get(file.event_type) ?? null)
      expect(file.end_time > file.start_time).toBe(true)
      newest.set(file.event_type, file.sealed_sha256)
    }
    expect(newest.size).toBe(2)
  })

  it('goes on while the clock goes back, and writes nothing twice', async () => {
    await close()
    const before = await files(audit)
    world.clock.advance(-3 * day)
    await rename('In the past')
    await linked()
    await closeDue(world.app.runtime)
    const [made, ...others] = (await files(audit)).slice(before.length)
    expect(others).toEqual([])
    expect(made!.end_time > before.at(-1)!.end_time).toBe(true)
    expect(linesIn(await fetchFile(made!.id))).toMatchObject([{ after: { name: 'In the past' } }])
    world.clock.advance(3 * day)
    const ids = (await allLines('AUDIT_LOG')).map((line) => line['event_id'])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has what commits long after its id was made, behind what was written meanwhile', async () => {
    const id = world.app.runtime.ids('aud')
    world.clock.advance(hour)
    await rename('Meanwhile')
    await close()
    await world.app.runtime.db.tx(() =>
      appendAudit({
        id,
        at: world.clock.now - hour,
        actor: gatehouse,
        action: 'collection.import',
        target: { kind: 'collection', id: 'col_1', label: 'Took an hour' },
        requestId: null,
        ip: null,
      }),
    )
    await close()
    const late = (await allLines('AUDIT_LOG')).filter((line) => line['event_id'] === id)
    expect(late).toMatchObject([{ target: { label: 'Took an hour' } }])
  })

  it('takes what several processes close at once into one file', async () => {
    await rename('Once')
    await linked()
    const before = (await files(audit)).length
    world.clock.advance(minute)
    await Promise.all([1, 2, 3].map(() => closeDue(world.app.runtime)))
    expect((await files(audit)).length).toBe(before + 1)
  })
})

describe('what agents report', () => {
  it('stands in files within a moment, as telemetry keeps it', async () => {
    const made = await world.admin('POST', '/api/v1/enrolments', { name: 'Laptops', groupId: null })
    const id = made.json.enrolment.id as string
    const claims = { kind: 'enrolment', id, principalId: id, versionId: '' } as const
    const token = createIngestTokens(world.app.runtime).make(claims)
    const sample = 'src/features/telemetry/otlp/samples/logs.json'
    const report = (body: string) =>
      world.call('POST', '/otlp/v1/logs', {
        body,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      })
    const sent = await report(readFileSync(sample, 'utf8'))
    expect([sent.status, sent.text]).toEqual([200, '{}'])
    await close()
    const lines = await allLines('CODEX_LOG')
    expect(lines.length).toBeGreaterThan(2)
    const kinds = new Set(lines.map((line) => line['kind']))
    expect(kinds.has('conversation') && kinds.has('tokens')).toBe(true)
    for (const line of lines)
      expect(line).toMatchObject({
        event_type: 'CODEX_LOG',
        actor: { type: 'enrolment', id },
        client: { type: 'enrolment', id },
        timestamp: expect.stringMatching(/Z$/) as string,
      })
    const [tokens] = lines.filter((line) => line['kind'] === 'tokens')
    expect((tokens!['tokens'] as { input: number }).input).toBeGreaterThan(0)
    await close()
    expect(await allLines('CODEX_LOG')).toHaveLength(lines.length)

    // What is removed from telemetry before its file is closed is not lost to a legal hold.
    const again = await report(readFileSync(sample, 'utf8').replaceAll('"INFO"', '"WARN"'))
    expect([again.status, again.text]).toEqual([200, '{}'])
    const removed = await world.admin('DELETE', `/api/v1/telemetry/principals/${id}`)
    expect(removed.status).toBe(200)
    await expect
      .poll(async () => (await world.admin('GET', '/api/v1/activity?action=telemetry.forgotten')).json.total as number)
      .toBe(1) // prettier-ignore
    expect(await allLines('CODEX_LOG')).toHaveLength(2 * lines.length)
  })
})

describe('who reads it', () => {
  it('holds compliance.read, and deleting needs compliance.delete', async () => {
    const key = async (scope: string): Promise<string> => {
      const made = await world.admin('POST', '/api/v1/keys', { name: scope, scopes: [scope] })
      return made.json.secret as string
    }
    const [reader, other] = [await key('compliance.read'), await key('audit.read')]
    const [file] = await files()
    const ask = (method: string, with_: string, path = `/logs/${file!.id}`) =>
      world.call(method, base + path, { key: with_ })
    expect((await ask('GET', reader)).status).toBe(302)
    expect((await ask('GET', other)).status).toBe(403)
    const refused = await ask('DELETE', reader)
    expect([refused.status, refused.json.error.code]).toEqual([403, 'forbidden'])
    expect((await world.call('GET', `${base}/logs`)).status).toBe(401)
    expect((await ask('GET', reader, '/logs/clf_none')).status).toBe(404)
    const foreign = base.replace(/wsp_\w+|[^/]+$/, 'wsp_other')
    expect((await world.call('GET', `${foreign}/logs`, { key: reader })).status).toBe(404)
    expect((await ask('GET', reader, '/codex_tasks')).json).toEqual({
      object: 'list',
      data: [],
      has_more: false,
    })
  })

  it('downloads from an address that soon ends and cannot be made', async () => {
    const [file] = await files()
    const { headers } = await world.admin('GET', `${base}/logs/${file!.id}`)
    const address = headers.get('location')!
    expect((await world.call('GET', address)).status).toBe(200)
    const forged = await world.call('GET', `${address.slice(0, -6)}AAAAAA`)
    expect([forged.status, forged.json.error.code]).toEqual([404, 'not_found'])
    world.clock.advance(5 * minute)
    expect((await world.call('GET', address)).status).toBe(410)
  })
})
