import { afterAll, beforeAll, expect, it } from 'vitest'
import { all, type Work } from '#kernel/work.ts'
import { q } from '#features/telemetry/tables.ts'
import { newMember } from '../clients.ts'
import { signInClient, workspaceApp } from '../oauth.ts'
import { startWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const read = <T>(work: () => Work<T>) => world.app.runtime.db.read(work)
const facts = () =>
  read(() =>
    all(
      q
        .selectFrom('telemetry_facts as f')
        .innerJoin('telemetry_origins as o', 'o.id', 'f.origin')
        .innerJoin('telemetry_people as p', 'p.id', 'o.person')
        .select(['f.kind', 'p.principal_id', 'o.surface', 'o.version']),
    ),
  )

it('keeps analytics events where telemetry is collected, and forgets somebody with a record', async () => {
  const person = await newMember(world, 'ines@acme.example')
  const key = (await signInClient(world, person.cookie, workspaceApp)).json.access_token as string
  const event = {
    event_type: 'codex_thread_initialized',
    event_params: {
      thread_id: 'thread-1',
      app_server_client: { product_client_id: 'codex_exec' },
      runtime: { codex_rs_version: '0.169.0' },
    },
  }
  const send = () =>
    world.call('POST', '/backend-api/codex/analytics-events/events', {
      key,
      body: { events: [event] },
    })
  expect((await send()).status).toBe(200)
  expect(await facts()).toEqual([])

  const path = '/api/v1/telemetry/settings'
  const {
    changedAt: _at,
    changedBy: _by,
    ...settings
  } = (await world.admin('GET', path)).json.settings as Record<string, unknown>
  const changed = await world.admin('PUT', path, { ...settings, collect: true })
  expect(changed.status, changed.text).toBe(200)
  expect((await send()).status).toBe(200)
  expect(await facts()).toMatchObject([
    { kind: 'analytics', principal_id: person.id, surface: 'cli', version: '0.169.0' },
  ])

  const own = await world.call('GET', '/api/v1/me/telemetry/reported', { cookie: person.cookie })
  expect(own.json).toMatchObject({ conversations: 1, turns: 0, newest: [{ client: 'codex_exec' }] })
  const forget = `/api/v1/telemetry/principals/${person.id}`
  expect((await world.admin('GET', forget)).json).toMatchObject({
    machines: 1,
    conversations: 1,
    events: 1,
    days: 1,
  })
  expect((await world.admin('DELETE', forget)).status).toBe(200)
  await expect.poll(facts).toEqual([])
  await expect
    .poll(
      async () =>
        (await world.admin('GET', '/api/v1/activity?action=telemetry.forgotten')).json.items as {
          after: unknown
        }[],
    )
    .toMatchObject([{ after: { facts: 1, conversations: 1, days: 1 } }])
  expect((await world.admin('GET', forget)).status).toBe(404)
  expect((await world.admin('DELETE', forget)).status).toBe(404)
}, 30_000)
