import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendAudit, gatehouse, type AuditTables } from '#kernel/audit.ts'
import { day, hour, minute, second } from '#kernel/clock.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import { createDenials } from '#src/features/audit/denials.ts'
import { createChainer } from '#src/features/audit/chainer.ts'
import { takeLease } from '#src/features/audit/store.ts'
import type { AuditChainTables } from '#src/features/audit/tables.ts'
import {
  createVerifier,
  readTrust,
  type Trust,
  type Verdict,
} from '#features/audit/proof/verify.ts'
import { openBucket, type Bucket } from '../s3.ts'
import { isSigned, openReceiver, type Receiver } from '../told.ts'
import { startWorld, type Answer, type World } from '../world.ts'

const q = queries<AuditChainTables & AuditTables>()

let world: World
let receiver: Receiver
let bucket: Bucket
beforeAll(async () => {
  receiver = await openReceiver()
  bucket = await openBucket('proof', 'eu-central-1')
  world = await startWorld({
    env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: `${receiver.host},${bucket.host}` },
  })
  for (let n = 0; n < 5; n++) await good('POST', '/groups', { name: `Group ${n}` })
})
afterAll(async () => {
  await world.close()
  await receiver.close()
  await bucket.close()
})

async function good(method: string, path: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, `/api/v1${path}`, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}
const db = () => world.app.runtime.db
const change = (act: () => Work<unknown>) => db().tx(act)
const settled = () =>
  expect.poll(async () => (await good('GET', '/audit/chain')).waiting.count as number).toBe(0)
interface Found {
  readonly state: string
  readonly findings: readonly { readonly trouble: string; readonly message: string }[]
}
interface Send {
  readonly label: string
  readonly state: string
  readonly message: string | null
}
const acts = async (action: string) =>
  (await good('GET', `/activity?action=${action}&limit=500`)).items as readonly object[]
const alarms = async () =>
  ((await good('GET', '/overview')).alarms as { key: string }[]).map(({ key }) => key)
const sends = async () =>
  (await good('GET', '/audit/checkpoints?limit=1')).items[0].sends as readonly Send[]
async function verifyNow(): Promise<Found> {
  const path = `/audit/verifications/${(await good('POST', '/audit/verifications')).id as string}`
  const now = async () => (await good('GET', path)) as Found
  await expect.poll(async () => (await now()).state).toBe('done')
  return now()
}
const destination = async (body: object): Promise<string> =>
  (await good('POST', '/compliance/destinations', { from: 'now', ...body })).destination
    .id as string
async function exportSays(trust: Trust): Promise<Verdict> {
  const verifier = createVerifier(trust)
  const { text } = await world.admin('GET', '/api/v1/audit/export')
  for (const line of text.trimEnd().split('\n')) verifier.line(Buffer.from(line))
  return verifier.end()
}

