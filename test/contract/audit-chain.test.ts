import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noLink } from '#features/audit/proof/link.ts'
import { readCheckpoint } from '#features/audit/proof/checkpoint.ts'
import {
  createVerifier,
  readTrust,
  type Trust,
  type Verdict,
} from '#features/audit/proof/verify.ts'
import { all, queries, run } from '#kernel/work.ts'
import { day, hour, minute } from '#kernel/clock.ts'
import { openInbox } from '../signin.ts'
import { startWorld, type Answer, type World } from '../world.ts'

interface Tables {
  audit_records: { id: string; at: number; action: string; actor_label: string }
  audit_chain: { seq: number; record_id: string; salt: string; commitment: string; link: string }
  audit_waiting: { id: string }
  audit_checkpoints: { records: number; link: string; text: string }
}
const q = queries<Tables>()

let world: World
let inbox: Awaited<ReturnType<typeof openInbox>>
beforeAll(async () => {
  inbox = await openInbox()
  world = await startWorld({ env: inbox.env })
  for (let n = 0; n < 12; n++) await good('POST', '/groups', { name: `Group ${n}` })
})
afterAll(async () => {
  await world.close()
  await inbox.close()
})

async function good(method: string, path: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, `/api/v1${path}`, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}
const exported = async (from = 1): Promise<string> =>
  (await world.admin('GET', `/api/v1/audit/export?from=${from}`)).text
const settled = () =>
  expect.poll(async () => (await good('GET', '/audit/chain')).waiting.count as number).toBe(0)

function verify(text: string, trust: Trust): Verdict {
  const verifier = createVerifier(trust)
  for (const line of text.trimEnd().split('\n')) verifier.line(Buffer.from(line))
  return verifier.end()
}
const publicKey = async (): Promise<string> =>
  (await world.call('GET', '/api/v1/audit/public-key')).json.publicKey as string

async function verified(): Promise<Answer['json']> {
  const { id } = await good('POST', '/audit/verifications')
  await expect
    .poll(async () => (await good('GET', `/audit/verifications/${id as string}`)).state as string)
    .toBe('done')
  return good('GET', `/audit/verifications/${id as string}`)
}

describe('the chain', () => {
  it('holds every committed record once, in a row, soon after its act', async () => {
    await settled()
    const { rows, records } = await world.app.runtime.db.read(function* () {
      return {
        rows: yield* all(q.selectFrom('audit_chain').selectAll().orderBy('seq')),
        records: yield* all(q.selectFrom('audit_records').select('id')),
      }
    })
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
    expect(rows.map((row) => row.record_id).toSorted()).toEqual(
      records.map(({ id }) => id).toSorted(),
    )
    expect(new Set(rows.map(({ salt }) => salt)).size).toBe(rows.length)
    const { place } = await good('GET', `/activity/${rows[2]?.record_id ?? ''}`)
    expect(place).toEqual({ seq: 3, commitment: rows[2]?.commitment, link: rows[2]?.link })
  })

  it('is one chain when many act and link at the same time', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => good('POST', '/groups', { name: `At once ${n}` })),
    )
    const { outcome, records } = verify(await exported(), { key: await publicKey() })
    expect(outcome).toBe('covered')
    const { total } = await good('GET', '/activity?limit=1')
    expect(records).toBe(total)
  })

  it('says nothing is vouched for before it where nothing was there', async () => {
    expect(await good('GET', '/audit/chain')).toMatchObject({ inherited: null })
  })
})

