import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { day, hour, minute } from '#kernel/clock.ts'
import { enqueue, queries, run } from '#kernel/work.ts'
import type { RolloutTables } from '#features/policies/rollout/migrations.ts'
import { newMember, type Person } from '../clients.ts'
import { laxer, strict } from '../company.ts'
import { configServer, setSurface, signInClient } from '../oauth.ts'
import { startWorld, type Answer, type World } from '../world.ts'

const older = `${strict}# one\n`
const newer = `${laxer}# two\n`
const pilotsOnly = (groupId: string) => ({ groupIds: [groupId], enrolmentIds: [], percent: 0 })

let world: World
let policyId: string
let pilots: string
/** Keys of an enrolment that is bound to the pilots, and of one that is not. */
let pilot: string
let other: string
let otherId: string

/** Each test has a policy of its own, in one world. */
let tests = 0

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

beforeEach(async () => {
  const name = (what: string) => `${what} ${tests}`
  tests += 1
  policyId = (await ok('POST', '/api/v1/policies', { name: name('Base'), text: older })).id
  await ok('POST', `${path()}/publish`, { message: 'first', draftRevision: 1 })
  const { revision } = await ok('GET', '/api/v1/rules')
  await ok('PUT', '/api/v1/rules/default', { policyId, expectedRevision: revision })
  pilots = (await ok('POST', '/api/v1/groups', { name: name('Pilots') })).id
  pilot = (await ok('POST', '/api/v1/enrolments', { name: name('Pilots'), groupId: pilots })).key
  const made = await ok('POST', '/api/v1/enrolments', { name: name('Others') })
  other = made.key
  otherId = made.enrolment.id
  await heard({ pilot: 1, other: 1 })
})

/** Nothing of one test stands open in the next. */
afterEach(async () => {
  await setSurface(world, 'codex_local', true)
  const { current, schedule } = await state()
  if (current) await decide('take-back')
  if (schedule) await ok('POST', `${path()}/schedule/cancel`, { id: schedule.id })
})

const path = () => `/api/v1/policies/${policyId}`

async function ok(method: string, to: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, to, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}
async function refused(method: string, to: string, body?: unknown): Promise<Answer['json']> {
  const answer = await world.admin(method, to, body)
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
  return answer.json
}
async function saveDraft(text: string): Promise<number> {
  const { revision } = await ok('GET', `${path()}/draft`)
  return (await ok('PUT', `${path()}/draft`, { text, revision })).revision as number
}
async function start(text: string, wish: object = {}): Promise<Answer['json']> {
  const draftRevision = await saveDraft(text)
  return ok('POST', `${path()}/rollout`, {
    message: 'pilot first',
    draftRevision,
    stage: pilotsOnly(pilots),
    ...wish,
  })
}
const state = () => ok('GET', `${path()}/rollout`)
async function decide(act: string, body: object = {}): Promise<void> {
  const { revision } = (await state()).current
  await ok('POST', `${path()}/rollout/${act}`, { revision, ...body })
}
const fetch = (key: string): Promise<Answer> => world.call('GET', `/c/${key}/codex/config/bundle`)

/** The version in a bundle. */
const given = (answer: Answer): number =>
  Number(/ v(\d+)$/.exec(answer.json.requirements_toml.enterprise_managed[0].name as string)?.[1])
const served = async () => ({
  pilot: given(await fetch(pilot)),
  other: given(await fetch(other)),
})
/** The directory of this process has heard of it. */
const heard = (expected: { pilot: number; other: number }) => expect.poll(served).toEqual(expected)
const acts = async (action: string) =>
  (await ok('GET', `/api/v1/activity?action=${action}&target=${policyId}`)).items as readonly {
    actor: { label: string }
    touches?: number
    after: Record<string, unknown>
  }[]
const alarms = async (): Promise<string[]> =>
  ((await ok('GET', '/api/v1/overview')).alarms as { key: string }[])
    .map(({ key }) => key.split(':')[0]!)
    .filter((key) => /rollout|schedule/.test(key))
const runJob = () =>
  world.app.runtime.db.tx(() => enqueue({ name: 'policies.run-schedules', payload: null }))

