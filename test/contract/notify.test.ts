import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Delivery, Endpoint } from '#features/notify/schema.ts'
import { day, minute, second } from '#kernel/clock.ts'
import { enqueue, first, queries, run as sql } from '#kernel/work.ts'
import type { NotifyTables } from '#src/features/notify/tables.ts'
import { cookieOf, signIn } from '../signin.ts'
import {
  isSigned,
  openMailbox,
  openReceiver,
  type Mailbox,
  type ReceivedMail,
  type Receiver,
} from '../told.ts'
import { watchedCollection, type Watched } from '../watched.ts'
import { adminKey, owner, startWorld, type Answer, type World } from '../world.ts'

const subscriptions = '/api/v1/subscriptions'

let mailbox: Mailbox
let receiver: Receiver
let world: World
let docs: Watched
/** The world is made once; each test follows pages of its own. */
let page = ''
let made = 0

beforeAll(async () => {
  mailbox = await openMailbox()
  receiver = await openReceiver()
  world = await startWorld({
    env: {
      GATEHOUSE_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
      GATEHOUSE_MAIL_FROM: 'gatehouse@acme.example',
      GATEHOUSE_OUTBOUND_EXCEPTIONS: receiver.host,
    },
  })
  docs = await watchedCollection(world, 'acme/tool/docs/en')
  await docs.see({ first: '# First\n' })
})
afterAll(async () => {
  await world.close()
  await mailbox.close()
  await receiver.close()
})
afterEach(async () => {
  receiver.answer(200, 'ok')
  mailbox.refuse(0)
  const { json } = await world.admin('GET', '/api/v1/webhooks')
  for (const { id } of json.items as { id: string }[])
    await world.admin('DELETE', `/api/v1/webhooks/${id}`)
})

/** A member of her own with a session. */
async function person(name = `reader${++made}`) {
  const email = `${name}@acme.example`
  const password = 'a long enough password'
  const invited = await world.admin('POST', '/api/v1/invitations', { email, name, role: 'member' })
  const token = new URL(invited.json.link.url as string).hash.slice(1)
  await world.call('POST', '/api/v1/invitations/accept', { body: { token, name, password } })
  const cookie = cookieOf(await signIn(world, email, password))
  const { json } = await world.call('GET', '/api/v1/session', { cookie })
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    world.call(method, path, { cookie, ...(body === undefined ? {} : { body }) })
  const mails = () => mailbox.mails.filter((m) => m.to === email && !m.text.includes('invites you'))
  return { id: json.member.id as string, email, call, mails }
}
/** An act on a member at her present version. */
async function toMember(method: string, who: Person, act = ''): Promise<void> {
  const path = `/api/v1/members/${who.id}`
  const { version } = (await world.admin('GET', path)).json
  const answer =
    method === 'DELETE'
      ? await world.admin(method, `${path}?version=${version as number}`)
      : await world.admin(method, `${path}/${act}`, { version })
  expect([answer.status < 300, answer.text]).toEqual([true, expect.any(String)])
}
type Person = Awaited<ReturnType<typeof person>>

async function follow(who: Person, wanted: object = {}): Promise<Answer['json']> {
  const answer = await who.call('POST', subscriptions, {
    collection: docs.path,
    channel: { kind: 'mail' },
    ...wanted,
  })
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  return answer.json
}

/** A new page with a text, then steps of it, a minute apart. */
async function newPage(text = 'one\n'): Promise<string> {
  page = `page-${++made}`
  await step(text)
  return page
}
function step(text: string | null) {
  world.clock.advance(minute)
  return docs.see({ [page]: text })
}

const repeat = (name: string, payload: unknown) =>
  world.app.runtime.db.tx(() => enqueue({ name, payload }))
/** The id of a mail that came, once it is noted as sent: the mail server has it a moment before. */
async function notedId(mail: ReceivedMail | undefined): Promise<string> {
  const id = /^<(mal_\w+)@/.exec(mail?.headers.get('message-id') ?? '')?.[1] ?? ''
  const row = () =>
    world.app.runtime.db.read(() =>
      first(q.selectFrom('notify_mails').select('state').where('id', '=', id)),
    )
  await expect.poll(row).toEqual({ state: 'sent' })
  return id
}
const q = queries<NotifyTables>()
const run = (name: string) => world.app.runtime.db.tx(() => enqueue({ name, payload: null }))