describe('checkpoints', () => {
  it('are signed by the published key, once for each length of the chain', async () => {
    const made = await good('POST', '/audit/checkpoints')
    const read = readCheckpoint(made.text as string)
    expect(read).toMatchObject({ key: await publicKey(), records: made.records, link: made.link })
    await exported()
    const { items, total } = await good('GET', '/audit/checkpoints')
    expect(new Set((items as { records: number }[]).map(({ records }) => records)).size).toBe(total)
  })

  it('go out by mail, once a day, and to webhooks, each time', async () => {
    const { revision } = await good('GET', '/audit/outlets')
    const chosen = { mailTo: ['auditor@acme.example'], webhooks: [], revision: revision as number }
    await good('PUT', '/audit/outlets', chosen)
    expect((await world.admin('PUT', '/api/v1/audit/outlets', chosen)).json.code).toBe(
      'edited_meanwhile',
    )
    const made = await good('POST', '/audit/checkpoints')
    const mail = await inbox.next(/signed checkpoint/)
    expect(mail.text.replaceAll('\r\n', '\n')).toContain(made.text)
    expect(readTrust(mail.text)?.checkpoint?.records).toBe(made.records)
    const stateOf = async () =>
      (await good('GET', '/audit/checkpoints?limit=1')).items[0].sends as unknown
    await expect.poll(stateOf).toMatchObject([{ label: 'auditor@acme.example', state: 'sent' }])
    world.clock.advance(hour)
    expect((await good('POST', '/audit/checkpoints')).sends).toEqual([])
    world.clock.advance(day)
    expect((await good('POST', '/audit/checkpoints')).sends).toHaveLength(1)
  })

  it('are refused a webhook that is not there', async () => {
    const { revision } = await good('GET', '/audit/outlets')
    const answer = await world.admin('PUT', '/api/v1/audit/outlets', {
      mailTo: [],
      webhooks: ['end_x'],
      revision,
    })
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_input' } })
  })
})

describe('an export', () => {
  it('is verified without the server, and goes on where a checkpoint ended', async () => {
    const first = await good('POST', '/audit/checkpoints')
    await good('POST', '/groups', { name: 'Later' })
    const trust = readTrust(first.text as string) ?? {}
    expect(verify(await exported(), trust)).toMatchObject({
      outcome: 'covered',
      inherited: null,
    })
    expect(verify(await exported(first.records as number), trust)).toMatchObject({
      outcome: 'covered',
    })
    const answer = await world.admin('GET', '/api/v1/audit/export?from=99999')
    expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })

  it('holds no more than was recorded, as JSON, and stays what it is', async () => {
    const lines = (await exported()).trimEnd().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ from: 1, before: noLink })
    for (const line of lines) expect(typeof JSON.parse(line)).toBe('object')
    const again = (await exported()).split('\n')
    expect(again.slice(1, 10)).toEqual(lines.slice(1, 10))
  })

  it('as CSV and JSON holds every record', async () => {
    const { total } = await good('GET', '/activity?limit=1')
    const csv = (await world.admin('GET', '/api/v1/activity?format=csv')).text
    const json = (await world.admin('GET', '/api/v1/activity?format=json')).json as unknown[]
    expect(csv.trimEnd().split('\r\n').length - 1).toBeGreaterThanOrEqual(total as number)
    expect(json.length).toBeGreaterThanOrEqual(total as number)
  })
})