describe('a version that goes to a part first', () => {
  it('is served to the stage only, then to all', async () => {
    const act = { kind: 'rollout', policyId, stage: pilotsOnly(pilots) }
    await saveDraft(newer)
    const preview = await ok('POST', '/api/v1/change-sets/preview', { act })
    expect(preview).toMatchObject({ touches: 1, enrolments: 1 })
    const made = await start(newer, { changeSet: preview.hash })
    expect(made).toMatchObject({
      touches: 1,
      version: { number: 2, served: false, rollout: 'in_stage' },
    })
    await heard({ pilot: 2, other: 1 })
    expect(await ok('GET', path())).toMatchObject({
      published: { number: 1 },
      rollout: { version: 2, state: 'in_stage' },
      draft: { changed: false },
    })
    expect((await ok('GET', '/api/v1/policies')).items[0].rollout).toMatchObject({ version: 2 })
    const finish = { kind: 'finish_rollout', policyId }
    const { hash } = await ok('POST', '/api/v1/change-sets/preview', { act: finish })
    await decide('finish', { changeSet: hash, message: 'all is well' })
    await heard({ pilot: 2, other: 2 })
    expect(await state()).toMatchObject({
      current: null,
      past: [
        {
          version: 2,
          state: 'finished',
          steps: [
            { what: 'start', touches: 1, note: 'pilot first' },
            { what: 'finish', touches: 2, note: 'all is well' },
          ],
        },
      ],
    })
    const versions = (await ok('GET', `${path()}/versions`)).items
    expect(versions[0]).toMatchObject({ number: 2, served: true, rollout: 'finished' })
    expect((await acts('rollout.start'))[0]).toMatchObject({ touches: 1 })
    // The other enrolment, and the owner as a member.
    expect((await acts('rollout.finish'))[0]).toMatchObject({ touches: 2 })
  })

  it('is taken back from the stage, and its version stays for the record', async () => {
    await start(newer)
    await heard({ pilot: 2, other: 1 })
    await decide('take-back', { message: 'it breaks' })
    await heard({ pilot: 1, other: 1 })
    expect((await state()).past[0]).toMatchObject({ state: 'taken_back', toNote: false })
    expect((await ok('GET', `${path()}/versions/2`)).rollout).toBe('taken_back')
    expect((await ok('GET', path())).draft.changed).toBe(true)
    // It never went to everybody, so there is nothing to go back to: no way round what a publish asks.
    await ok('POST', `${path()}/publish`, {
      message: 'another',
      draftRevision: await saveDraft(`${older}# more\n`),
    })
    const back = await refused('POST', `${path()}/put-back`, { version: 2, publishedVersion: 3 })
    expect(back.detail).toBe('Version 2 was never served to everybody.')
    // The same draft may be tried again, as another version.
    expect((await start(newer)).version.number).toBe(4)
    expect(await alarms()).toEqual([])
  })

  it('goes to more, or to fewer, by one decision on top of what was seen', async () => {
    await start(newer)
    const revision = (await state()).current.revision as number
    const stage = { ...pilotsOnly(pilots), enrolmentIds: [otherId] }
    const { hash, touches } = await ok('POST', '/api/v1/change-sets/preview', {
      act: { kind: 'rollout', policyId, stage },
    })
    expect(touches).toBe(1)
    const wider = await ok('PATCH', `${path()}/rollout`, { revision, stage, changeSet: hash })
    expect(wider.current.stage).toMatchObject({
      groups: [{ id: pilots }],
      enrolments: [{ id: otherId }],
    })
    await heard({ pilot: 2, other: 2 })
    expect(await refused('PATCH', `${path()}/rollout`, { revision, stage })).toMatchObject({
      code: 'edited_meanwhile',
      current: { revision: revision + 1, state: 'in_stage' },
    })
    await ok('PATCH', `${path()}/rollout`, {
      revision: revision + 1,
      stage: { groupIds: [], enrolmentIds: [otherId], percent: 0 },
    })
    await heard({ pilot: 1, other: 2 })
    expect((await acts('rollout.change'))[0]).toMatchObject({ touches: 1 })
  })

  it('keeps the draft free, and a publish out, while it runs', async () => {
    await start(newer)
    const draftRevision = await saveDraft(`${newer}# three\n`)
    expect((await ok('GET', path())).draft.changed).toBe(true)
    const publish = await refused('POST', `${path()}/publish`, { message: 'x', draftRevision })
    expect(publish).toMatchObject({
      code: 'wrong_state',
      remedy: 'Give it to everybody or take it back first, on the Rollout tab.',
    })
    const second = { message: 'x', draftRevision, stage: pilotsOnly(pilots) }
    expect((await refused('POST', `${path()}/rollout`, second)).code).toBe('wrong_state')
    const group = await ok('GET', `/api/v1/groups/${pilots}`)
    const removal = await refused('DELETE', `/api/v1/groups/${pilots}?version=${group.version}`)
    expect(removal.code).toBe('in_use')
    expect(removal.detail).toContain('stage of a rollout of version 2')
  })

  it('ends as taken back when an older version is put back', async () => {
    await ok('POST', `${path()}/publish`, {
      message: 'second',
      draftRevision: await saveDraft(`${older}# more\n`),
    })
    await start(newer)
    await heard({ pilot: 3, other: 2 })
    const same = await refused('POST', `${path()}/put-back`, { version: 2, publishedVersion: 2 })
    expect(same.remedy).toContain('take it back on the Rollout tab')
    await ok('POST', `${path()}/put-back`, { version: 1, publishedVersion: 2 })
    await heard({ pilot: 4, other: 4 })
    expect(await state()).toMatchObject({
      current: null,
      past: [{ state: 'taken_back', steps: [{}, { note: 'Version 1 was put back.' }] }],
    })
  })

  it('needs a published version, somebody in the stage, and a good text', async () => {
    const draftRevision = await saveDraft('allowed_sandbox_modes = ["workspace-write"]\n')
    const wish = { message: 'x', draftRevision, stage: pilotsOnly(pilots) }
    expect((await refused('POST', `${path()}/rollout`, wish)).code).toBe('policy_refused')
    const nobody = { ...wish, stage: {} }
    expect((await refused('POST', `${path()}/rollout`, nobody)).errors[0].field).toBe('stage')
    const strangers = { ...wish, stage: pilotsOnly('grp_unknown') }
    expect((await refused('POST', `${path()}/rollout`, strangers)).detail).toContain('grp_unknown')
    const fresh = await ok('POST', '/api/v1/policies', { name: 'Fresh', text: older })
    const never = await refused('POST', `/api/v1/policies/${fresh.id as string}/rollout`, {
      ...wish,
      draftRevision: 1,
    })
    expect(never.detail).toBe('Fresh was never published, so it reaches nobody.')
    expect((await refused('POST', `${path()}/rollout/finish`, { revision: 1 })).code).toBe(
      'wrong_state',
    )
    expect((await refused('POST', `${path()}/rollout/note`)).code).toBe('wrong_state')
  })

  it('has one winner of two who decide at once, whatever they decide', async () => {
    for (let round = 0; round < 4; round++) {
      await start(`${newer}# round ${round}\n`)
      const { revision, version } = (await state()).current
      const answers = await Promise.all(
        ['finish', 'take-back'].map((act) =>
          world.admin('POST', `${path()}/rollout/${act}`, { revision }),
        ),
      )
      expect(answers.map((a) => a.status).sort()).toEqual([200, 409])
      const won = answers[0]!.status === 200 ? 'finished' : 'taken_back'
      expect((await state()).past[0]).toMatchObject({ version, state: won })
      expect((await ok('GET', path())).published.number === version).toBe(won === 'finished')
    }
    const draftRevision = await saveDraft(`${newer}# both\n`)
    const body = { message: 'x', draftRevision, stage: pilotsOnly(pilots) }
    const starts = await Promise.all([
      world.admin('POST', `${path()}/rollout`, body),
      world.admin('POST', `${path()}/rollout`, body),
    ])
    expect(starts.map((a) => a.status).sort()).toEqual([201, 409])
  })

  it('says who was served it and who waits, page by page and as a file', async () => {
    const stage = { ...pilotsOnly(pilots), enrolmentIds: [otherId] }
    await start(newer, { stage })
    await heard({ pilot: 2, other: 2 })
    await expect.poll(async () => (await state()).progress.served as number).toBe(2)
    const fresh = await ok('POST', '/api/v1/enrolments', { name: 'Zeta', groupId: pilots })
    await fetch(fresh.key as string)
    const list = `${path()}/rollout/principals`
    const all = await ok('GET', `${list}?limit=2`)
    expect(all).toMatchObject({
      total: 3,
      items: [
        { id: otherId, kind: 'enrolment', state: 'served', last: { version: 2 } },
        { state: 'served', servedAt: world.clock.now },
      ],
    })
    const next = await ok('GET', `${list}?limit=2&cursor=${String(all.next)}`)
    expect(next.items).toHaveLength(1)
    expect(next.next).toBeNull()
    expect((await ok('GET', `${list}?q=zet`)).items[0].label).toBe('Zeta')
    expect((await ok('GET', `${list}?kind=member`)).total).toBe(0)
    const csv = await world.admin('GET', `${list}?format=csv&q=others`)
    expect(csv.text.split('\r\n')[1]).toMatch(/^enrolment,Others \d+,served,2026-/)
  })
})

