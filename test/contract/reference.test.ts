import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requirementsSchema } from '#features/policies/schema.reference.ts'
import { CLIENT_VERSION, DEFAULTS, reference } from '#requirements/index.ts'
import { startWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

describe('the schema of requirements.toml', () => {
  it('is given to whoever may read policies, whole', async () => {
    const answer = await world.admin('GET', '/api/v1/requirements/schema')
    expect(answer.status).toBe(200)
    const given = requirementsSchema.parse(answer.json)
    expect(given.clientVersion).toBe(CLIENT_VERSION)
    expect(given.keys.map((key) => key.path)).toEqual(reference().map((key) => key.path))
    expect(given.complaints.find((one) => one.code === 'read_only_missing')).toMatchObject({
      severity: 'error',
      effect: expect.stringContaining('refuses to start'),
      example: expect.stringContaining('allowed_sandbox_modes'),
    })
  })

  it('and so is that of the defaults', async () => {
    const { json } = await world.admin('GET', '/api/v1/defaults/schema')
    const given = requirementsSchema.parse(json)
    expect(given.keys.map((key) => key.path)).toEqual(reference(DEFAULTS).map((key) => key.path))
    expect(given.keys.find((key) => key.path === 'sandbox_mode')?.values).toContainEqual(
      expect.objectContaining({ value: 'read-only' }),
    )
  })
})