describe('a checkpoint leaves', () => {
  it('to a webhook, a bucket and a folder, each time, and proves the trail from there', async () => {
    const hook = await good('POST', '/webhooks', {
      name: 'Auditor',
      kind: 'signed',
      url: receiver.url,
    })
    const { endpoint, accessKeyId, secretAccessKey } = bucket
    const region = 'eu-central-1'
    const toBucket = await destination({
      name: 'Bucket',
      kind: 's3',
      settings: { endpoint, accessKeyId, region, bucket: 'proof', prefix: 'acme/' },
      secretAccessKey,
    })
    const toFolder = await destination({
      name: 'Folder',
      kind: 'folder',
      settings: { folder: 'proof' },
    })
    const { revision } = await good('GET', '/audit/outlets')
    const archives = [toBucket, toFolder]
    const chosen = { mailTo: [], webhooks: [hook.endpoint.id], archives, revision }
    expect(await good('PUT', '/audit/outlets', chosen)).toMatchObject({
      archives: [
        { name: 'Bucket', on: true },
        { name: 'Folder', on: true },
      ],
    })
    const made = await good('POST', '/audit/checkpoints')
    const name = `audit-checkpoints/${String(made.records).padStart(12, '0')}.txt`
    await expect.poll(() => bucket.objects.get(`acme/${name}`)).toBe(made.text)
    await expect
      .poll(() => receiver.calls.find(({ body }) => body.includes('audit.checkpoint')))
      .toBeDefined()
    const call = receiver.calls.find(({ body }) => body.includes('audit.checkpoint'))!
    expect(await isSigned(call, hook.secret as string)).toBe(true)
    expect(readTrust(call.body)?.checkpoint?.text).toBe(made.text)
    const states = async () => (await sends()).map(({ label, state }) => `${label} ${state}`)
    await expect.poll(states).toEqual(['Bucket sent', 'Folder sent', 'Auditor sent'])
    const file = readFileSync(join(world.data, 'exports', 'proof', name), 'utf8')
    expect(await exportSays(readTrust(file) ?? {})).toMatchObject({ outcome: 'covered' })
  })

  it('later to a bucket that refuses it now, and says so meanwhile', async () => {
    bucket.refuse(403, 'AccessDenied')
    await good('POST', '/groups', { name: 'While the bucket refuses' })
    const { records } = await good('POST', '/audit/checkpoints')
    await expect.poll(sends).toContainEqual(expect.objectContaining({ state: 'failed' }))
    expect((await sends()).find(({ state }) => state === 'failed')).toMatchObject({
      label: 'Bucket',
      message: expect.stringContaining('AccessDenied'),
    })
    bucket.refuse()
    world.clock.advance(hour)
    const name = `acme/audit-checkpoints/${String(records).padStart(12, '0')}.txt`
    await expect.poll(() => bucket.objects.get(name)).toBeDefined()
  })

  it('only to folders and buckets that are there', async () => {
    const { revision } = await good('GET', '/audit/outlets')
    const body = { mailTo: [], webhooks: [], archives: ['cds_none'], revision }
    expect(await world.admin('PUT', '/api/v1/audit/outlets', body)).toMatchObject({
      status: 400,
      json: { code: 'invalid_input', errors: [{ field: 'body.archives' }] },
    })
    const none = { mailTo: [], webhooks: [], archives: [], revision }
    await good('PUT', '/audit/outlets', none)
  })
})