describe('the picture of an outage', () => {
  it('holds the staged version for the stage, and so does the break-glass export', async () => {
    await start(newer)
    await heard({ pilot: 2, other: 1 })
    const file = join(world.data, 'outage', 'bundles.json')
    const of = (what: string) => `${what} ${tests}`
    interface Filed {
      readonly keys: readonly { readonly enrolment: string; readonly outcome: { served: string } }[]
    }
    const filed = () => (JSON.parse(readFileSync(file, 'utf8')) as Filed).keys
    await expect
      .poll(() => Object.fromEntries(filed().map((k) => [k.enrolment, k.outcome.served])))
      .toMatchObject({ [of('Pilots')]: `${of('Base')} v2`, [of('Others')]: `${of('Base')} v1` })
    const glass = await ok('GET', '/api/v1/break-glass')
    const given = (name: string) =>
      (glass.enrolments as { enrolment: string; served: string }[]).find(
        (e) => e.enrolment === of(name),
      )?.served
    expect([given('Pilots'), given('Others')]).toEqual([`${of('Base')} v2`, `${of('Base')} v1`])
  })
})

describe('a rollout that goes wrong', () => {
  const bounds = { refusedFetches: { count: 3, minutes: 10 } }
  const refuse = async (times: number) => {
    await setSurface(world, 'codex_local', false)
    // Asked until then by who is not in the stage: one that comes back for what it was given would count as well.
    await expect.poll(async () => (await fetch(other)).status).toBe(403)
    for (let i = 0; i < times; i++) await fetch(pilot)
  }

  it('halts by itself, gets no wider, and goes on when somebody says so', async () => {
    await start(newer, { bounds })
    await heard({ pilot: 2, other: 1 })
    await refuse(3)
    await expect.poll(async () => (await state()).current.state as string).toBe('halted')
    expect((await state()).progress.refused).toBeGreaterThanOrEqual(3)
    expect(await acts('rollout.halt')).toMatchObject([{ actor: { label: 'Gatehouse' } }])
    await expect.poll(alarms).toEqual(['rollout_halted'])
    expect((await ok('GET', path())).rollout.state).toBe('halted')
    expect((await ok('GET', `${path()}/versions/2`)).rollout).toBe('halted')

    const { revision } = (await state()).current
    const wider = { ...pilotsOnly(pilots), percent: 1 }
    const widen = () => world.admin('PATCH', `${path()}/rollout`, { revision, stage: wider })
    expect((await widen()).json).toMatchObject({
      code: 'wrong_state',
      remedy: 'Look at why it halted. Then let it go on, or take it back.',
    })
    expect((await refused('POST', `${path()}/rollout/finish`, { revision })).code).toBe(
      'wrong_state',
    )
    await decide('go-on', { message: 'the switch was it' })
    expect(await state()).toMatchObject({
      current: { state: 'in_stage' },
      progress: { refused: 0, cameBack: 0, minutes: 10 },
    })
    await expect.poll(alarms).toEqual([])
    await decide('finish')
  })

  it('is taken back as well where that was wished, until somebody has taken note', async () => {
    await start(newer, { bounds, takeBackWhenHalted: true })
    await heard({ pilot: 2, other: 1 })
    await refuse(3)
    await expect.poll(async () => (await state()).current as unknown).toBeNull()
    expect((await state()).past[0]).toMatchObject({
      state: 'taken_back',
      endedBy: 'Gatehouse',
      toNote: true,
      steps: [{ what: 'start' }, { what: 'halt' }, { what: 'take_back' }],
    })
    await expect.poll(alarms).toEqual(['rollout_taken_back'])
    // Also when the next one has begun meanwhile.
    await start(`${newer}# corrected\n`)
    await ok('POST', `${path()}/rollout/note`)
    await decide('take-back')
    await expect.poll(alarms).toEqual([])
    await setSurface(world, 'codex_local', true)
    await heard({ pilot: 1, other: 1 })
  })

  it('does not halt by what is older than its time, nor by those who are not in the stage', async () => {
    await start(newer, { bounds })
    await heard({ pilot: 2, other: 1 })
    await refuse(2)
    await expect.poll(async () => (await state()).progress.refused as number).toBe(2)
    world.clock.advance(11 * minute)
    await fetch(pilot)
    for (let i = 0; i < 5; i++) await fetch(other)
    await expect.poll(async () => (await state()).progress.refused as number).toBe(1)
    expect((await state()).current.state).toBe('in_stage')
  })

  it('halts when signed-in clients come back at once for what they were just given', async () => {
    const ada = await newMember(world, 'ada@acme.example')
    await start(newer, { bounds, stage: { groupIds: [], enrolmentIds: [], percent: 100 } })
    const tokens = [await clientOf(ada), await clientOf(ada)]
    const ask = (token: string) => world.call('GET', '/member/codex/config/bundle', { key: token })
    await expect.poll(async () => given(await ask(tokens[0]!))).toBe(2)
    // Another client of hers, and the same one at its usual time, are no sign of trouble.
    await ask(tokens[1]!)
    world.clock.advance(15 * minute)
    await ask(tokens[0]!)
    await ask(tokens[1]!)
    const before = (await state()).progress.cameBack as number
    expect((await state()).current.state).toBe('in_stage')
    for (let i = before; i < 3; i++) await ask(tokens[0]!)
    await expect.poll(async () => (await state()).current.state as string).toBe('halted')
    const who = (await ok('GET', `${path()}/rollout/principals?kind=member&served=yes`)).items
    expect(who).toMatchObject([{ label: 'ada@acme.example', last: { version: 2 } }])
  })

  const clientOf = async (person: Person): Promise<string> =>
    (await signInClient(world, person.cookie, configServer)).json.access_token as string
})