describe('subscriptions', () => {
  it('are one’s own: others neither see nor change them', async () => {
    const [ada, eve] = [await person(), await person()]
    const made = await follow(ada, {
      rhythm: { kind: 'daily', hour: 8, timeZone: 'Europe/Berlin' },
    })
    expect(made).toMatchObject({
      collection: { path: docs.path, title: 'Docs of tool' },
      channel: { kind: 'mail', to: ada.email },
      rhythm: { kind: 'daily', hour: 8, timeZone: 'Europe/Berlin' },
      paused: false,
      createdBy: ada.email,
    })
    expect(made.nextAt).toBeGreaterThan(world.clock.now)
    expect((await ada.call('GET', subscriptions)).json).toMatchObject({ total: 1, items: [made] })
    expect((await eve.call('GET', subscriptions)).json).toMatchObject({ total: 0, items: [] })
    const path = `${subscriptions}/${made.id as string}`
    expect((await eve.call('PATCH', path, { revision: 1, paused: true })).status).toBe(404)
    expect((await eve.call('DELETE', path)).status).toBe(404)
    expect((await ada.call('GET', `${subscriptions}?format=csv`)).text).toContain('acme/tool docs')
    expect((await ada.call('DELETE', path)).status).toBe(204)
    expect((await ada.call('GET', subscriptions)).json.total).toBe(0)
  })

  it('change at the revision that was looked at', async () => {
    const ada = await person()
    const { id } = await follow(ada)
    const path = `${subscriptions}/${id as string}`
    const first = await ada.call('PATCH', path, { revision: 1, paused: true, term: 'keys' })
    expect(first.json).toMatchObject({ paused: true, term: 'keys', revision: 2 })
    const second = await ada.call('PATCH', path, { revision: 1, trouble: true })
    expect([second.status, second.json.code]).toEqual([409, 'edited_meanwhile'])
    expect(second.json.current).toMatchObject({ paused: true, revision: 2 })
  })

  it('say what is wrong with them', async () => {
    const ada = await person()
    await follow(ada)
    const ask = async (body: object, who = ada.call) => {
      const { status, json } = await who('POST', subscriptions, {
        collection: docs.path,
        channel: { kind: 'mail' },
        ...body,
      })
      return [status, json.code, json.errors?.[0]?.field] as unknown[]
    }
    expect(await ask({})).toEqual([409, 'already_exists', undefined])
    expect(await ask({ page: 'nowhere' })).toEqual([400, 'invalid_input', 'body.page'])
    expect(await ask({ collection: null, page: 'a' })).toEqual([400, 'invalid_input', 'body.page'])
    expect(await ask({ collection: 'a/b/c/d' })).toEqual([404, 'not_found', undefined])
    const rhythm = { kind: 'daily', hour: 8, timeZone: 'Moon/Crater' }
    expect((await ask({ rhythm }))[0]).toBe(400)
    expect(await ask({ channel: { kind: 'webhook', endpointId: 'whk_1' } })).toEqual([
      403,
      'forbidden',
      undefined,
    ])
    expect(await ask({}, (m, p, b) => world.admin(m, p, b))).toEqual([403, 'forbidden', undefined])
  })

  it('go with the member, who is told of them before', async () => {
    const ada = await person()
    await follow(ada)
    await ada.call('POST', '/api/v1/feed-address')
    const look = await world.admin('GET', `/api/v1/members/${ada.id}/offboarding`)
    expect(JSON.stringify(look.json)).toContain('1 subscription')
    await toMember('POST', ada, 'archive')
    await toMember('DELETE', ada)
    await newPage()
    await step('two\n')
    const eve = await person()
    await follow(eve)
    await step('three\n')
    await expect.poll(() => eve.mails().length).toBe(1)
    expect(ada.mails()).toEqual([])
  })
})