describe('the chain is not signed', () => {
  it('when it is another one than was signed last, even with the checkpoints taken out', async () => {
    await good('POST', '/audit/checkpoints')
    const [last, rows] = await db().read(function* () {
      return [
        yield* first(q.selectFrom('audit_chain').selectAll().orderBy('seq', 'desc').limit(1)),
        yield* all(q.selectFrom('audit_checkpoints').selectAll()),
      ]
    })
    const setLink = (link: string) =>
      run(q.updateTable('audit_chain').set({ link }).where('seq', '=', last!.seq))
    await change(function* () {
      yield* setLink('f'.repeat(64))
      yield* run(q.deleteFrom('audit_checkpoints'))
    })
    await good('POST', '/groups', { name: 'After the forgery' })
    expect(await world.admin('POST', '/api/v1/audit/checkpoints')).toMatchObject({
      status: 409,
      json: { code: 'wrong_state' },
    })
    expect(await alarms()).toContain('audit-unsigned')
    expect(await good('GET', '/audit/chain')).toMatchObject({ refusedSince: world.clock.now })
    // What there is can still be taken away and looked at.
    const publicKey = (await good('GET', '/audit/public-key')).publicKey as string
    expect(await exportSays({ key: publicKey })).toMatchObject({ outcome: 'broken', vouched: null })
    await settled()
    await change(function* () {
      yield* run(q.deleteFrom('audit_chain').where('seq', '>', last!.seq))
      yield* setLink(last!.link)
      for (const row of rows) yield* run(q.insertInto('audit_checkpoints').values(row))
      yield* waitAgain()
    })
    expect((await good('POST', '/audit/checkpoints')).records).toBeGreaterThan(last!.seq)
    expect(await alarms()).not.toContain('audit-unsigned')
    expect(await verifyNow()).toMatchObject({ troubles: 0 })
  })

  /** Puts what has no link back to where it waits for one. */
  function* waitAgain(): Work<void> {
    const there = yield* all(
      q
        .selectFrom('audit_records')
        .select('id')
        .where('id', 'not in', q.selectFrom('audit_chain').select('record_id'))
        .where('id', 'not in', q.selectFrom('audit_waiting').select('id')),
    )
    if (there.length > 0) yield* run(q.insertInto('audit_waiting').values(there))
  }

  it('unseen in another place than its text says', async () => {
    await good('POST', '/audit/checkpoints')
    const row = await db().read(() =>
      first(q.selectFrom('audit_checkpoints').selectAll().orderBy('records').limit(1)),
    )
    const set = (at: number) =>
      change(() =>
        run(q.updateTable('audit_checkpoints').set({ at }).where('records', '=', row!.records)),
      )
    await set(row!.at + minute)
    expect((await verifyNow()).findings).toMatchObject([
      { trouble: 'signature', seq: row!.records },
    ])
    await set(row!.at)
  })

  it('shorter than it was signed', async () => {
    for (let n = 0; n < 5; n++) await good('POST', '/groups', { name: `Tail ${n}` })
    const { records } = await good('POST', '/audit/checkpoints')
    const from = (records as number) - 4
    const cut = await db().read(() =>
      all(q.selectFrom('audit_chain').selectAll().where('seq', '>=', from).orderBy('seq')),
    )
    const ids = cut.map((row) => row.record_id)
    const gone = await db().read(() =>
      all(q.selectFrom('audit_records').selectAll().where('id', 'in', ids)),
    )
    await settled()
    await change(function* () {
      yield* run(q.deleteFrom('audit_records').where('id', 'in', ids))
      yield* run(q.deleteFrom('audit_chain').where('seq', '>=', from))
    })
    expect((await verifyNow()).findings).toContainEqual(
      expect.objectContaining({
        trouble: 'cut',
        message: expect.stringMatching(`^A checkpoint says ${records as number} records, and`),
      }),
    )
    await settled()
    await change(function* () {
      yield* run(q.deleteFrom('audit_chain').where('seq', '>=', from))
      for (const row of gone) yield* run(q.insertInto('audit_records').values(row))
      for (const row of cut) yield* run(q.insertInto('audit_chain').values(row))
      yield* waitAgain()
    })
    expect(await verifyNow()).toMatchObject({ troubles: 0 })
  })
})

describe('a verification', () => {
  it('that was never heard of again stands in nobody’s way', async () => {
    const lost = {
      id: 'avf_0',
      state: 'running' as const,
      started_at: world.clock.now,
      started_by: 'somebody',
      total: 5,
      checked: 0,
      heard_at: world.clock.now,
      finished_at: null,
      troubles: 0,
      findings: '[]',
    }
    await change(() => run(q.insertInto('audit_verifications').values(lost)))
    expect((await good('POST', '/audit/verifications')).id).toBe(lost.id)
    world.clock.advance(hour)
    expect(await verifyNow()).toMatchObject({ state: 'done', troubles: 0 })
    expect(await good('GET', `/audit/verifications/${lost.id}`)).toMatchObject({ state: 'failed' })
  })
})