describe('a version for a set time', () => {
  const at = () => world.clock.now + day
  const schedule = async (text: string, time = at(), rollout?: object): Promise<Answer['json']> =>
    ok('POST', `${path()}/${rollout ? 'rollout' : 'publish'}`, {
      message: 'tomorrow',
      draftRevision: await saveDraft(text),
      at: time,
      ...rollout,
    })

  it('is fixed now and served then', async () => {
    const time = at()
    await saveDraft(newer)
    const act = { kind: 'publish', policyId }
    const { touches } = await ok('POST', '/api/v1/change-sets/preview', { act })
    expect(touches).toBeGreaterThan(1)
    expect(await schedule(newer, time)).toMatchObject({
      touches,
      version: { number: 2, served: false, rollout: 'scheduled' },
    })
    await saveDraft(`${newer}# edited meanwhile\n`)
    expect((await ok('GET', path())).scheduled).toMatchObject({ version: 2, at: time })
    expect(await served()).toEqual({ pilot: 1, other: 1 })
    await runJob()
    world.clock.advance(day + 10)
    await runJob()
    await heard({ pilot: 2, other: 2 })
    expect((await ok('GET', `${path()}/versions/2`)).text).toBe(newer)
    expect(await ok('GET', path())).toMatchObject({ published: { number: 2 }, scheduled: null })
    const [ran] = await acts('schedule.run')
    expect(ran).toMatchObject({ actor: { label: 'Gatehouse' }, touches, after: { to: 'all' } })
    expect(ran?.after).not.toHaveProperty('lateBy')
    expect((await ok('GET', `${path()}/versions/2`)).rollout).toBeNull()
  })

  it('goes to its stage then, with its bounds; and says how late it came', async () => {
    const bounds = { refusedFetches: { count: 9, minutes: 5 } }
    await schedule(newer, at(), { stage: pilotsOnly(pilots), bounds, takeBackWhenHalted: true })
    expect((await state()).schedule.rollout).toMatchObject({ stage: { groups: [{ id: pilots }] } })
    world.clock.advance(day + 2 * hour)
    await runJob()
    await heard({ pilot: 2, other: 1 })
    expect((await state()).current).toMatchObject({ bounds, takeBackWhenHalted: true })
    expect((await acts('schedule.run'))[0]?.after).toMatchObject({ lateBy: 2 * hour, to: 'stage' })
  })

  it('is not held up by one that cannot be run', async () => {
    const broken = (await ok('POST', '/api/v1/policies', { name: 'Broken', text: older })).id
    await ok('POST', `/api/v1/policies/${broken as string}/publish`, {
      message: 'tomorrow, before the other one',
      draftRevision: 1,
      at: at(),
    })
    const setRollout = (rollout: string | null) =>
      world.app.runtime.db.tx(() =>
        run(
          queries<RolloutTables>()
            .updateTable('policy_schedules')
            .set({ rollout })
            .where('policy_id', '=', broken as string),
        ),
      )
    await setRollout('no JSON')
    await schedule(newer, at() + 1)
    world.clock.advance(day + hour)
    await runJob()
    await heard({ pilot: 2, other: 2 })
    // It is tried again, so it runs as soon as it can.
    await setRollout(null)
    await runJob()
    const published = async (): Promise<unknown> =>
      (await ok('GET', `/api/v1/policies/${broken as string}`)).published
    await expect.poll(published).toMatchObject({ number: 1 })
  })

  it('runs once, however many processes look', async () => {
    await schedule(newer)
    world.clock.advance(2 * day)
    await Promise.all([runJob(), runJob(), runJob()])
    await heard({ pilot: 2, other: 2 })
    expect(await acts('schedule.run')).toHaveLength(1)
  })

  it('comes to nothing by one click, or when another version was published meanwhile', async () => {
    await schedule(newer)
    const first = (await state()).schedule.id as string
    const another = await refused('POST', `${path()}/publish`, {
      message: 'x',
      draftRevision: await saveDraft(`${newer}# b\n`),
      at: at(),
    })
    expect(another.remedy).toBe('Cancel that one first.')
    await ok('POST', `${path()}/schedule/cancel`, { id: first })
    expect((await ok('GET', `${path()}/versions/2`)).rollout).toBe('cancelled')
    expect((await refused('POST', `${path()}/schedule/cancel`, { id: first })).code).toBe(
      'wrong_state',
    )
    await schedule(`${newer}# c\n`)
    await ok('POST', `${path()}/publish`, {
      message: 'urgent',
      draftRevision: await saveDraft(`${newer}# d\n`),
    })
    world.clock.advance(2 * day)
    await runJob()
    await expect.poll(alarms).toEqual(['schedule_missed'])
    const { schedule: missed } = await state()
    expect(missed).toMatchObject({ version: 3, state: 'missed' })
    expect(missed.note).toContain('Version 4 was published meanwhile')
    await heard({ pilot: 4, other: 4 })
    expect(await acts('schedule.miss')).toMatchObject([{ touches: 0 }])
    // A newer one that waits does not hide it.
    const next = await schedule(`${newer}# e\n`)
    expect(await state()).toMatchObject({
      schedule: { version: next.version.number, state: 'scheduled' },
      alsoMissed: [{ id: missed.id, state: 'missed' }],
    })
    await ok('POST', `${path()}/schedule/cancel`, { id: missed.id })
    expect((await state()).alsoMissed).toEqual([])
    await expect.poll(alarms).toEqual([])
  })

  it('is served by a process that was away at its time, from where it was left', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
    const [here, ours] = [world, policyId]
    try {
      world = await startWorld({ data: folder })
      const place = { data: folder, ...(world.databaseUrl && { databaseUrl: world.databaseUrl }) }
      policyId = (await ok('POST', '/api/v1/policies', { name: 'Base', text: older })).id
      await ok('POST', `${path()}/publish`, { message: 'first', draftRevision: 1 })
      await schedule(newer)
      await world.close()
      world = await startWorld(place)
      world.clock.advance(3 * day)
      await runJob()
      await expect.poll(async () => (await ok('GET', path())).published.number as number).toBe(2)
      expect((await acts('schedule.run'))[0]?.after).toMatchObject({ lateBy: 2 * day })
      await world.close()
    } finally {
      world = here
      policyId = ours
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('is for the future, a year at most', async () => {
    const body = { message: 'x', draftRevision: await saveDraft(newer) }
    for (const time of [world.clock.now, world.clock.now + 367 * day])
      expect(
        (await refused('POST', `${path()}/publish`, { ...body, at: time })).errors[0].field,
      ).toBe('at')
  })
})
