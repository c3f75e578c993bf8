import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { day, minute, second } from '#kernel/clock.ts'
import { newMember, type Person } from '../clients.ts'
import {
  acts,
  configServer,
  form,
  refreshByForm,
  refreshByJson,
  setSurface,
  signInClient,
  workspaceApp,
} from '../oauth.ts'
import { all, queries } from '#kernel/work.ts'
import { openInbox, type Inbox } from '../signin.ts'
import { startWorld, type Answer, type World } from '../world.ts'

const tables = queries<{ client_tokens: { id: string; successor: string | null } }>()

let inbox: Inbox
let world: World
let ada: Person
beforeAll(async () => {
  inbox = await openInbox()
  world = await startWorld({ env: inbox.env })
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(async () => {
  await world.close()
  await inbox.close()
})

const refreshOf = (answer: Answer): string => String(answer.json.refresh_token)
const start = async (program: typeof configServer | typeof workspaceApp = configServer) =>
  refreshOf(await signInClient(world, await ada.signIn(), program))
const again = (token: string) => refreshByForm(world, configServer, token)
const signedOut = { status: 400, json: { error: 'invalid_grant' } }

describe('a refresh token', () => {
  it('is exchanged for new tokens of the same sign-in, and is used up', async () => {
    const first = await signInClient(world, await ada.signIn(), configServer)
    const second = await again(refreshOf(first))
    expect(second.status).toBe(200)
    expect(second.headers.get('cache-control')).toBe('no-store')
    expect(second.json).toMatchObject({ scope: 'openid codex.policy', expires_in: 28_800 })
    // OpenID Connect Core, section 12.2: it might not contain one.
    expect(second.json).not.toHaveProperty('id_token')
    expect(second.json.access_token).not.toBe(first.json.access_token)
    expect(refreshOf(second)).not.toBe(refreshOf(first))
  })

  it('on the workspace route brings every token, from JSON and from a form', async () => {
    const token = await start(workspaceApp)
    const next = await refreshByJson(world, workspaceApp, token)
    expect(next.json).toMatchObject({
      id_token: expect.any(String) as string,
      access_token: expect.any(String) as string,
    })
    expect((await refreshByForm(world, workspaceApp, refreshOf(next))).status).toBe(200)
  })

  it('gives the same successor for 60 seconds: a lost answer, a second process', async () => {
    const token = await start()
    const first = await again(token)
    world.clock.advance(minute - 1)
    expect((await again(token)).json).toEqual(first.json)
    expect((await again(refreshOf(first))).status).toBe(200)
  })

  it('has one successor, however many ask at the same time', async () => {
    for (const refresh of [refreshByForm, refreshByJson]) {
      const token = await start(workspaceApp)
      const answers = await Promise.all(
        [...Array(20).keys()].map(() => refresh(world, workspaceApp, token)),
      )
      expect(new Set(answers.map((a) => a.status))).toEqual(new Set([200]))
      expect(new Set(answers.map(refreshOf)).size).toBe(1)
      expect(new Set(answers.map((a) => String(a.json.access_token))).size).toBe(1)
    }
  })

  it('has one successor when two processes are asked at the same time', async () => {
    // PostgreSQL carries several processes; an embedded database has one.
    const { databaseUrl, data } = world
    const second = databaseUrl === undefined ? undefined : await startWorld({ databaseUrl, data })
    try {
      if (second) second.clock.now = world.clock.now
      const tokens = await Promise.all([start(), start(), start(), start(), start()])
      const answers = await Promise.all(
        [world, second ?? world, world, second ?? world].flatMap((process) =>
          tokens.map((token) => refreshByForm(process, configServer, token)),
        ),
      )
      expect(new Set(answers.map((a) => a.status))).toEqual(new Set([200]))
      expect(new Set(answers.map(refreshOf)).size).toBe(tokens.length)
    } finally {
      await second?.close()
    }
  })

  it('of many clients at the same time is each exchanged', async () => {
    const tokens: string[] = []
    for (let i = 0; i < 30; i++) tokens.push(await start())
    const answers = await Promise.all(tokens.map(again))
    expect(answers.map((a) => a.status)).toEqual(tokens.map(() => 200))
    expect(new Set(answers.map(refreshOf)).size).toBe(30)
  })

  it('leaves no sealed answer behind when its minute is over', async () => {
    const token = await start()
    const next = refreshOf(await again(token))
    const sealed = () =>
      world.app.runtime.db.read(() =>
        all(tables.selectFrom('client_tokens').select('id').where('successor', 'is not', null)),
      )
    const jobs = world.app.features.flatMap((feature) => feature.jobs ?? [])
    const sweep = () => jobs.find((job) => job.name === 'clients.sweep')?.handle(null)
    expect((await sealed()).length).toBeGreaterThan(0)
    world.clock.advance(minute - 1)
    await sweep()
    expect((await again(token)).status).toBe(200)
    world.clock.advance(1)
    await sweep()
    expect(await sealed()).toEqual([])
    expect((await again(next)).status).toBe(200)
  })

  it('ends after 90 days without use', async () => {
    const token = await start()
    world.clock.advance(90 * day - 1)
    const next = refreshOf(await again(token))
    world.clock.advance(90 * day)
    expect(await again(next)).toMatchObject(signedOut)
    expect((await acts(world, 'client.reused-token')).length).toBe(0)
  })

  it('is worth nothing to another client, nor for more than was agreed to', async () => {
    const token = await start()
    expect(await refreshByForm(world, workspaceApp, token)).toMatchObject(signedOut)
    const ask = (more: Record<string, string>) =>
      world.call(
        'POST',
        '/oauth/token',
        form({
          grant_type: 'refresh_token',
          client_id: configServer.id,
          refresh_token: token,
          ...more,
        }),
      )
    expect((await ask({ scope: 'openid admin' })).json).toMatchObject({ error: 'invalid_scope' })
    expect((await ask({ resource: 'https://elsewhere.example' })).json).toMatchObject({
      error: 'invalid_target',
    })
    expect((await ask({ client_id: 'other' })).json).toMatchObject({ error: 'invalid_client' })
    expect((await ask({ refresh_token: '' })).json).toMatchObject({ error: 'invalid_request' })
    expect((await ask({ scope: 'codex.policy' })).status).toBe(200)
  })
})

describe('a refresh token that comes again', () => {
  /** The end of a family: the newest token is worth nothing, the trail says why, and the member is told. */
  async function ended(newest: string): Promise<void> {
    expect(await again(newest)).toMatchObject(signedOut)
    expect((await acts(world, 'client.reused-token')).at(-1)).toMatchObject({
      actor: { kind: 'system' },
      target: { kind: 'client', label: 'ada@acme.example' },
      after: { ended: 'reused_token' },
    })
    expect((await inbox.next(/sent again/)).to).toBe('ada@acme.example')
  }

  it('after 60 seconds is theft', async () => {
    const token = await start()
    const next = refreshOf(await again(token))
    world.clock.advance(60 * second)
    expect(await again(token)).toMatchObject(signedOut)
    await ended(next)
  })

  it('after its successor was used is theft at once', async () => {
    const token = await start()
    const next = refreshOf(await again(token))
    const newest = refreshOf(await again(next))
    expect(await again(token)).toMatchObject(signedOut)
    await ended(newest)
  })

  it('from several thieves ends it once', async () => {
    const token = await start()
    const next = refreshOf(await again(token))
    world.clock.advance(minute)
    const before = (await acts(world, 'client.reused-token')).length
    const answers = await Promise.all([...Array(10).keys()].map(() => again(token)))
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([400]))
    expect((await acts(world, 'client.reused-token')).length).toBe(before + 1)
    await ended(next)
  })

  it('does not end other sign-ins of the member', async () => {
    const [token, other] = [await start(), await start()]
    await again(token)
    world.clock.advance(minute)
    await again(token)
    await inbox.next(/sent again/)
    expect((await again(other)).status).toBe(200)
  })
})

describe('a refresh that is refused', () => {
  const refused = (message: string | RegExp) => ({
    status: 401,
    json: {
      error: {
        code: 'refresh_token_invalidated',
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      },
    },
  })

  it('tells the client so in its own words where it speaks JSON', async () => {
    expect(await refreshByJson(world, workspaceApp, 'garbage')).toMatchObject(refused(/not whole/))
    expect(
      (await world.call('POST', '/oauth/token', { body: { grant_type: 'refresh_token' } })).json,
    ).toMatchObject({ error: 'invalid_client' })
  })

  it('while Codex is off keeps its token for the day it is on again', async () => {
    const token = await start(workspaceApp)
    await setSurface(world, 'codex_local', false, 'Ask Jo.')
    expect(await refreshByJson(world, workspaceApp, token)).toMatchObject(refused('Ask Jo.'))
    expect(await refreshByForm(world, workspaceApp, token)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', error_description: 'Ask Jo.' },
    })
    await setSurface(world, 'codex_local', true)
    await setSurface(world, 'device_code', false)
    expect((await refreshByJson(world, workspaceApp, token)).status).toBe(200)
    await setSurface(world, 'device_code', true)
  })

  it('also refuses the answer that was given a moment ago', async () => {
    const token = await start(workspaceApp)
    await refreshByJson(world, workspaceApp, token)
    await setSurface(world, 'codex_local', false)
    expect((await refreshByJson(world, workspaceApp, token)).status).toBe(401)
    await setSurface(world, 'codex_local', true)
  })

  it('says that a member is not active', async () => {
    const eve = await newMember(world, 'eve@acme.example')
    const { json } = await signInClient(world, eve.cookie, workspaceApp)
    const member = (await world.admin('GET', `/api/v1/members/${eve.id}`)).json
    const suspended = await world.admin('POST', `/api/v1/members/${eve.id}/suspend`, {
      version: (member.member ?? member).version as number,
    })
    expect(suspended.status).toBe(200)
    expect(await refreshByJson(world, workspaceApp, json.refresh_token as string)).toMatchObject(
      refused(/is not active/),
    )
  })
})