describe('what somebody does in the database', () => {
  const trail = (change: () => ReturnType<typeof run>) => world.app.runtime.db.tx(change)
  const chained = async (): Promise<readonly Tables['audit_chain'][]> =>
    world.app.runtime.db.read(() => all(q.selectFrom('audit_chain').selectAll().orderBy('seq')))
  /** Does it, asks what a verification and an export say, and undoes it. */
  async function after(
    act: () => ReturnType<typeof run>,
    undo: () => ReturnType<typeof run>,
  ): Promise<{ readonly found: unknown; readonly exportSays: readonly string[] }> {
    await settled()
    await trail(act)
    try {
      const { findings } = (await verified()) as {
        findings: { trouble: string; seq: number | null }[]
      }
      const verdict = verify(await exported(), { key: await publicKey() })
      return {
        found: findings.map(({ trouble, seq }) => [trouble, seq]),
        exportSays: verdict.findings.map(({ trouble }) => trouble),
      }
    } finally {
      await trail(undo)
    }
  }

  it('nothing: all is well', async () => {
    expect(await verified()).toMatchObject({ state: 'done', troubles: 0, findings: [] })
  })

  it('an edit', async () => {
    const { record_id } = (await chained())[4] ?? { record_id: '' }
    const set = (label: string) => () =>
      run(q.updateTable('audit_records').set({ actor_label: label }).where('id', '=', record_id))
    const [before] = await world.app.runtime.db.read(() =>
      all(q.selectFrom('audit_records').selectAll().where('id', '=', record_id)),
    )
    const said = await after(set('eve'), set(before?.actor_label ?? ''))
    expect(said).toEqual({ found: [['edited', 5]], exportSays: ['edited'] })
  })

  it('a deletion, of the record and of its link', async () => {
    const row = (await chained())[4]!
    const [record] = await world.app.runtime.db.read(() =>
      all(q.selectFrom('audit_records').selectAll().where('id', '=', row.record_id)),
    )
    const gone = () => run(q.deleteFrom('audit_records').where('id', '=', row.record_id))
    const back = () => run(q.insertInto('audit_records').values(record!))
    const said = await after(gone, back)
    expect(said.found).toEqual([['missing', 5]])
    expect(said.exportSays).toEqual(['missing', 'link'])
    const both = await after(
      function* () {
        yield* run(q.deleteFrom('audit_chain').where('seq', '=', 5))
        return yield* gone()
      },
      function* () {
        yield* run(q.insertInto('audit_chain').values(row))
        return yield* back()
      },
    )
    expect(both.found).toEqual([
      ['missing', 5],
      ['link', 6],
    ])
  })

  it('an insertion beside the chain', async () => {
    const [record] = await world.app.runtime.db.read(() =>
      all(q.selectFrom('audit_records').selectAll().limit(1)),
    )
    const said = await after(
      () => run(q.insertInto('audit_records').values({ ...record!, id: 'aud_forged' })),
      () => run(q.deleteFrom('audit_records').where('id', '=', 'aud_forged')),
    )
    expect(said.found).toEqual([['order', null]])
  })

  it('two records that change places', async () => {
    const [, , , a, b] = await chained()
    const place = (...seqs: readonly [number, number]) =>
      function* () {
        const set = (row: Tables['audit_chain'] | undefined, seq: number) =>
          run(
            q
              .updateTable('audit_chain')
              .set({ seq })
              .where('record_id', '=', row?.record_id ?? ''),
          )
        yield* set(a, -1)
        yield* set(b, seqs[1])
        return yield* set(a, seqs[0])
      }
    const said = await after(place(5, 4), place(4, 5))
    expect(said.found).toContainEqual(['link', 4])
    expect(said.exportSays).toContain('link')
  })

  it('an end that is cut off', async () => {
    const signed = await good('POST', '/audit/checkpoints')
    const from = signed.records as number
    const cut = (await chained()).filter(({ seq }) => seq >= from)
    const ids = cut.map((row) => row.record_id)
    const records = await world.app.runtime.db.read(() =>
      all(q.selectFrom('audit_records').selectAll().where('id', 'in', ids)),
    )
    // The records go with their links; what was signed stays.
    await trail(function* () {
      yield* run(q.deleteFrom('audit_records').where('id', 'in', ids))
      return yield* run(q.deleteFrom('audit_chain').where('seq', '>=', from))
    })
    const trust = readTrust(signed.text as string) ?? {}
    // The verification itself is a record, which takes the place of the one that is gone.
    const { findings } = await verified()
    expect(findings[0]).toMatchObject({ trouble: 'rewritten', seq: from })
    const verdict = verify(await exported(), trust)
    expect(verdict.findings.map(({ trouble }) => trouble)).toContain('rewritten')
    await settled()
    await trail(function* () {
      yield* run(q.deleteFrom('audit_chain').where('seq', '>=', from))
      yield* run(q.deleteFrom('audit_checkpoints').where('records', '>', from))
      for (const record of records) yield* run(q.insertInto('audit_records').values(record))
      for (const row of cut) yield* run(q.insertInto('audit_chain').values(row))
      const linked = q.selectFrom('audit_chain').select('record_id')
      const waiting = q.selectFrom('audit_waiting').select('id')
      const left = yield* all(
        q
          .selectFrom('audit_records')
          .select('id')
          .where('id', 'not in', linked)
          .where('id', 'not in', waiting),
      )
      return yield* run(q.insertInto('audit_waiting').values(left.map(({ id }) => ({ id }))))
    })
    expect(await verified()).toMatchObject({ troubles: 0 })
  })

  it('is an alarm once it was found', async () => {
    const { record_id } = (await chained())[1] ?? { record_id: '' }
    const [before] = await world.app.runtime.db.read(() =>
      all(q.selectFrom('audit_records').selectAll().where('id', '=', record_id)),
    )
    const set = (label: string) => () =>
      run(q.updateTable('audit_records').set({ actor_label: label }).where('id', '=', record_id))
    const alarms = async () =>
      ((await good('GET', '/overview')).alarms as { key: string }[]).map(({ key }) => key)
    await trail(set('eve'))
    await verified()
    await expect.poll(alarms).toContain('audit-chain')
    await trail(set(before?.actor_label ?? ''))
    await verified()
    await expect.poll(alarms).not.toContain('audit-chain')
  })
})