describe('a mail', () => {
  it('shows the diff of the step in both forms, once, however many subscriptions wanted it', async () => {
    const ada = await person()
    await newPage('# Limits\n\nAt most five keys.\n\nKept.\n')
    await follow(ada)
    await follow(ada, { page })
    await follow(ada, { term: 'SEVEN KEYS' })
    // The step before is not told to who follows since then, although its job may still wait.
    await step('# Limits\n\nAt most seven keys.\n\nKept.\n')
    await expect.poll(() => ada.mails().length).toBe(1)
    const [mail] = ada.mails()
    expect(mail?.headers.get('subject')).toMatch(/^acme\/tool docs: .* changed \+1 −1$/)
    expect(mail?.text).toContain('-At most five keys.\n+At most seven keys.')
    expect(mail?.html).toMatch(/At most <del[^>]*>five<\/del> keys\./)
    expect(mail?.html).toMatch(/At most <ins[^>]*>seven<\/ins> keys\./)
    expect(mail?.text).toContain('https://gatehouse.acme.example/watch/acme/tool/docs/en/')
    expect(mail?.headers.get('message-id')).toMatch(/^<mal_\w+@gatehouse\.acme\.example>$/)

    await step('# Limits\n\nAt most nine keys.\n\nKept.\n')
    await expect.poll(() => ada.mails().length).toBe(2)
  })

  it('comes only for the page and the words that were asked for', async () => {
    const [ada, eve] = [await person(), await person()]
    await newPage('Nothing of interest.\n')
    await follow(ada, { page })
    await follow(eve, { term: 'sandbox_mode' })
    const mine = page
    await newPage('Other.\n')
    await step('Other, with sandbox_mode.\n')
    await expect.poll(() => eve.mails().length).toBe(1)
    page = mine
    await step('Something of interest.\n')
    await expect.poll(() => ada.mails().length).toBe(1)
    expect(ada.mails()[0]?.text).toContain('+Something of interest.')
    expect(eve.mails()).toHaveLength(1)
  })

  it('of formatting only does not come', async () => {
    const ada = await person()
    await newPage('| a | b |\n| - | - |\n| 1 | 2 |\n')
    await follow(ada, { page })
    await step('| a   | b   |\n| --- | --- |\n| 1   | 2   |\n')
    await step('| a   | b   |\n| --- | --- |\n| 1   | 3   |\n')
    await expect.poll(() => ada.mails().length).toBe(1)
    expect(ada.mails()[0]?.text).toContain('3')
  })

  it('is stopped with one click and without signing in, and goes on when that is undone', async () => {
    const ada = await person()
    await newPage()
    await follow(ada, { page })
    await step('two\n')
    await expect.poll(() => ada.mails().length).toBe(1)
    const [mail] = ada.mails()
    expect(mail?.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const link = /^<(https:\/\/gatehouse\.acme\.example(\/unsubscribe\/gh_uns_\S+))>$/.exec(
      mail?.headers.get('list-unsubscribe') ?? '',
    )
    const path = link?.[2] ?? ''
    expect(mail?.text).toContain(link?.[1])
    const looked = await world.call('GET', `/api/v1${path}`)
    expect(looked.json).toEqual({
      to: ada.email,
      subscriptions: [{ label: `acme/tool docs: ${page}`, paused: false }],
    })
    // As a mail system does it (RFC 8058, section 3.2).
    const clicked = await world.call('POST', path, {
      body: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([clicked.status, clicked.json.subscriptions[0].paused]).toEqual([200, true])
    await step('three\n')
    const undone = await world.call('POST', `/api/v1${path}/undo`)
    expect(undone.json.subscriptions[0].paused).toBe(false)
    await step('four\n')
    await expect.poll(() => ada.mails().length).toBe(2)
    expect(ada.mails()[1]?.text).toContain('+four')

    const wrong = `${path.slice(0, -12)}${'0'.repeat(12)}`
    expect((await world.call('POST', wrong)).status).toBe(404)
    expect((await world.call('GET', '/api/v1/unsubscribe/x')).status).toBe(404)
  })

  it('does not reach who may not follow any more', async () => {
    const [ada, eve] = [await person(), await person()]
    await newPage()
    await follow(ada, { page })
    await follow(eve, { page })
    await toMember('POST', ada, 'suspend')
    await step('two\n')
    await expect.poll(() => eve.mails().length).toBe(1)
    expect(ada.mails()).toEqual([])
  })

  it('is tried again while the mail server cannot take it, and then comes once', async () => {
    const ada = await person()
    await newPage()
    await follow(ada, { page })
    mailbox.refuse(451)
    await step('two\n')
    await expect.poll(() => world.logged.some((l) => l.includes('a mail was not taken'))).toBe(true)
    mailbox.refuse(0)
    await expect
      .poll(() => {
        world.clock.advance(10 * second)
        return ada.mails().length
      })
      .toBe(1)
    await step('three\n')
    await expect.poll(() => ada.mails().length).toBe(2)
  })

  it('that the mail server took is not sent again by a job that runs twice', async () => {
    const ada = await person()
    await newPage()
    await follow(ada, { page })
    await step('two\n')
    await expect.poll(() => ada.mails().length).toBe(1)
    const mailId = await notedId(ada.mails()[0])
    await repeat('notify.mail', { mailId, attempt: 1 })
    await repeat('notify.mail', { mailId, attempt: 2 })
    await step('three\n')
    await expect.poll(() => ada.mails().length).toBe(2)
    expect(ada.mails()[1]?.text).toContain('+three')
  })

  it('whose process died while it was sent comes under the same Message-ID', async () => {
    const ada = await person()
    await newPage()
    await follow(ada, { page })
    await step('two\n')
    await expect.poll(() => ada.mails().length).toBe(1)
    const sent = ada.mails()[0]?.headers.get('message-id')
    const mailId = await notedId(ada.mails()[0])
    // As such a process leaves it: the mail server has it, and nobody has noted that.
    const left = { state: 'sending', attempts: 0, finished_at: null } as const
    await world.app.runtime.db.tx(() =>
      sql(q.updateTable('notify_mails').set(left).where('id', '=', mailId)),
    )
    await repeat('notify.mail', { mailId, attempt: 1 })
    await expect.poll(() => ada.mails().length).toBe(2)
    expect(ada.mails()[1]?.headers.get('message-id')).toBe(sent)
  })

  it('is not promised where no mail server is configured', async () => {
    const plain = await startWorld()
    try {
      await watchedCollection(plain, docs.path)
      const cookie = cookieOf(await signIn(plain, owner.email, owner.password))
      const answer = await plain.call('POST', subscriptions, {
        cookie,
        body: { collection: docs.path, channel: { kind: 'mail' } },
      })
      expect([answer.status, answer.json.code]).toEqual([409, 'mail_not_configured'])
    } finally {
      await plain.close()
    }
  })

  it('of a digest folds the steps since the last one, and there is none when nothing changed', async () => {
    const ada = await person()
    await newPage()
    const daily = { kind: 'daily', hour: 8, timeZone: 'UTC' }
    const { nextAt } = await follow(ada, { page, rhythm: daily })
    const eve = await person()
    await follow(eve, { page })
    await step('two\n')
    await step('three\n')
    await expect.poll(() => eve.mails().length).toBe(2)
    await step('four\n')
    await expect.poll(() => eve.mails().length).toBe(3)
    expect(ada.mails()).toEqual([])
    world.clock.now = nextAt as number
    await expect
      .poll(async () => {
        await run('notify.digest')
        return ada.mails().length
      })
      .toBe(1)
    const [mail] = ada.mails()
    expect(mail?.headers.get('subject')).toBe('acme/tool docs: 3 steps +3 −3')
    for (const line of ['-one', '+two', '-two', '+three', '+four'])
      expect(mail?.text).toContain(line)

    world.clock.advance(day)
    await run('notify.digest')
    await step('five\n')
    await expect.poll(() => eve.mails().length).toBe(4)
    world.clock.advance(day)
    await run('notify.digest')
    await expect.poll(() => ada.mails().length).toBe(2)
    expect(ada.mails()[1]?.headers.get('subject')).toBe('acme/tool docs: 1 step +1 −1')
  })

  it('of trouble gathers what one run found, for who asked for it', async () => {
    // Two reports at the same moment may get into each other's way; the queue then tries again after 5, 10, 20 s and so on.
    const throughRetries = { timeout: 150_000 }
    const [ada, eve] = [await person(), await person()]
    await newPage()
    await follow(ada, { trouble: true })
    await follow(eve)
    const runId = `run_${++made}`
    await docs.fail(runId, page, 'timeout')
    await docs.fail(runId, 'another', 'gone')
    await expect
      .poll(() => {
        world.clock.advance(minute)
        return ada.mails().length
      }, throughRetries)
      .toBeGreaterThan(0)
    // The queue of PostgreSQL goes by its own clock, so there they may come one by one.
    const told = () =>
      ada
        .mails()
        .map(({ text }) => text)
        .join()
    await expect.poll(told).toContain(`${page}: timeout`)
    await expect.poll(told).toContain('another: gone')
    expect(eve.mails()).toEqual([])
  })
})

describe('a webhook', () => {
  async function webhook(kind = 'signed', follows: object = {}) {
    const answer = await world.admin('POST', '/api/v1/webhooks', {
      name: `Hook ${++made}`,
      kind,
      url: receiver.url,
    })
    expect(answer.status).toBe(201)
    const { endpoint, secret } = answer.json
    const path = `/api/v1/webhooks/${endpoint.id as string}`
    const subscribed = await world.admin('POST', subscriptions, {
      collection: docs.path,
      page,
      channel: { kind: 'webhook', endpointId: endpoint.id },
      ...follows,
    })
    expect([subscribed.status, subscribed.text]).toEqual([201, expect.any(String)])
    const before = receiver.calls.length
    return {
      path,
      secret: secret as string,
      calls: () => receiver.calls.slice(before),
      now: async () => (await world.admin('GET', path)).json as Endpoint,
      log: async () =>
        (await world.admin('GET', `${path}/deliveries`)).json.items as readonly Delivery[],
    }
  }

  it('gets the step, signed so that another implementation accepts it', async () => {
    await newPage('a\nb\nc\n')
    const hook = await webhook()
    const seen = await step('a\nB\nc\n')
    await expect.poll(() => hook.calls().length).toBe(1)
    const call = hook.calls()[0]!
    expect(await isSigned(call, hook.secret)).toBe(true)
    expect(await isSigned({ ...call, body: `${call.body} ` }, hook.secret)).toBe(false)
    const body = JSON.parse(call.body)
    expect(body).toMatchObject({
      type: 'watch.step',
      id: call.headers['webhook-id'],
      collection: { path: docs.path, title: 'Docs of tool' },
      stamp: seen.stamp,
      added: 1,
      removed: 1,
      pages: [{ page, kind: 'changed', added: 1, removed: 1, cut: false }],
    })
    const rows = body.pages[0].hunks[0].rows as { kind: string }[]
    expect(rows.map((r) => r.kind)).toEqual(['same', 'changed', 'same'])
    await expect
      .poll(async () => (await hook.log())[0])
      .toMatchObject({ type: 'watch.step', state: 'delivered', attempts: 1, lastStatus: 200 })
    expect(await hook.now()).toMatchObject({ state: 'working', subscriptions: 1 })
  })

  it('is tried again with the same id until it takes it; the log shows each attempt', async () => {
    await newPage()
    const hook = await webhook()
    // The queue of PostgreSQL goes by its own clock and may try again at once: that attempt hangs until the next answer.
    receiver.answerOnce(503, 'busy', { 'retry-after': '30' })
    await step('two\n')
    await expect.poll(async () => (await hook.log())[0]?.attempts).toBe(1)
    const waiting = (await hook.log())[0]!
    expect(waiting).toMatchObject({ state: 'waiting', lastStatus: 503 })
    expect((waiting.nextAt ?? 0) - world.clock.now).toBe(30 * second)
    expect(await hook.now()).toMatchObject({
      state: 'failing',
      lastError: 'The receiver answered 503.',
    })
    const delivery = `${hook.path}/deliveries/${waiting.id}`
    const early = await world.admin('POST', `${delivery}/redeliver`)
    expect([early.status, early.json.code]).toEqual([409, 'wrong_state'])
    receiver.answer(204)
    world.clock.advance(30 * second)
    await expect.poll(async () => (await hook.log())[0]?.state).toBe('delivered')
    const ids = hook.calls().map((c) => c.headers['webhook-id'])
    expect(ids).toEqual([waiting.id, waiting.id])
    expect(new Set(hook.calls().map((c) => c.body)).size).toBe(1)
    const whole = (await world.admin('GET', delivery)).json
    expect(whole.body).toBe(hook.calls()[0]?.body)
    expect(whole.log).toMatchObject([
      { number: 2, status: 204, answer: '', failure: null },
      { number: 1, status: 503, answer: 'busy', message: 'The receiver answered 503.' },
    ])
    expect(await hook.now()).toMatchObject({ state: 'working', failingSince: null })

    // A job that runs twice sends nothing.
    await repeat('notify.deliver', { deliveryId: waiting.id, attempt: 2 })
    const again = await world.admin('POST', `${delivery}/redeliver`)
    expect(again.status).toBe(202)
    await expect.poll(() => hook.calls().length).toBe(3)
    expect(hook.calls()[2]?.headers['webhook-id']).toBe(waiting.id)
    await expect.poll(async () => (await hook.log())[0]?.attempts).toBe(3)
  })

  it('is turned off after days of failure, with an alarm, and on again by hand', async () => {
    await newPage()
    const hook = await webhook()
    const alarms = async () =>
      ((await world.admin('GET', '/api/v1/overview')).json.alarms as { key: string }[]).filter(
        (a) => a.key.startsWith('webhook-disabled:'),
      )
    receiver.answer(500)
    await step('two\n')
    await expect.poll(async () => (await hook.log())[0]?.attempts).toBeGreaterThan(0)
    world.clock.advance(5 * day)
    await step('three\n')
    await expect.poll(async () => (await hook.now()).state).toBe('disabled')
    await expect.poll(alarms).toHaveLength(1)
    const calls = hook.calls().length
    receiver.answer(200)
    const { revision } = await hook.now()
    await world.admin('PATCH', hook.path, { revision, paused: false })
    expect(await hook.now()).toMatchObject({ disabledAt: null, failingSince: null })
    await expect.poll(alarms).toEqual([])
    await step('four\n')
    await expect
      .poll(() =>
        hook
          .calls()
          .slice(calls)
          .some((c) => c.body.includes('four')),
      )
      .toBe(true)
    const acts = await world.admin('GET', '/api/v1/activity?action=webhook.disable')
    expect(acts.text).toContain('Gatehouse')
  })

  it('is turned off at once when the receiver says that it is gone', async () => {
    await newPage()
    const hook = await webhook()
    receiver.answer(410)
    await step('two\n')
    await expect.poll(async () => (await hook.now()).state).toBe('disabled')
    expect((await hook.log())[0]).toMatchObject({ state: 'failed', attempts: 1 })
  })

  it('can be tested at once, whatever comes back', async () => {
    await newPage()
    const hook = await webhook()
    const good = await world.admin('POST', `${hook.path}/test`)
    expect(good.json).toMatchObject({ type: 'test', state: 'delivered', log: [{ status: 200 }] })
    expect(JSON.parse(hook.calls()[0]!.body)).toMatchObject({ type: 'test', id: good.json.id })
    receiver.answer(302, '', { location: 'http://169.254.169.254/' })
    const bad = await world.admin('POST', `${hook.path}/test`)
    expect(bad.json).toMatchObject({ state: 'failed', log: [{ status: 302 }] })
    expect(bad.json.log[0].message).toContain('redirects')
    expect(hook.calls()).toHaveLength(2)

    const inside = await world.admin('POST', '/api/v1/webhooks', {
      name: 'Inside',
      kind: 'signed',
      url: 'https://127.0.0.1:9/hook?token=secret-token',
    })
    const refused = await world.admin(
      'POST',
      `/api/v1/webhooks/${inside.json.endpoint.id as string}/test`,
    )
    expect(refused.json).toMatchObject({ state: 'failed', log: [{ failure: 'refused' }] })
  })

  it('signs with both secrets for a day after a new one', async () => {
    await newPage()
    const hook = await webhook()
    const rotated = (await world.admin('POST', `${hook.path}/rotate`)).json
    expect(rotated.secret).not.toBe(hook.secret)
    await world.admin('POST', `${hook.path}/test`)
    const first = hook.calls()[0]!
    expect(await isSigned(first, hook.secret)).toBe(true)
    expect(await isSigned(first, rotated.secret as string)).toBe(true)
    world.clock.advance(day + second)
    await world.admin('POST', `${hook.path}/test`)
    const second_ = hook.calls()[1]!
    expect(await isSigned(second_, hook.secret)).toBe(false)
    expect(await isSigned(second_, rotated.secret as string)).toBe(true)
  })

  it('of a chat gets text and blocks, and never shows its address', async () => {
    await newPage()
    const hook = await webhook('slack')
    expect(hook.secret).toBeNull()
    await step('two\n')
    await expect.poll(() => hook.calls().length).toBe(1)
    const call = hook.calls()[0]!
    expect(call.headers['webhook-signature']).toBeUndefined()
    const body = JSON.parse(call.body)
    expect(body.text).toBe(`acme/tool docs: ${page} changed +1 −1`)
    expect(body.blocks[1].text.text).toContain('-one\n+two')
    expect((await hook.now()).url).toBe(`http://${receiver.host}/…`)
  })

  it('gets a digest, and nothing while it is paused', async () => {
    await newPage()
    const rhythm = { kind: 'weekly', weekday: 1, hour: 6, timeZone: 'UTC' }
    const hook = await webhook('signed', { rhythm })
    const { nextAt } = (await world.admin('GET', `${subscriptions}?channel=webhook`)).json.items[0]
    const eve = await person()
    await follow(eve, { page })
    await step('two\n')
    await step('three\n')
    await expect.poll(() => eve.mails().length).toBe(2)
    world.clock.now = nextAt as number
    await expect
      .poll(async () => {
        await run('notify.digest')
        return hook.calls().length
      })
      .toBe(1)
    expect(JSON.parse(hook.calls()[0]!.body)).toMatchObject({
      type: 'watch.digest',
      more: 0,
      steps: [
        { added: 1, removed: 1 },
        { added: 1, removed: 1 },
      ],
    })
    const { revision } = await hook.now()
    await world.admin('PATCH', hook.path, { revision, paused: true })
    await step('four\n')
    await expect.poll(() => eve.mails().length).toBe(3)
    world.clock.advance(7 * day)
    await run('notify.digest')
    await expect.poll(async () => (await hook.log())[0]?.state).toBe('dropped')
    expect(hook.calls()).toHaveLength(1)
  })

  it('is named once, and changed at the revision that was looked at', async () => {
    await newPage()
    const hook = await webhook()
    const { name, revision } = await hook.now()
    const twice = await world.admin('POST', '/api/v1/webhooks', {
      name: name.toUpperCase(),
      kind: 'signed',
      url: receiver.url,
    })
    expect([twice.status, twice.json.code]).toEqual([409, 'already_exists'])
    expect((await world.admin('PATCH', hook.path, { revision, name: 'Other' })).status).toBe(200)
    const late = await world.admin('PATCH', hook.path, { revision, name: 'Third' })
    expect([late.status, late.json.current.name]).toEqual([409, 'Other'])
  })
})

describe('a feed', () => {
  const at = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    world.call('GET', path, { headers })
  const pathOf = (address: string): string => new URL(address).pathname

  it('opens at the address of a member, and no longer when it was replaced or she was suspended', async () => {
    const ada = await person()
    await newPage('x\n')
    await step('y\n')
    expect((await ada.call('GET', '/api/v1/feed-address')).json.address).toBeNull()
    const first = (await ada.call('POST', '/api/v1/feed-address')).json.address as string
    expect(first).toMatch(/^https:\/\/gatehouse\.acme\.example\/feeds\/gh_fed_/)
    expect((await ada.call('GET', '/api/v1/feed-address')).json.address).toBe(first)
    const feed = await at(`${pathOf(first)}/watch/acme/tool/docs/en.atom`)
    expect([feed.status, feed.headers.get('content-type')]).toEqual([
      200,
      'application/atom+xml; charset=utf-8',
    ])
    expect(feed.text).toMatch(/<del [^>]*>x<\/del>|−<\/td>[^]*x/)
    expect(feed.text).toContain(`<title type="html"><![CDATA[${page} changed +1 −1]]></title>`)
    expect((await ada.call('GET', '/api/v1/feed-address')).json.lastUsedAt).toBe(world.clock.now)

    const second = (await ada.call('POST', '/api/v1/feed-address')).json.address as string
    expect((await at(`${pathOf(first)}/watch/acme/tool/docs/en.atom`)).status).toBe(404)
    const rss = await at(`${pathOf(second)}/watch/acme/tool/docs/en.rss?page=${page}`)
    expect([rss.status, rss.headers.get('content-type')]).toEqual([
      200,
      'application/rss+xml; charset=utf-8',
    ])
    expect(rss.text.match(/<item>/g)).toHaveLength(2)
    await toMember('POST', ada, 'suspend')
    expect((await at(`${pathOf(second)}/watch/acme/tool/docs/en.atom`)).status).toBe(404)
  })

  it('answers 304 until something happens, and keeps the ids of its entries', async () => {
    const ada = await person()
    await newPage()
    await step('two\n')
    const { address } = (await ada.call('POST', '/api/v1/feed-address')).json
    const path = `${pathOf(address as string)}/watch/acme/tool/docs/en.atom?page=${page}`
    const first = await at(path)
    const etag = first.headers.get('etag') ?? ''
    const same = await at(path, { 'if-none-match': `"other", W/${etag}` })
    expect([same.status, same.text]).toEqual([304, ''])
    await step('three\n')
    const later = await at(path, { 'if-none-match': etag })
    expect(later.status).toBe(200)
    const ids = (text: string) => [...text.matchAll(/<id>([^<]+)<\/id>/g)].map(([, id]) => id)
    expect(ids(later.text).length).toBe(ids(first.text).length + 1)
    expect(ids(later.text)).toEqual(expect.arrayContaining(ids(first.text)))
  })

  it('leaves out at once what is ignored from now on', async () => {
    const path = 'acme/ignored/docs/en'
    const open = await watchedCollection(world, path, { visibility: 'public' })
    await open.see({ a: 'one\nbuild 1\n' })
    world.clock.advance(minute)
    await open.see({ a: 'two\nbuild 2\n' })
    expect((await at(`/feeds/watch/${path}.atom`)).text).toContain('build')
    const { json: now } = await world.admin('GET', `/api/v1/watch/${path}`)
    const kept = ['title', 'sources', 'schedule', 'visibility', 'revision']
    const changed = await world.admin('PATCH', `/api/v1/watch/${path}`, {
      ...Object.fromEntries(kept.map((name) => [name, now[name]])),
      ignore: [{ pattern: '^build ' }],
    })
    expect([changed.status, changed.text]).toEqual([200, expect.any(String)])
    const feed = async () => (await at(`/feeds/watch/${path}.atom`)).text
    await expect.poll(feed).not.toContain('build')
    expect(await feed()).toContain('changed +1 −1')
  })

  it('of a public collection needs no address, and one of others tells nothing', async () => {
    const open = await watchedCollection(world, 'acme/open/docs/en', { visibility: 'public' })
    await open.see({ a: 'one\n' })
    world.clock.advance(minute)
    await open.see({ a: 'two\n' })
    const feed = await at('/feeds/watch/acme/open/docs/en.atom')
    expect([feed.status, feed.text.match(/<entry>/g)?.length]).toEqual([200, 1])
    const hidden = await at('/feeds/watch/acme/tool/docs/en.atom')
    const missing = await at('/feeds/watch/acme/none/docs/en.atom')
    expect([hidden.status, missing.status]).toEqual([404, 404])
    expect(hidden.json.detail).toBe(missing.json.detail)
    expect((await at('/feeds/watch/acme/open/docs/en.html')).status).toBe(404)
  })
})

describe('what was logged', () => {
  it('holds no secret of a webhook, a feed or a mail', () => {
    const log = world.logged.join('')
    expect(log).not.toBe('')
    expect(log).not.toMatch(/whsec_[A-Za-z0-9+/]{10}|gh_(fed|uns)_\w+_[A-Za-z0-9_-]{20}/)
    expect(log).not.toContain('receiver-token')
    expect(log).not.toContain('secret-token')
    expect(log).not.toContain(owner.password)
    expect(log).not.toContain(adminKey)
  })
})