describe('the chainer', () => {
  const record = (n: number) =>
    appendAudit({
      id: world.app.runtime.ids('aud'),
      at: world.clock.now,
      actor: gatehouse,
      action: 'test.act',
      target: { kind: 'test', id: `t${n}`, label: `Test ${n}` },
      requestId: null,
      ip: null,
    })
  const chainer = () =>
    createChainer(world.app.runtime, function* () {
      // Nothing is gone here.
    })

  it('makes one chain of what several processes link, while records come', async () => {
    const others = [chainer(), chainer()]
    for (const other of others) other.start()
    for (let n = 0; n < 12; n++)
      await change(function* () {
        for (let m = 0; m < 25; m++) yield* record(m)
      })
    await settled()
    await Promise.all(others.map((other) => other.stop()))
    const rows = await db().read(() =>
      all(q.selectFrom('audit_chain').select(['seq', 'record_id']).orderBy('seq')),
    )
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
    expect(await verifyNow()).toMatchObject({ troubles: 0 })
  })

  it('is replaced when it died, and waits for no clock that was ahead', async () => {
    const at = world.clock.now + day
    const take = (holder: string, now: number) =>
      db().tx(() => takeLease(holder, now, now + 5 * second))
    await change(() => run(q.deleteFrom('audit_lease')))
    expect(await take('acr_a', at)).toBe(true)
    expect(await take('acr_b', at + second)).toBe(false)
    expect(await take('acr_a', at + 4 * second)).toBe(true)
    expect(await take('acr_b', at + 8 * second)).toBe(false)
    expect(await take('acr_b', at + 10 * second)).toBe(true)
    // The clock goes back by an hour: the lease from then would bind until it is there again.
    expect(await take('acr_a', at - hour)).toBe(true)
    await change(() => run(q.deleteFrom('audit_lease')))
  })

  it('ends with the batch it is at, however much an upgrade brought', async () => {
    const one = chainer()
    await change(function* () {
      for (let n = 0; n < 1500; n++) yield* record(n)
    })
    one.start()
    await one.stop()
    const left = await db().read(() =>
      first(q.selectFrom('audit_waiting').select((e) => e.fn.countAll<number>().as('n'))),
    )
    expect(left?.n).toBeGreaterThan(0)
    await settled()
  })

  it('says at once that a record was taken out before it was linked, and goes on', async () => {
    await settled()
    await change(() => run(q.insertInto('audit_waiting').values({ id: 'aud_taken-out' })))
    await settled()
    expect(await acts('audit.miss-record')).toMatchObject([{ target: { id: 'aud_taken-out' } }])
    await expect.poll(alarms).toContain('audit-chain')
    const { verified } = await good('GET', '/audit/chain')
    expect(verified).toMatchObject({ startedBy: 'Gatehouse', findings: [{ trouble: 'missing' }] })
    // The proof goes on around the gap, and never says that all is well.
    const { text } = await good('POST', '/audit/checkpoints')
    expect(await exportSays(readTrust(text as string) ?? {})).toMatchObject({ outcome: 'broken' })
  })
})

describe('refused attempts', () => {
  it('are all counted, however many different ones somebody tries', async () => {
    const { runtime } = world.app
    const denials = createDenials(runtime)
    const try_ = (who: string, route: number) => {
      denials.note({
        actor: { kind: 'key', id: who, label: who },
        route: `route.${route}`,
        method: 'GET',
        code: 'forbidden',
        ip: '192.0.2.1',
        requestId: 'req_1',
        at: world.clock.now,
      })
    }
    for (let n = 0; n < 1200; n++) try_('key_loud', n)
    for (let n = 0; n < 3; n++) try_('key_quiet', n)
    await denials.flush(true)
    const records = (await db().read(() =>
      all(
        q
          .selectFrom('audit_records')
          .select(['actor_id', 'detail'])
          .where('actor_id', 'in', ['key_loud', 'key_quiet']),
      ),
    )) as readonly { actor_id: string; detail: string }[]
    const attempts = (who: string) =>
      records
        .filter((row) => row.actor_id === who)
        .map(({ detail }) => (JSON.parse(detail) as { after: { attempts: number } }).after.attempts)
        .reduce((a, b) => a + b, 0)
    expect([attempts('key_loud'), attempts('key_quiet')]).toEqual([1200, 3])
  })
})

describe('the use of a key', () => {
  it('of an enrolment stands in the trail once a day and address', async () => {
    const made = await good('POST', '/enrolments', { name: 'Laptops', groupId: null })
    const fetch = () => world.call('GET', `/c/${made.key as string}/codex/config/bundle`)
    for (let n = 0; n < 3; n++) await fetch()
    const uses = () => acts('enrolment.use-key')
    await expect.poll(uses).toMatchObject([
      {
        actor: { kind: 'enrolment', id: made.enrolment.id, label: 'Laptops' },
        target: { kind: 'enrolment', label: 'Laptops' },
      },
    ])
    world.clock.advance(day)
    await fetch()
    await expect.poll(async () => (await uses()).length).toBe(2)
  })
})