describe('refused attempts and uses', () => {
  const acts = async (action: string) =>
    (await good('GET', `/activity?action=${action}&limit=500`)).items as {
      actor: { label: string }
      after: Record<string, unknown>
      target: { label: string }
      ip: string | null
    }[]

  it('of a known caller stand in the trail at once, once a minute with how often', async () => {
    const { secret } = await good('POST', '/keys', { name: 'weak', scopes: ['metrics.read'] })
    const key = secret as string
    for (let n = 0; n < 3; n++) await world.call('GET', '/api/v1/members', { key })
    const mine = async () => (await acts('access.deny')).filter((r) => r.actor.label === 'weak')
    await expect.poll(async () => (await mine()).length).toBe(1)
    expect((await mine())[0]).toMatchObject({
      target: { label: 'GET members.list' },
      after: { refused: 'forbidden', attempts: 1 },
    })
    world.clock.advance(minute)
    await expect.poll(async () => (await mine()).length).toBe(2)
    expect((await mine())[0]?.after).toMatchObject({ attempts: 2, again: true })
  })

  it('with a key that was revoked name the key', async () => {
    const { secret, key } = await good('POST', '/keys', { name: 'over', scopes: ['audit.read'] })
    await good('DELETE', `/keys/${key.id as string}`)
    await world.call('GET', '/api/v1/activity', { key: secret as string })
    await expect
      .poll(async () => (await acts('access.deny')).map((r) => r.actor.label))
      .toContain('over')
  })

  it('of nobody known are one record a minute and address', async () => {
    const before = (await acts('access.deny-strangers')).length
    for (let n = 0; n < 5; n++) await world.call('GET', '/api/v1/members')
    await world.call('GET', '/api/v1/session')
    world.clock.advance(minute)
    await expect.poll(async () => (await acts('access.deny-strangers')).length).toBe(before + 1)
    expect((await acts('access.deny-strangers'))[0]?.after).toEqual({
      attempts: 5,
      refused: { 'members.list unauthenticated': 5 },
    })
  })

  it('of a service key are one record an hour and address', async () => {
    const { secret } = await good('POST', '/keys', { name: 'busy', scopes: ['audit.read'] })
    const use = () => world.call('GET', '/api/v1/activity?limit=1', { key: secret as string })
    const mine = async () => (await acts('key.use')).filter((r) => r.actor.label === 'busy')
    for (let n = 0; n < 4; n++) await use()
    await expect.poll(async () => (await mine()).length).toBe(1)
    world.clock.advance(hour)
    await use()
    await expect.poll(async () => (await mine()).length).toBe(2)
  })
})
