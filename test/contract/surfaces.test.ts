import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { surfaceKeys } from '#features/workspace/surfaces/schema.ts'
import { startWorld, type World } from '#test/world.ts'

interface Refused {
  readonly id: string
  readonly reads: string
}
interface Surface {
  readonly key: string
  readonly on: boolean
}
interface ChangeSet {
  readonly hash: string
  readonly clients: string
}

describe('surfaces', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.close())

  const refusals = async () => {
    const { json } = await world.admin('GET', '/api/v1/clients/refusals')
    return (id: string) => (json.items as Refused[]).find((one) => one.id === id)?.reads
  }
  const preview = async (key: string, on: boolean) => {
    const act = { kind: 'surface', key, on }
    const { json } = await world.admin('POST', '/api/v1/change-sets/preview', { act })
    return json as ChangeSet
  }

  it('are on until somebody turns them off, each by itself', async () => {
    const list = async () => {
      const { json } = await world.admin('GET', '/api/v1/surfaces')
      return (json.items as Surface[]).map(({ key, on }) => [key, on])
    }
    expect(await list()).toEqual(surfaceKeys.map((key) => [key, true]))
    const answer = await world.admin('PUT', '/api/v1/surfaces/device_code', { on: false })
    expect([answer.status, answer.json.on]).toEqual([200, false])
    expect(await list()).toEqual(surfaceKeys.map((key) => [key, key !== 'device_code']))
    expect((await world.admin('PUT', '/api/v1/surfaces/other', { on: true })).status).toBe(400)
  })

  it('tell before the switch that device codes are about new sign-ins only', async () => {
    const set = await preview('device_code', false)
    expect(set).toMatchObject({ touches: 0, changes: [], undo: 'Turn it on again.' })
    expect(set.clients).toMatch(/signed in already go on.*refused at once/)
    const off = await world.admin('PUT', '/api/v1/surfaces/device_code', {
      on: false,
      changeSet: set.hash,
    })
    expect(off.status, off.text).toBe(200)
    const { json } = await world.admin('GET', '/api/v1/activity?action=surface.set')
    expect(json.items[0]).toMatchObject({
      touches: 0,
      target: { id: 'device_code' },
      after: { on: false },
    })
  })

  it('count members whose clients would be refused', async () => {
    expect(await preview('codex_local', false)).toMatchObject({ touches: 1, members: 1 })
  })

  it('stand beside what people read, with the text that was written', async () => {
    const before = await refusals()
    expect(before('codex_local.browser-callback')).toMatch(
      /^Codex is not enabled for your workspace/,
    )
    expect(before('member_suspended.device-exchange')).toContain('is not active')
    const turn = (key: string, message: string) =>
      world.admin('PUT', `/api/v1/surfaces/${key}`, { on: false, message })
    await turn('codex_local', 'Back on Monday.')
    await turn('device_code', 'Use the browser.')
    const after = await refusals()
    expect(after('codex_local.browser-callback')).toBe('Sign-in failed: Back on Monday.')
    expect(after('device_code.device-exchange')).toMatch(/Forbidden: Use the browser\.$/)
    expect(after('codex_local.bundle')).toBe(before('codex_local.bundle'))
  })
})

describe('the lines that sign clients in', () => {
  it('are for every member, with the address that clients use', async () => {
    const world = await startWorld()
    try {
      const made = await world.admin('POST', '/api/v1/keys', {
        name: 'reader',
        scopes: ['workspace.read'],
      })
      const { status, json } = await world.call('GET', '/api/v1/client-setup', {
        key: made.json.secret,
      })
      expect(status).toBe(200)
      expect(json.issuer).toBe('https://gatehouse.acme.example')
      expect(json.routes).toMatchObject([{ route: 'config_server' }, { route: 'workspace' }])
    } finally {
      await world.close()
    }
  })
})
