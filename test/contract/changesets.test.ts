import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settleCompany } from '../company.ts'
import { adminKey, startWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await settleCompany(world)
})
afterAll(() => world.close())

interface Named {
  readonly id: string
  readonly name: string
  readonly version: number
}

/** Acts of one feature whose effect another one computes: asked here of the whole app. */
describe('every act that changes a policy says how many it touches', () => {
  it('an import that puts a present member into a group that a rule names', async () => {
    const { json: rules } = await world.admin('GET', '/api/v1/rules')
    const group = (rules.rules as { groupName: string }[])[0]?.groupName ?? ''
    const made = await world.admin('POST', '/api/v1/members', {
      email: 'newcomer@acme.example',
      name: 'New Comer',
    })
    expect(made.status).toBe(201)
    const csv = `email,name,groups\nnewcomer@acme.example,New Comer,${group}\nother@acme.example,Other,${group}\n`
    const send = (path: string) =>
      world.call('POST', path, {
        body: csv,
        key: adminKey,
        headers: { 'content-type': 'text/csv' },
      })
    const preview = await send('/api/v1/members/import/preview')
    expect(preview.json).toMatchObject({ creates: 1, updates: 1, touches: 1, errorCount: 0 })
    const done = await send(`/api/v1/members/import?preview=${String(preview.json.hash)}`)
    expect(done.json).toMatchObject({ created: 1, updated: 1, touches: 1 })
    const { json: activity } = await world.admin('GET', '/api/v1/activity?action=member.import')
    expect(activity.items[0]).toMatchObject({ touches: 1 })
  })

  it('making a suspended member active again, previewed and recorded', async () => {
    const { json } = await world.admin('GET', '/api/v1/members?q=newcomer')
    const member = (json.items as Named[])[0]!
    const suspended = await world.admin('POST', `/api/v1/members/${member.id}/suspend`, {
      version: member.version,
    })
    const { json: effect } = await world.admin('POST', '/api/v1/change-sets/preview', {
      act: { kind: 'activate_member', memberId: member.id },
    })
    expect(effect).toMatchObject({ touches: 1, changes: [{ beforeIs: 'gone', afterIs: 'policy' }] })
    const refused = await world.admin('POST', `/api/v1/members/${member.id}/activate`, {
      version: suspended.json.version,
      changeSet: 'another effect',
    })
    expect(refused).toMatchObject({ status: 409, json: { code: 'preview_outdated' } })
    const active = await world.admin('POST', `/api/v1/members/${member.id}/activate`, {
      version: suspended.json.version,
      changeSet: effect.hash,
    })
    expect(active.json).toMatchObject({ status: 'active' })
    const { json: activity } = await world.admin('GET', '/api/v1/activity?action=member.activate')
    expect(activity.items[0]).toMatchObject({ touches: 1 })
  })
})
